using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

/// <summary>512 bits of lanes.</summary>
internal readonly unsafe partial struct Simd512<T>(Vector512<T> value) : ISimd<Simd512<T>, T>
    where T : unmanaged, INumber<T>
{
    private readonly Vector512<T> value = value;

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512<T>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> All(T value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator +(Simd512<T> a, Simd512<T> b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator -(Simd512<T> a, Simd512<T> b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator *(Simd512<T> a, Simd512<T> b) => new(a.value * b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator /(Simd512<T> a, Simd512<T> b) => new(a.value / b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator -(Simd512<T> a) => new(-a.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator &(Simd512<T> a, Simd512<T> b) => new(a.value & b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator |(Simd512<T> a, Simd512<T> b) => new(a.value | b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator ^(Simd512<T> a, Simd512<T> b) => new(a.value ^ b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator ~(Simd512<T> a) => new(~a.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Fma(Simd512<T> a, Simd512<T> b, Simd512<T> c)
    {
        if (typeof(T) == typeof(float))
            return new(Vector512.FusedMultiplyAdd(a.value.AsSingle(), b.value.AsSingle(), c.value.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double))
            return new(Vector512.FusedMultiplyAdd(a.value.AsDouble(), b.value.AsDouble(), c.value.AsDouble()).As<double, T>());
        return new(a.value * b.value + c.value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> MultiplyAdd(Simd512<T> a, Simd512<T> b, Simd512<T> c)
    {
        if (typeof(T) == typeof(float))
            return new(Vector512.MultiplyAddEstimate(a.value.AsSingle(), b.value.AsSingle(), c.value.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double))
            return new(Vector512.MultiplyAddEstimate(a.value.AsDouble(), b.value.AsDouble(), c.value.AsDouble()).As<double, T>());
        return new(a.value * b.value + c.value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Maximum(Simd512<T> a, Simd512<T> b) => new(Vector512.Max(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Clamp(Simd512<T> a, Simd512<T> low, Simd512<T> high)
    {
        // These instructions give their second operand where either is NaN.
        if (Avx512F.IsSupported && typeof(T) == typeof(float))
            return new(Avx512F.Min(high.value.AsSingle(), Avx512F.Max(low.value.AsSingle(), a.value.AsSingle())).As<float, T>());
        if (Avx512F.IsSupported && typeof(T) == typeof(double))
            return new(Avx512F.Min(high.value.AsDouble(), Avx512F.Max(low.value.AsDouble(), a.value.AsDouble())).As<double, T>());
        return SimdBits.Clamp<Simd512<T>, T>(a, low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Abs(Simd512<T> a) => new(Vector512.Abs(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Sqrt(Simd512<T> a) => Avx512F.IsSupported && typeof(T) == typeof(float)
        ? new(SimdSqrt.Sqrt(a.value.AsSingle()).As<float, T>())
        : new(Vector512.Sqrt(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Floor(Simd512<T> a) => typeof(T) == typeof(float)
        ? new(Vector512.Floor(a.value.AsSingle()).As<float, T>())
        : new(Vector512.Floor(a.value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Ceiling(Simd512<T> a) => typeof(T) == typeof(float)
        ? new(Vector512.Ceiling(a.value.AsSingle()).As<float, T>())
        : new(Vector512.Ceiling(a.value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Round(Simd512<T> a) => typeof(T) == typeof(float)
        ? new(Vector512.Round(a.value.AsSingle()).As<float, T>())
        : new(Vector512.Round(a.value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Equal(Simd512<T> a, Simd512<T> b) => new(Vector512.Equals(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Less(Simd512<T> a, Simd512<T> b) => new(Vector512.LessThan(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> LessEqual(Simd512<T> a, Simd512<T> b) => new(Vector512.LessThanOrEqual(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Select(Simd512<T> mask, Simd512<T> a, Simd512<T> b) =>
        new(Vector512.ConditionalSelect(mask.value, a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> SelectLess(Simd512<T> x, Simd512<T> y, Simd512<T> a, Simd512<T> b) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(x.value, y.value), a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> SelectEqual(Simd512<T> x, Simd512<T> y, Simd512<T> a, Simd512<T> b) =>
        new(Vector512.ConditionalSelect(Vector512.Equals(x.value, y.value), a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Simd512<T> mask) => mask.value.AsInt64() != Vector512<long>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> AddBits(Simd512<T> a, Simd512<T> b) => sizeof(T) == 4
        ? new((a.value.AsInt32() + b.value.AsInt32()).As<int, T>())
        : new((a.value.AsInt64() + b.value.AsInt64()).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> SubtractBits(Simd512<T> a, Simd512<T> b) => sizeof(T) == 4
        ? new((a.value.AsInt32() - b.value.AsInt32()).As<int, T>())
        : new((a.value.AsInt64() - b.value.AsInt64()).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> ShiftLeft(Simd512<T> a, int bits) => sizeof(T) == 4
        ? new(Vector512.ShiftLeft(a.value.AsInt32(), bits).As<int, T>())
        : new(Vector512.ShiftLeft(a.value.AsInt64(), bits).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> ShiftRight(Simd512<T> a, int bits) => sizeof(T) == 4
        ? new(Vector512.ShiftRightArithmetic(a.value.AsInt32(), bits).As<int, T>())
        : new(Vector512.ShiftRightArithmetic(a.value.AsInt64(), bits).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> BitsToNumber(Simd512<T> a) => SimdBits.ToNumber<Simd512<T>, T>(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Scale(Simd512<T> a, Simd512<T> n)
    {
        if (Avx512F.IsSupported && typeof(T) == typeof(float))
            return new(Avx512F.Scale(a.value.AsSingle(), n.value.AsSingle()).As<float, T>());
        if (Avx512F.IsSupported && typeof(T) == typeof(double))
            return new(Avx512F.Scale(a.value.AsDouble(), n.value.AsDouble()).As<double, T>());
        return SimdBits.Scale<Simd512<T>, T>(a, n);
    }
}
