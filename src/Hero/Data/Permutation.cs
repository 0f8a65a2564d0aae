namespace Hero.Data;

/// <summary>
/// Random orders that depend on a seed and an epoch and on nothing else. The numbers are Philox 4x32-10's (Salmon et al.,
/// "Parallel random numbers: as easy as 1, 2, 3", 2011), the shuffle is Fisher and Yates'.
/// </summary>
internal static class Permutation
{
    /// <summary>The numbers 0 .. <paramref name="count"/> - 1 in the order of a seed and an epoch.</summary>
    public static int[] Create(int count, long seed, int epoch)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++) order[i] = i;
        for (var i = count - 1; i > 0; i--)
        {
            var j = (int)Below((ulong)i + 1, seed, epoch, i);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    /// <summary>A number below <paramref name="limit"/>, the <paramref name="index"/>-th of a seed and an epoch.</summary>
    public static ulong Below(ulong limit, long seed, int epoch, long index) =>
        Math.BigMul(Philox(seed, epoch, index), limit, out _); // the high half: the bias is below limit / 2^64

    private static ulong Philox(long seed, int epoch, long index)
    {
        uint c0 = (uint)index, c1 = (uint)(index >> 32), c2 = (uint)epoch, c3 = 0x5F1E; // c3 keeps shuffling apart from other uses of a seed
        uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
        for (var round = 0; round < 10; round++)
        {
            var p0 = 0xD2511F53UL * c0;
            var p1 = 0xCD9E8D57UL * c2;
            c0 = (uint)(p1 >> 32) ^ c1 ^ k0;
            c1 = (uint)p1;
            c2 = (uint)(p0 >> 32) ^ c3 ^ k1;
            c3 = (uint)p0;
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        return (ulong)c1 << 32 | c0;
    }
}
