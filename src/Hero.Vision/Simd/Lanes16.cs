using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hero.Vision.Simd;

/// <summary>Sixteen integers in a 512-bit vector.</summary>
internal readonly struct Lanes16(Vector512<int> value) : ILanes<Lanes16>
{
    private readonly Vector512<int> value = value;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Create(int value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Load(ref int source) => new(Vector512.LoadUnsafe(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Load(ref byte source)
    {
        var words = Vector256.Widen(Vector256.Create(Vector128.LoadUnsafe(ref source), Vector128<byte>.Zero)).Lower;
        return new(Vector512.Create(Vector256.WidenLower(words), Vector256.WidenUpper(words)).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref int target) => value.StoreUnsafe(ref target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref byte target)
    {
        var clamped = Vector512.Min(Vector512.Max(value, Vector512<int>.Zero), Vector512.Create(255));
        var words = Vector256.Narrow(clamped.GetLower(), clamped.GetUpper()).AsUInt16();
        Vector128.Narrow(words.GetLower(), words.GetUpper()).StoreUnsafe(ref target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator +(Lanes16 a, Lanes16 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator -(Lanes16 a, Lanes16 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator *(Lanes16 a, int factor) => new(a.value * Vector512.Create(factor));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator <<(Lanes16 a, int bits) => new(a.value << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator >>(Lanes16 a, int bits) => new(a.value >> bits);
}
