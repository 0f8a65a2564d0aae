using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

/// <summary>256 bits of lanes.</summary>
internal readonly unsafe partial struct Simd256<T>(Vector256<T> value) : ISimd<Simd256<T>, T>
    where T : unmanaged, INumber<T>
{
    private readonly Vector256<T> value = value;

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256<T>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> All(T value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator +(Simd256<T> a, Simd256<T> b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator -(Simd256<T> a, Simd256<T> b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator *(Simd256<T> a, Simd256<T> b) => new(a.value * b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator /(Simd256<T> a, Simd256<T> b) => new(a.value / b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator -(Simd256<T> a) => new(-a.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator &(Simd256<T> a, Simd256<T> b) => new(a.value & b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator |(Simd256<T> a, Simd256<T> b) => new(a.value | b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator ^(Simd256<T> a, Simd256<T> b) => new(a.value ^ b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator ~(Simd256<T> a) => new(~a.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Fma(Simd256<T> a, Simd256<T> b, Simd256<T> c)
    {
        if (typeof(T) == typeof(float))
            return new(Vector256.FusedMultiplyAdd(a.value.AsSingle(), b.value.AsSingle(), c.value.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double))
            return new(Vector256.FusedMultiplyAdd(a.value.AsDouble(), b.value.AsDouble(), c.value.AsDouble()).As<double, T>());
        return new(a.value * b.value + c.value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> MultiplyAdd(Simd256<T> a, Simd256<T> b, Simd256<T> c)
    {
        if (typeof(T) == typeof(float))
            return new(Vector256.MultiplyAddEstimate(a.value.AsSingle(), b.value.AsSingle(), c.value.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double))
            return new(Vector256.MultiplyAddEstimate(a.value.AsDouble(), b.value.AsDouble(), c.value.AsDouble()).As<double, T>());
        return new(a.value * b.value + c.value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Maximum(Simd256<T> a, Simd256<T> b) => new(Vector256.Max(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Clamp(Simd256<T> a, Simd256<T> low, Simd256<T> high)
    {
        // These instructions give their second operand where either is NaN.
        if (Avx.IsSupported && typeof(T) == typeof(float))
            return new(Avx.Min(high.value.AsSingle(), Avx.Max(low.value.AsSingle(), a.value.AsSingle())).As<float, T>());
        if (Avx.IsSupported && typeof(T) == typeof(double))
            return new(Avx.Min(high.value.AsDouble(), Avx.Max(low.value.AsDouble(), a.value.AsDouble())).As<double, T>());
        return SimdBits.Clamp<Simd256<T>, T>(a, low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Abs(Simd256<T> a) => new(Vector256.Abs(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Sqrt(Simd256<T> a) => new(Vector256.Sqrt(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Floor(Simd256<T> a) => typeof(T) == typeof(float)
        ? new(Vector256.Floor(a.value.AsSingle()).As<float, T>())
        : new(Vector256.Floor(a.value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Ceiling(Simd256<T> a) => typeof(T) == typeof(float)
        ? new(Vector256.Ceiling(a.value.AsSingle()).As<float, T>())
        : new(Vector256.Ceiling(a.value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Round(Simd256<T> a) => typeof(T) == typeof(float)
        ? new(Vector256.Round(a.value.AsSingle()).As<float, T>())
        : new(Vector256.Round(a.value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Equal(Simd256<T> a, Simd256<T> b) => new(Vector256.Equals(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Less(Simd256<T> a, Simd256<T> b) => new(Vector256.LessThan(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> LessEqual(Simd256<T> a, Simd256<T> b) => new(Vector256.LessThanOrEqual(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Select(Simd256<T> mask, Simd256<T> a, Simd256<T> b) =>
        new(Vector256.ConditionalSelect(mask.value, a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> SelectLess(Simd256<T> x, Simd256<T> y, Simd256<T> a, Simd256<T> b) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(x.value, y.value), a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> SelectEqual(Simd256<T> x, Simd256<T> y, Simd256<T> a, Simd256<T> b) =>
        new(Vector256.ConditionalSelect(Vector256.Equals(x.value, y.value), a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Simd256<T> mask) => mask.value.AsInt64() != Vector256<long>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> AddBits(Simd256<T> a, Simd256<T> b) => sizeof(T) == 4
        ? new((a.value.AsInt32() + b.value.AsInt32()).As<int, T>())
        : new((a.value.AsInt64() + b.value.AsInt64()).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> SubtractBits(Simd256<T> a, Simd256<T> b) => sizeof(T) == 4
        ? new((a.value.AsInt32() - b.value.AsInt32()).As<int, T>())
        : new((a.value.AsInt64() - b.value.AsInt64()).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> ShiftLeft(Simd256<T> a, int bits) => sizeof(T) == 4
        ? new(Vector256.ShiftLeft(a.value.AsInt32(), bits).As<int, T>())
        : new(Vector256.ShiftLeft(a.value.AsInt64(), bits).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> ShiftRight(Simd256<T> a, int bits) => sizeof(T) == 4
        ? new(Vector256.ShiftRightArithmetic(a.value.AsInt32(), bits).As<int, T>())
        : new(Vector256.ShiftRightArithmetic(a.value.AsInt64(), bits).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> BitsToNumber(Simd256<T> a) => SimdBits.ToNumber<Simd256<T>, T>(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Scale(Simd256<T> a, Simd256<T> n) => SimdBits.Scale<Simd256<T>, T>(a, n);
}
