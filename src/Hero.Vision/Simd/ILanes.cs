namespace Hero.Vision.Simd;

/// <summary>
/// A group of 32-bit integers worked on at once. Kernels over bytes are written once against it; the driver picks <see cref="Lanes16"/>,
/// <see cref="Lanes8"/>, <see cref="Lanes4"/> or <see cref="Lanes1"/>, and all give the same bits. Arithmetic wraps.
/// Loads and stores are unchecked: the kernel's caller has checked the lengths.
/// </summary>
internal interface ILanes<TSelf> where TSelf : struct, ILanes<TSelf>
{
    static abstract int Count { get; }

    static abstract TSelf Create(int value);

    /// <summary>Reads <see cref="Count"/> integers.</summary>
    static abstract TSelf Load(ref int source);

    /// <summary>Reads <see cref="Count"/> bytes and widens them.</summary>
    static abstract TSelf Load(ref byte source);

    /// <summary>Writes <see cref="Count"/> integers.</summary>
    void Store(ref int target);

    /// <summary>Writes <see cref="Count"/> bytes; each value is clamped to 0 .. 255 first.</summary>
    void Store(ref byte target);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, int factor);

    static abstract TSelf operator <<(TSelf a, int bits);

    /// <summary>Shifts right and keeps the sign: division by a power of two, rounded down.</summary>
    static abstract TSelf operator >>(TSelf a, int bits);
}
