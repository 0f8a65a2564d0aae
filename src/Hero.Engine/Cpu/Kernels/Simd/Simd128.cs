using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

/// <summary>128 bits of lanes.</summary>
internal readonly unsafe partial struct Simd128<T>(Vector128<T> value) : ISimd<Simd128<T>, T>
    where T : unmanaged, INumber<T>
{
    private readonly Vector128<T> value = value;

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<T>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> All(T value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator +(Simd128<T> a, Simd128<T> b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator -(Simd128<T> a, Simd128<T> b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator *(Simd128<T> a, Simd128<T> b) => new(a.value * b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator /(Simd128<T> a, Simd128<T> b) => new(a.value / b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator -(Simd128<T> a) => new(-a.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator &(Simd128<T> a, Simd128<T> b) => new(a.value & b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator |(Simd128<T> a, Simd128<T> b) => new(a.value | b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator ^(Simd128<T> a, Simd128<T> b) => new(a.value ^ b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator ~(Simd128<T> a) => new(~a.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Fma(Simd128<T> a, Simd128<T> b, Simd128<T> c)
    {
        if (typeof(T) == typeof(float))
            return new(Vector128.FusedMultiplyAdd(a.value.AsSingle(), b.value.AsSingle(), c.value.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double))
            return new(Vector128.FusedMultiplyAdd(a.value.AsDouble(), b.value.AsDouble(), c.value.AsDouble()).As<double, T>());
        return new(a.value * b.value + c.value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> MultiplyAdd(Simd128<T> a, Simd128<T> b, Simd128<T> c)
    {
        if (typeof(T) == typeof(float))
            return new(Vector128.MultiplyAddEstimate(a.value.AsSingle(), b.value.AsSingle(), c.value.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double))
            return new(Vector128.MultiplyAddEstimate(a.value.AsDouble(), b.value.AsDouble(), c.value.AsDouble()).As<double, T>());
        return new(a.value * b.value + c.value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Maximum(Simd128<T> a, Simd128<T> b) => new(Vector128.Max(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Clamp(Simd128<T> a, Simd128<T> low, Simd128<T> high)
    {
        // These instructions give their second operand where either is NaN.
        if (Sse.IsSupported && typeof(T) == typeof(float))
            return new(Sse.Min(high.value.AsSingle(), Sse.Max(low.value.AsSingle(), a.value.AsSingle())).As<float, T>());
        if (Sse2.IsSupported && typeof(T) == typeof(double))
            return new(Sse2.Min(high.value.AsDouble(), Sse2.Max(low.value.AsDouble(), a.value.AsDouble())).As<double, T>());
        return SimdBits.Clamp<Simd128<T>, T>(a, low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Abs(Simd128<T> a) => new(Vector128.Abs(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Sqrt(Simd128<T> a) => new(Vector128.Sqrt(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Floor(Simd128<T> a) => typeof(T) == typeof(float)
        ? new(Vector128.Floor(a.value.AsSingle()).As<float, T>())
        : new(Vector128.Floor(a.value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Ceiling(Simd128<T> a) => typeof(T) == typeof(float)
        ? new(Vector128.Ceiling(a.value.AsSingle()).As<float, T>())
        : new(Vector128.Ceiling(a.value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Round(Simd128<T> a) => typeof(T) == typeof(float)
        ? new(Vector128.Round(a.value.AsSingle()).As<float, T>())
        : new(Vector128.Round(a.value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Equal(Simd128<T> a, Simd128<T> b) => new(Vector128.Equals(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Less(Simd128<T> a, Simd128<T> b) => new(Vector128.LessThan(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> LessEqual(Simd128<T> a, Simd128<T> b) => new(Vector128.LessThanOrEqual(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Select(Simd128<T> mask, Simd128<T> a, Simd128<T> b) =>
        new(Vector128.ConditionalSelect(mask.value, a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> SelectLess(Simd128<T> x, Simd128<T> y, Simd128<T> a, Simd128<T> b) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(x.value, y.value), a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> SelectEqual(Simd128<T> x, Simd128<T> y, Simd128<T> a, Simd128<T> b) =>
        new(Vector128.ConditionalSelect(Vector128.Equals(x.value, y.value), a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Simd128<T> mask) => mask.value.AsInt64() != Vector128<long>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> AddBits(Simd128<T> a, Simd128<T> b) => sizeof(T) == 4
        ? new((a.value.AsInt32() + b.value.AsInt32()).As<int, T>())
        : new((a.value.AsInt64() + b.value.AsInt64()).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> SubtractBits(Simd128<T> a, Simd128<T> b) => sizeof(T) == 4
        ? new((a.value.AsInt32() - b.value.AsInt32()).As<int, T>())
        : new((a.value.AsInt64() - b.value.AsInt64()).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> ShiftLeft(Simd128<T> a, int bits) => sizeof(T) == 4
        ? new(Vector128.ShiftLeft(a.value.AsInt32(), bits).As<int, T>())
        : new(Vector128.ShiftLeft(a.value.AsInt64(), bits).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> ShiftRight(Simd128<T> a, int bits) => sizeof(T) == 4
        ? new(Vector128.ShiftRightArithmetic(a.value.AsInt32(), bits).As<int, T>())
        : new(Vector128.ShiftRightArithmetic(a.value.AsInt64(), bits).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> BitsToNumber(Simd128<T> a) => SimdBits.ToNumber<Simd128<T>, T>(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Scale(Simd128<T> a, Simd128<T> n) => SimdBits.Scale<Simd128<T>, T>(a, n);
}
