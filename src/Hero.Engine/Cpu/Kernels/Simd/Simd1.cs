using System.Numerics;
using System.Runtime.CompilerServices;
using Arm = System.Runtime.Intrinsics.Arm;
using X86 = System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

/// <summary>One lane: what a machine without vectors runs, and what the wide ones are held against.</summary>
internal readonly unsafe struct Simd1<T>(T value) : ISimd<Simd1<T>, T>
    where T : unmanaged, INumber<T>
{
    private readonly T value = value;

    public static int Count => 1;

    public static Simd1<T> Load(T* source) => new(Unsafe.ReadUnaligned<T>(source));

    public static void Store(Simd1<T> value, T* destination) => Unsafe.WriteUnaligned(destination, value.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stream(Simd1<T> value, T* destination) => Store(value, destination);

    /// <summary>Fewer lanes than one are none.</summary>
    public static Simd1<T> LoadFirst(T* source, nint count, Simd1<T> otherwise) => otherwise;

    /// <summary>Fewer lanes than one are none.</summary>
    public static void StoreFirst(Simd1<T> value, T* destination, nint count) { }

    public static Simd1<T> All(T value) => new(value);

    public static Simd1<T> LoadMask(byte* source) => Mask(*source != 0);

    public static void StoreMask(Simd1<T> mask, byte* destination) => *destination = (byte)(Bits(mask) & 1);

    public static Simd1<T> LoadWidened(BFloat16* source) => new(Unsafe.BitCast<float, T>(*source));

    public static void StoreRounded(Simd1<T> value, BFloat16* destination) => *destination = (BFloat16)As<float>(value);

    public static Simd1<T> operator +(Simd1<T> a, Simd1<T> b) => new(a.value + b.value);

    public static Simd1<T> operator -(Simd1<T> a, Simd1<T> b) => new(a.value - b.value);

    public static Simd1<T> operator *(Simd1<T> a, Simd1<T> b) => new(a.value * b.value);

    public static Simd1<T> operator /(Simd1<T> a, Simd1<T> b) => new(a.value / b.value);

    public static Simd1<T> operator -(Simd1<T> a) => new(-a.value);

    public static Simd1<T> operator &(Simd1<T> a, Simd1<T> b) => FromBits(Bits(a) & Bits(b));

    public static Simd1<T> operator |(Simd1<T> a, Simd1<T> b) => FromBits(Bits(a) | Bits(b));

    public static Simd1<T> operator ^(Simd1<T> a, Simd1<T> b) => FromBits(Bits(a) ^ Bits(b));

    public static Simd1<T> operator ~(Simd1<T> a) => FromBits(~Bits(a));

    public static Simd1<T> Fma(Simd1<T> a, Simd1<T> b, Simd1<T> c)
    {
        if (typeof(T) == typeof(float))
        {
            var single = MathF.FusedMultiplyAdd(As<float>(a), As<float>(b), As<float>(c));
            return new(Unsafe.BitCast<float, T>(single));
        }
        if (typeof(T) == typeof(double))
        {
            var number = Math.FusedMultiplyAdd(As<double>(a), As<double>(b), As<double>(c));
            return new(Unsafe.BitCast<double, T>(number));
        }
        return new(a.value * b.value + c.value);
    }

    /// <summary>Rounded once where vectors do so: channels get the same sums in whichever register they lie.</summary>
    public static Simd1<T> MultiplyAdd(Simd1<T> a, Simd1<T> b, Simd1<T> c) =>
        X86.Fma.IsSupported || Arm.AdvSimd.IsSupported ? Fma(a, b, c) : new(a.value * b.value + c.value);

    public static Simd1<T> Maximum(Simd1<T> a, Simd1<T> b) => new(T.Max(a.value, b.value));

    public static Simd1<T> Clamp(Simd1<T> a, Simd1<T> low, Simd1<T> high) => SimdBits.Clamp<Simd1<T>, T>(a, low, high);

    public static Simd1<T> Abs(Simd1<T> a)
    {
        if (typeof(T) == typeof(float)) return FromBits(Bits(a) & 0x7fffffff);
        if (typeof(T) == typeof(double)) return FromBits(Bits(a) & long.MaxValue);
        return a.value < T.Zero ? -a : a;
    }

    public static Simd1<T> Sqrt(Simd1<T> a) => typeof(T) == typeof(float)
        ? new(Unsafe.BitCast<float, T>(MathF.Sqrt(As<float>(a))))
        : new(Unsafe.BitCast<double, T>(Math.Sqrt(As<double>(a))));

    public static Simd1<T> Floor(Simd1<T> a) => typeof(T) == typeof(float)
        ? new(Unsafe.BitCast<float, T>(MathF.Floor(As<float>(a))))
        : new(Unsafe.BitCast<double, T>(Math.Floor(As<double>(a))));

    public static Simd1<T> Ceiling(Simd1<T> a) => typeof(T) == typeof(float)
        ? new(Unsafe.BitCast<float, T>(MathF.Ceiling(As<float>(a))))
        : new(Unsafe.BitCast<double, T>(Math.Ceiling(As<double>(a))));

    public static Simd1<T> Round(Simd1<T> a) => typeof(T) == typeof(float)
        ? new(Unsafe.BitCast<float, T>(MathF.Round(As<float>(a))))
        : new(Unsafe.BitCast<double, T>(Math.Round(As<double>(a))));

    public static Simd1<T> Equal(Simd1<T> a, Simd1<T> b) => Mask(a.value == b.value);

    public static Simd1<T> Less(Simd1<T> a, Simd1<T> b) => Mask(a.value < b.value);

    public static Simd1<T> LessEqual(Simd1<T> a, Simd1<T> b) => Mask(a.value <= b.value);

    public static Simd1<T> Select(Simd1<T> mask, Simd1<T> a, Simd1<T> b) =>
        FromBits((Bits(a) & Bits(mask)) | (Bits(b) & ~Bits(mask)));

    public static Simd1<T> SelectLess(Simd1<T> x, Simd1<T> y, Simd1<T> a, Simd1<T> b) => x.value < y.value ? a : b;

    public static Simd1<T> SelectEqual(Simd1<T> x, Simd1<T> y, Simd1<T> a, Simd1<T> b) => x.value == y.value ? a : b;

    public static bool Any(Simd1<T> mask) => Bits(mask) != 0;

    public static Simd1<T> AddBits(Simd1<T> a, Simd1<T> b) => FromBits(Bits(a) + Bits(b));

    public static Simd1<T> SubtractBits(Simd1<T> a, Simd1<T> b) => FromBits(Bits(a) - Bits(b));

    public static Simd1<T> ShiftLeft(Simd1<T> a, int bits) => FromBits(Bits(a) << bits);

    public static Simd1<T> ShiftRight(Simd1<T> a, int bits) => FromBits(Bits(a) >> bits);

    public static Simd1<T> BitsToNumber(Simd1<T> a) => SimdBits.ToNumber<Simd1<T>, T>(a);

    public static Simd1<T> Scale(Simd1<T> a, Simd1<T> n) => SimdBits.Scale<Simd1<T>, T>(a, n);

    private static Simd1<T> Mask(bool set) => FromBits(set ? -1 : 0);

    private static TOther As<TOther>(Simd1<T> a) where TOther : unmanaged => Unsafe.BitCast<T, TOther>(a.value);

    /// <summary>The lane's bits, the sign extended.</summary>
    private static long Bits(Simd1<T> a) => sizeof(T) switch
    {
        1 => Unsafe.BitCast<T, sbyte>(a.value),
        2 => Unsafe.BitCast<T, short>(a.value),
        4 => Unsafe.BitCast<T, int>(a.value),
        _ => Unsafe.BitCast<T, long>(a.value),
    };

    private static Simd1<T> FromBits(long bits) => sizeof(T) switch
    {
        1 => new(Unsafe.BitCast<sbyte, T>((sbyte)bits)),
        2 => new(Unsafe.BitCast<short, T>((short)bits)),
        4 => new(Unsafe.BitCast<int, T>((int)bits)),
        _ => new(Unsafe.BitCast<long, T>(bits)),
    };
}
