using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hero.Vision.Simd;

/// <summary>Eight integers in a 256-bit vector.</summary>
internal readonly struct Lanes8(Vector256<int> value) : ILanes<Lanes8>
{
    private readonly Vector256<int> value = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Create(int value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Load(ref int source) => new(Vector256.LoadUnsafe(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Load(ref byte source)
    {
        var words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref source)).AsByte());
        return new(Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref int target) => value.StoreUnsafe(ref target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref byte target)
    {
        var clamped = Vector256.Min(Vector256.Max(value, Vector256<int>.Zero), Vector256.Create(255));
        var words = Vector128.Narrow(clamped.GetLower(), clamped.GetUpper()).AsUInt16();
        Unsafe.WriteUnaligned(ref target, Vector128.Narrow(words, words).AsUInt64().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator +(Lanes8 a, Lanes8 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator -(Lanes8 a, Lanes8 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator *(Lanes8 a, int factor) => new(a.value * Vector256.Create(factor));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator <<(Lanes8 a, int bits) => new(a.value << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator >>(Lanes8 a, int bits) => new(a.value >> bits);
}
