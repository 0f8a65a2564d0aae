using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hero.Vision.Simd;

/// <summary>Four integers in a 128-bit vector.</summary>
internal readonly struct Lanes4(Vector128<int> value) : ILanes<Lanes4>
{
    private readonly Vector128<int> value = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Create(int value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Load(ref int source) => new(Vector128.LoadUnsafe(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Load(ref byte source)
    {
        var words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref source)).AsByte());
        return new(Vector128.WidenLower(words).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref int target) => value.StoreUnsafe(ref target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref byte target)
    {
        var clamped = Vector128.Min(Vector128.Max(value, Vector128<int>.Zero), Vector128.Create(255));
        var words = Vector128.Narrow(clamped, clamped).AsUInt16();
        Unsafe.WriteUnaligned(ref target, Vector128.Narrow(words, words).AsUInt32().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator +(Lanes4 a, Lanes4 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator -(Lanes4 a, Lanes4 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator *(Lanes4 a, int factor) => new(a.value * Vector128.Create(factor));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator <<(Lanes4 a, int bits) => new(a.value << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator >>(Lanes4 a, int bits) => new(a.value >> bits);
}
