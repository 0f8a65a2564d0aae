using System.Runtime.CompilerServices;

namespace Hero.Vision.Simd;

/// <summary>One integer: the specification of the wider groups, and the path where there are no vector instructions.</summary>
internal readonly struct Lanes1(int value) : ILanes<Lanes1>
{
    private readonly int value = value;

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Create(int value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Load(ref int source) => new(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Load(ref byte source) => new(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref int target) => target = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref byte target) => target = (byte)Math.Clamp(value, 0, 255);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator +(Lanes1 a, Lanes1 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator -(Lanes1 a, Lanes1 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator *(Lanes1 a, int factor) => new(a.value * factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator <<(Lanes1 a, int bits) => new(a.value << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator >>(Lanes1 a, int bits) => new(a.value >> bits);
}
