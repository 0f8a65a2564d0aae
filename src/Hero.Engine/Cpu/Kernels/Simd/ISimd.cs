using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// A register of lanes of <typeparamref name="T"/>, so that an element-wise formula is written once and runs 512, 256, 128 bits
/// or one lane wide. Every member works lane by lane and rounds as IEEE 754 does, so all widths give the same bits.
/// A mask is a register whose lanes have all bits set or none.
/// </summary>
internal unsafe interface ISimd<TSelf, T>
    where TSelf : struct, ISimd<TSelf, T>
    where T : unmanaged, INumber<T>
{
    /// <summary>Lanes in the register.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(T* source);

    static abstract void Store(TSelf value, T* destination);

    /// <summary>Writes to memory past the caches; the destination is aligned to the register. A store fence is to follow.</summary>
    static abstract void Stream(TSelf value, T* destination);

    /// <summary>Reads the first <paramref name="count"/> lanes (fewer than Count); the rest are <paramref name="otherwise"/>'s.</summary>
    static abstract TSelf LoadFirst(T* source, nint count, TSelf otherwise);

    /// <summary>Writes the first <paramref name="count"/> lanes (fewer than Count).</summary>
    static abstract void StoreFirst(TSelf value, T* destination, nint count);

    /// <summary>All lanes set to <paramref name="value"/>.</summary>
    static abstract TSelf All(T value);

    /// <summary>Reads Count truth values (0 or not) as a mask.</summary>
    static abstract TSelf LoadMask(byte* source);

    /// <summary>Writes a mask as Count bytes of 0 or 1.</summary>
    static abstract void StoreMask(TSelf mask, byte* destination);

    /// <summary>Reads Count bfloat16 numbers as float (lanes of float only).</summary>
    static abstract TSelf LoadWidened(BFloat16* source);

    /// <summary>Writes Count numbers rounded to bfloat16 (lanes of float only).</summary>
    static abstract void StoreRounded(TSelf value, BFloat16* destination);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a);

    static abstract TSelf operator &(TSelf a, TSelf b);

    static abstract TSelf operator |(TSelf a, TSelf b);

    static abstract TSelf operator ^(TSelf a, TSelf b);

    static abstract TSelf operator ~(TSelf a);

    /// <summary>a * b + c, rounded once (floating types; integers wrap).</summary>
    static abstract TSelf Fma(TSelf a, TSelf b, TSelf c);

    /// <summary>a * b + c, rounded once where the processor can and twice elsewhere: for sums, whose last bit means nothing.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The larger; NaN where either is NaN.</summary>
    static abstract TSelf Maximum(TSelf a, TSelf b);

    /// <summary>a held between low and high; NaN stays NaN (floating types).</summary>
    static abstract TSelf Clamp(TSelf a, TSelf low, TSelf high);

    /// <summary>Integers wrap: the least value is its own absolute value.</summary>
    static abstract TSelf Abs(TSelf a);

    static abstract TSelf Sqrt(TSelf a);

    static abstract TSelf Floor(TSelf a);

    static abstract TSelf Ceiling(TSelf a);

    /// <summary>To the nearest integer, halves to the even one.</summary>
    static abstract TSelf Round(TSelf a);

    static abstract TSelf Equal(TSelf a, TSelf b);

    static abstract TSelf Less(TSelf a, TSelf b);

    static abstract TSelf LessEqual(TSelf a, TSelf b);

    /// <summary>mask ? a : b.</summary>
    static abstract TSelf Select(TSelf mask, TSelf a, TSelf b);

    /// <summary>
    /// x &lt; y ? a : b. On AVX-512 a comparison that is selected by at once never leaves the mask registers. The way through a
    /// vector (vpmovm2d) was seen to wait for its target register's former value, which ties each turn of a loop to the one before.
    /// </summary>
    static abstract TSelf SelectLess(TSelf x, TSelf y, TSelf a, TSelf b);

    /// <summary>x == y ? a : b.</summary>
    static abstract TSelf SelectEqual(TSelf x, TSelf y, TSelf a, TSelf b);

    /// <summary>True if any lane of the mask is set.</summary>
    static abstract bool Any(TSelf mask);

    /// <summary>Lanes' bits as integers (4 and 8 byte lanes): the sum, which wraps.</summary>
    static abstract TSelf AddBits(TSelf a, TSelf b);

    /// <summary>Lanes' bits as integers (4 and 8 byte lanes): the difference, which wraps.</summary>
    static abstract TSelf SubtractBits(TSelf a, TSelf b);

    /// <summary>Lanes' bits shifted left (4 and 8 byte lanes).</summary>
    static abstract TSelf ShiftLeft(TSelf a, int bits);

    /// <summary>Lanes' bits shifted right, the sign bit repeated (4 and 8 byte lanes).</summary>
    static abstract TSelf ShiftRight(TSelf a, int bits);

    /// <summary>The integer bits of lanes as floating numbers: exact for |bits| below 2^22 (float) or 2^51 (double).</summary>
    static abstract TSelf BitsToNumber(TSelf a);

    /// <summary>a * 2^n, rounded once, for a near 1 and integral n in [-250, 250] (float) or [-2040, 2040] (double).</summary>
    static abstract TSelf Scale(TSelf a, TSelf n);
}
