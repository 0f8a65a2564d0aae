using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

/// <summary>256 bits of lanes.</summary>
internal readonly unsafe struct Simd256<T>(Vector256<T> value) : ISimd<Simd256<T>, T>
    where T : unmanaged, INumber<T>
{
    private readonly Vector256<T> value = value;

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256<T>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Load(T* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd256<T> value, T* destination) => Vector256.Store(value.value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> LoadFirst(T* source, nint count, Simd256<T> otherwise)
    {
        if (Avx.IsSupported && sizeof(T) == 4)
        {
            var mask = First4(count);
            return new(Vector256.ConditionalSelect(mask, Avx.MaskLoad((float*)source, mask), otherwise.value.AsSingle()).As<float, T>());
        }
        if (Avx.IsSupported && sizeof(T) == 8)
        {
            var mask = First8(count);
            return new(Vector256.ConditionalSelect(mask, Avx.MaskLoad((double*)source, mask), otherwise.value.AsDouble()).As<double, T>());
        }
        return SimdBits.LoadFirst<Simd256<T>, T>(source, count, otherwise);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst(Simd256<T> value, T* destination, nint count)
    {
        if (Avx.IsSupported && sizeof(T) == 4) Avx.MaskStore((float*)destination, First4(count), value.value.AsSingle());
        else if (Avx.IsSupported && sizeof(T) == 8) Avx.MaskStore((double*)destination, First8(count), value.value.AsDouble());
        else SimdBits.StoreFirst<Simd256<T>, T>(value, destination, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> All(T value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> LoadMask(byte* source)
    {
        Vector256<T> wide;
        if (sizeof(T) == 1)
            wide = Vector256.Load(source).As<byte, T>();
        else if (sizeof(T) == 4)
        {
            var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(source)).AsByte().ToVector256Unsafe();
            wide = Vector256.WidenLower(Vector256.WidenLower(bytes)).As<uint, T>();
        }
        else
        {
            var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(source)).AsByte().ToVector256Unsafe();
            wide = Vector256.WidenLower(Vector256.WidenLower(Vector256.WidenLower(bytes))).As<ulong, T>();
        }
        return new(~IsZero(wide));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreMask(Simd256<T> mask, byte* destination)
    {
        var m = mask.value;
        if (sizeof(T) == 1)
            (m.AsByte() & Vector256.Create((byte)1)).Store(destination);
        else if (sizeof(T) == 4)
        {
            var shorts = Vector256.Narrow(m.AsUInt32(), m.AsUInt32());
            var bytes = Vector256.Narrow(shorts, shorts) & Vector256.Create((byte)1);
            Unsafe.WriteUnaligned(destination, bytes.AsUInt64().ToScalar());
        }
        else
        {
            var ints = Vector256.Narrow(m.AsUInt64(), m.AsUInt64());
            var shorts = Vector256.Narrow(ints, ints);
            var bytes = Vector256.Narrow(shorts, shorts) & Vector256.Create((byte)1);
            Unsafe.WriteUnaligned(destination, bytes.AsUInt32().ToScalar());
        }
    }

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> IsZero(Vector256<T> bits) => sizeof(T) switch
    {
        1 => Vector256.Equals(bits.AsByte(), Vector256<byte>.Zero).As<byte, T>(),
        4 => Vector256.Equals(bits.AsInt32(), Vector256<int>.Zero).As<int, T>(),
        _ => Vector256.Equals(bits.AsInt64(), Vector256<long>.Zero).As<long, T>(),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> First4(nint count) =>
        Vector256.LessThan(Vector256<int>.Indices, Vector256.Create((int)count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> First8(nint count) =>
        Vector256.LessThan(Vector256<long>.Indices, Vector256.Create((long)count)).AsDouble();
}
