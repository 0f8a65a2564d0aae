using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

// Between registers and memory.
internal readonly unsafe partial struct Simd256<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Load(T* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd256<T> value, T* destination) => Vector256.Store(value.value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stream(Simd256<T> value, T* destination) => Vector256.StoreAlignedNonTemporal(value.value, destination);

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
    public static Simd256<T> LoadWidened(BFloat16* source) =>
        new((Vector256.WidenLower(Vector128.Load((ushort*)source).ToVector256Unsafe()) << 16).As<uint, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRounded(Simd256<T> value, BFloat16* destination)
    {
        var bits = SimdBits.RoundedToBFloat16<Simd256<T>, T>(value).value.AsUInt32() >> 16;
        Vector256.Narrow(bits, bits).GetLower().Store((ushort*)destination);
    }

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
