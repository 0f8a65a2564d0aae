using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

/// <summary>A register of 64-bit lanes that hold 32-bit words; what is in the lanes' upper halves means nothing unless stated.</summary>
internal unsafe interface IWideWords<TSelf> where TSelf : struct, IWideWords<TSelf>
{
    static abstract int Count { get; }

    static abstract TSelf All(uint word);

    /// <summary>Lanes first, first + 1, ...</summary>
    static abstract TSelf From(uint first);

    /// <summary>The whole 64-bit product of the lower halves.</summary>
    static abstract TSelf Product(TSelf a, uint factor);

    /// <summary>The upper halves moved to the lower.</summary>
    static abstract TSelf Upper(TSelf a);

    static abstract TSelf Xor(TSelf a, TSelf b, uint c);

    /// <summary>Writes Count words.</summary>
    static abstract void Store(TSelf a, uint* destination);
}

internal readonly unsafe struct WideWords512(Vector512<ulong> value) : IWideWords<WideWords512>
{
    private readonly Vector512<ulong> value = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideWords512 All(uint word) => new(Vector512.Create((ulong)word));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideWords512 From(uint first) => new(Vector512.Create((ulong)first) + Vector512<ulong>.Indices);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideWords512 Product(WideWords512 a, uint factor) => Avx512F.IsSupported
        ? new(Avx512F.Multiply(a.value.AsUInt32(), Vector512.Create((ulong)factor).AsUInt32()))
        : new((a.value & Vector512.Create((ulong)uint.MaxValue)) * Vector512.Create((ulong)factor));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideWords512 Upper(WideWords512 a) => new(a.value >>> 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideWords512 Xor(WideWords512 a, WideWords512 b, uint c) => new(a.value ^ b.value ^ Vector512.Create((ulong)c));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(WideWords512 a, uint* destination)
    {
        if (Avx512F.IsSupported) Avx512F.ConvertToVector256UInt32(a.value).Store(destination);
        else Vector512.Narrow(a.value, a.value).GetLower().Store(destination);
    }
}

internal readonly unsafe struct WideWords256(Vector256<ulong> value) : IWideWords<WideWords256>
{
    private readonly Vector256<ulong> value = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideWords256 All(uint word) => new(Vector256.Create((ulong)word));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideWords256 From(uint first) => new(Vector256.Create((ulong)first) + Vector256<ulong>.Indices);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideWords256 Product(WideWords256 a, uint factor) => Avx2.IsSupported
        ? new(Avx2.Multiply(a.value.AsUInt32(), Vector256.Create((ulong)factor).AsUInt32()))
        : new((a.value & Vector256.Create((ulong)uint.MaxValue)) * Vector256.Create((ulong)factor));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideWords256 Upper(WideWords256 a) => new(a.value >>> 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideWords256 Xor(WideWords256 a, WideWords256 b, uint c) => new(a.value ^ b.value ^ Vector256.Create((ulong)c));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(WideWords256 a, uint* destination) => Vector256.Narrow(a.value, a.value).GetLower().Store(destination);
}

internal readonly unsafe struct WideWords128(Vector128<ulong> value) : IWideWords<WideWords128>
{
    private readonly Vector128<ulong> value = value;

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideWords128 All(uint word) => new(Vector128.Create((ulong)word));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideWords128 From(uint first) => new(Vector128.Create((ulong)first) + Vector128<ulong>.Indices);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideWords128 Product(WideWords128 a, uint factor)
    {
        if (Sse2.IsSupported) return new(Sse2.Multiply(a.value.AsUInt32(), Vector128.Create((ulong)factor).AsUInt32()));
        if (AdvSimd.IsSupported)
            return new(AdvSimd.MultiplyWideningLower(AdvSimd.ExtractNarrowingLower(a.value), Vector64.Create(factor)));
        return new((a.value & Vector128.Create((ulong)uint.MaxValue)) * Vector128.Create((ulong)factor));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideWords128 Upper(WideWords128 a) => new(a.value >>> 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideWords128 Xor(WideWords128 a, WideWords128 b, uint c) => new(a.value ^ b.value ^ Vector128.Create((ulong)c));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(WideWords128 a, uint* destination) => Vector128.Narrow(a.value, a.value).GetLower().Store(destination);
}

internal readonly unsafe struct WideWords1(ulong value) : IWideWords<WideWords1>
{
    private readonly ulong value = value;

    public static int Count => 1;

    public static WideWords1 All(uint word) => new(word);

    public static WideWords1 From(uint first) => new(first);

    public static WideWords1 Product(WideWords1 a, uint factor) => new((ulong)(uint)a.value * factor);

    public static WideWords1 Upper(WideWords1 a) => new(a.value >>> 32);

    public static WideWords1 Xor(WideWords1 a, WideWords1 b, uint c) => new(a.value ^ b.value ^ c);

    public static void Store(WideWords1 a, uint* destination) => *destination = (uint)a.value;
}
