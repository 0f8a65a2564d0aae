using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011):
/// a 128-bit counter and a 64-bit key give four 32-bit words. The upper half of the counter is the caller's; the lower half counts
/// blocks. Words come in groups of <see cref="GroupSize"/>: 16 consecutive blocks, first the first words of all, then the second
/// words, and so on, so that registers are stored as they are; the order is the same on every machine.
/// </summary>
internal static unsafe class PhiloxWords
{
    /// <summary>Words in a group: four runs of 16.</summary>
    public const int GroupSize = 64;

    /// <summary>Blocks in a group, and words in a run.</summary>
    public const int Run = 16;

    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;

    /// <summary>Writes the 64 words of a group.</summary>
    public static void Group(uint* words, ulong key, ulong counter, ulong group)
    {
        if (Vector512.IsHardwareAccelerated) Group<WideWords512>(words, key, counter, group);
        else if (Vector256.IsHardwareAccelerated) Group<WideWords256>(words, key, counter, group);
        else if (Vector128.IsHardwareAccelerated) Group<WideWords128>(words, key, counter, group);
        else Group<WideWords1>(words, key, counter, group);
    }

    /// <summary>The words of one block, plainly.</summary>
    public static (uint, uint, uint, uint) Block(uint c0, uint c1, uint c2, uint c3, ulong key)
    {
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (var round = 0; round < 10; round++)
        {
            ulong p0 = (ulong)c0 * Multiplier0, p1 = (ulong)c2 * Multiplier1;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += Weyl0;
            k1 += Weyl1;
        }
        return (c0, c1, c2, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Group<TWords>(uint* words, ulong key, ulong counter, ulong group) where TWords : struct, IWideWords<TWords>
    {
        var block = group * Run;
        if (TWords.Count == 1)
        {
            for (var lane = 0; lane < Run; lane++)
            {
                var (w0, w1, w2, w3) = Block((uint)block + (uint)lane, (uint)(block >> 32), (uint)counter, (uint)(counter >> 32), key);
                words[lane] = w0;
                words[Run + lane] = w1;
                words[2 * Run + lane] = w2;
                words[3 * Run + lane] = w3;
            }
            return;
        }

        // Two registers' worth of blocks at once: the rounds of one wait for its products while the other goes on. The sixteen
        // blocks of a group never carry out of the counter's lowest word, because the first of them is a multiple of 16.
        for (var lane = 0; lane < Run; lane += 2 * TWords.Count)
        {
            TWords a0 = TWords.From((uint)block + (uint)lane), b0 = TWords.From((uint)block + (uint)(lane + TWords.Count));
            TWords a1 = TWords.All((uint)(block >> 32)), b1 = a1;
            TWords a2 = TWords.All((uint)counter), b2 = a2;
            TWords a3 = TWords.All((uint)(counter >> 32)), b3 = a3;
            uint k0 = (uint)key, k1 = (uint)(key >> 32);
            for (var round = 0; round < 10; round++)
            {
                TWords p0 = TWords.Product(a0, Multiplier0), p1 = TWords.Product(a2, Multiplier1);
                TWords q0 = TWords.Product(b0, Multiplier0), q1 = TWords.Product(b2, Multiplier1);
                a0 = TWords.Xor(TWords.Upper(p1), a1, k0);
                b0 = TWords.Xor(TWords.Upper(q1), b1, k0);
                a1 = p1;
                b1 = q1;
                a2 = TWords.Xor(TWords.Upper(p0), a3, k1);
                b2 = TWords.Xor(TWords.Upper(q0), b3, k1);
                a3 = p0;
                b3 = q0;
                k0 += Weyl0;
                k1 += Weyl1;
            }
            Store(words + lane, a0, b0);
            Store(words + Run + lane, a1, b1);
            Store(words + 2 * Run + lane, a2, b2);
            Store(words + 3 * Run + lane, a3, b3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TWords>(uint* words, TWords a, TWords b) where TWords : struct, IWideWords<TWords>
    {
        TWords.Store(a, words);
        TWords.Store(b, words + TWords.Count);
    }
}
