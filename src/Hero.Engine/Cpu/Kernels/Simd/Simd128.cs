using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

/// <summary>128 bits of lanes.</summary>
internal readonly unsafe struct Simd128<T>(Vector128<T> value) : ISimd<Simd128<T>, T>
    where T : unmanaged, INumber<T>
{
    private readonly Vector128<T> value = value;

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<T>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Load(T* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd128<T> value, T* destination) => Vector128.Store(value.value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> LoadFirst(T* source, nint count, Simd128<T> otherwise)
    {
        if (Avx.IsSupported && sizeof(T) == 4)
        {
            var mask = First4(count);
            return new(Vector128.ConditionalSelect(mask, Avx.MaskLoad((float*)source, mask), otherwise.value.AsSingle()).As<float, T>());
        }
        if (Avx.IsSupported && sizeof(T) == 8)
        {
            var mask = First8(count);
            return new(Vector128.ConditionalSelect(mask, Avx.MaskLoad((double*)source, mask), otherwise.value.AsDouble()).As<double, T>());
        }
        return SimdBits.LoadFirst<Simd128<T>, T>(source, count, otherwise);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst(Simd128<T> value, T* destination, nint count)
    {
        if (Avx.IsSupported && sizeof(T) == 4) Avx.MaskStore((float*)destination, First4(count), value.value.AsSingle());
        else if (Avx.IsSupported && sizeof(T) == 8) Avx.MaskStore((double*)destination, First8(count), value.value.AsDouble());
        else SimdBits.StoreFirst<Simd128<T>, T>(value, destination, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> All(T value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> LoadMask(byte* source)
    {
        Vector128<T> wide;
        if (sizeof(T) == 1)
            wide = Vector128.Load(source).As<byte, T>();
        else if (sizeof(T) == 4)
        {
            var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(source)).AsByte();
            wide = Vector128.WidenLower(Vector128.WidenLower(bytes)).As<uint, T>();
        }
        else
        {
            var bytes = Vector128.CreateScalarUnsafe((uint)Unsafe.ReadUnaligned<ushort>(source)).AsByte();
            wide = Vector128.WidenLower(Vector128.WidenLower(Vector128.WidenLower(bytes))).As<ulong, T>();
        }
        return new(~IsZero(wide));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreMask(Simd128<T> mask, byte* destination)
    {
        var m = mask.value;
        if (sizeof(T) == 1)
            (m.AsByte() & Vector128.Create((byte)1)).Store(destination);
        else if (sizeof(T) == 4)
        {
            var shorts = Vector128.Narrow(m.AsUInt32(), m.AsUInt32());
            var bytes = Vector128.Narrow(shorts, shorts) & Vector128.Create((byte)1);
            Unsafe.WriteUnaligned(destination, bytes.AsUInt32().ToScalar());
        }
        else
        {
            var ints = Vector128.Narrow(m.AsUInt64(), m.AsUInt64());
            var shorts = Vector128.Narrow(ints, ints);
            var bytes = Vector128.Narrow(shorts, shorts) & Vector128.Create((byte)1);
            Unsafe.WriteUnaligned(destination, bytes.AsUInt16().ToScalar());
        }
    }

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> IsZero(Vector128<T> bits) => sizeof(T) switch
    {
        1 => Vector128.Equals(bits.AsByte(), Vector128<byte>.Zero).As<byte, T>(),
        4 => Vector128.Equals(bits.AsInt32(), Vector128<int>.Zero).As<int, T>(),
        _ => Vector128.Equals(bits.AsInt64(), Vector128<long>.Zero).As<long, T>(),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> First4(nint count) =>
        Vector128.LessThan(Vector128<int>.Indices, Vector128.Create((int)count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> First8(nint count) =>
        Vector128.LessThan(Vector128<long>.Indices, Vector128.Create((long)count)).AsDouble();
}
