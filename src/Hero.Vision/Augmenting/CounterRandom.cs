namespace Hero.Vision.Augmenting;

/// <summary>
/// Random numbers that are a function of a seed, a picture, a step and their own index, whoever asks, in whatever order: Philox 4x32-10
/// (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
/// </summary>
internal readonly struct CounterRandom(long seed, long picture, long step)
{
    // Keeps these numbers apart from other uses of the same seed.
    private const ulong Purpose = 0x5649_5349_4F4E;

    /// <summary>The number of an index, uniform in [0, 1), of 53 bits.</summary>
    public double Uniform(int index)
    {
        // 64 bits of key and 128 of counter: the step is folded into the key by the generator itself, the rest counts.
        var key = Philox((ulong)seed, (ulong)step, Purpose);
        return (Philox(key, (ulong)picture, (ulong)index) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>The number of an index, uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double Uniform(int index, double low, double high) => low + Uniform(index) * (high - low);

    private static ulong Philox(ulong key, ulong low, ulong high)
    {
        var (c0, c1, c2, c3) = ((uint)low, (uint)(low >> 32), (uint)high, (uint)(high >> 32));
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < 10; round++)
        {
            var (p0, p1) = (0xD2511F53UL * c0, 0xCD9E8D57UL * c2);
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        return (ulong)c1 << 32 | c0;
    }
}
