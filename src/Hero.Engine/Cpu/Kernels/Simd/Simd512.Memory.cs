using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

// Between registers and memory.
internal readonly unsafe partial struct Simd512<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Load(T* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd512<T> value, T* destination) => Vector512.Store(value.value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stream(Simd512<T> value, T* destination) => Vector512.StoreAlignedNonTemporal(value.value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> LoadFirst(T* source, nint count, Simd512<T> otherwise)
    {
        if (Avx512F.IsSupported && sizeof(T) == 4)
            return new(Avx512F.MaskLoad((float*)source, First4(count), otherwise.value.AsSingle()).As<float, T>());
        if (Avx512F.IsSupported && sizeof(T) == 8)
            return new(Avx512F.MaskLoad((double*)source, First8(count), otherwise.value.AsDouble()).As<double, T>());
        return SimdBits.LoadFirst<Simd512<T>, T>(source, count, otherwise);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst(Simd512<T> value, T* destination, nint count)
    {
        if (Avx512F.IsSupported && sizeof(T) == 4) Avx512F.MaskStore((float*)destination, First4(count), value.value.AsSingle());
        else if (Avx512F.IsSupported && sizeof(T) == 8) Avx512F.MaskStore((double*)destination, First8(count), value.value.AsDouble());
        else SimdBits.StoreFirst<Simd512<T>, T>(value, destination, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> LoadMask(byte* source)
    {
        Vector512<T> wide;
        if (sizeof(T) == 1)
            wide = Vector512.Load(source).As<byte, T>();
        else if (sizeof(T) == 4)
            wide = Vector512.WidenLower(Vector512.WidenLower(Vector128.Load(source).ToVector256Unsafe().ToVector512Unsafe())).As<uint, T>();
        else
        {
            var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(source)).AsByte().ToVector256Unsafe().ToVector512Unsafe();
            wide = Vector512.WidenLower(Vector512.WidenLower(Vector512.WidenLower(bytes))).As<ulong, T>();
        }
        return new(~IsZero(wide));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreMask(Simd512<T> mask, byte* destination)
    {
        var m = mask.value;
        if (sizeof(T) == 1)
            (m.AsByte() & Vector512.Create((byte)1)).Store(destination);
        else if (sizeof(T) == 4)
        {
            Vector128<byte> bytes;
            if (Avx512F.IsSupported)
                bytes = Avx512F.ConvertToVector128Byte(m.AsUInt32());
            else
            {
                var shorts = Vector512.Narrow(m.AsUInt32(), m.AsUInt32());
                bytes = Vector512.Narrow(shorts, shorts).GetLower().GetLower();
            }
            (bytes & Vector128.Create((byte)1)).Store(destination);
        }
        else
        {
            Vector128<byte> bytes;
            if (Avx512F.IsSupported)
                bytes = Avx512F.ConvertToVector128Byte(m.AsUInt64());
            else
            {
                var ints = Vector512.Narrow(m.AsUInt64(), m.AsUInt64());
                var shorts = Vector512.Narrow(ints, ints);
                bytes = Vector512.Narrow(shorts, shorts).GetLower().GetLower();
            }
            Unsafe.WriteUnaligned(destination, (bytes & Vector128.Create((byte)1)).AsUInt64().ToScalar());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> LoadWidened(BFloat16* source) =>
        new((Vector512.WidenLower(Vector256.Load((ushort*)source).ToVector512Unsafe()) << 16).As<uint, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRounded(Simd512<T> value, BFloat16* destination)
    {
        if (Avx512BW.IsSupported)
        {
            BFloat16Vectors.UpperHalves(BFloat16Vectors.Rounded(value.value.AsSingle())).Store((ushort*)destination);
            return;
        }
        var bits = SimdBits.RoundedToBFloat16<Simd512<T>, T>(value).value.AsUInt32() >> 16;
        Vector512.Narrow(bits, bits).GetLower().Store((ushort*)destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> IsZero(Vector512<T> bits) => sizeof(T) switch
    {
        1 => Vector512.Equals(bits.AsByte(), Vector512<byte>.Zero).As<byte, T>(),
        4 => Vector512.Equals(bits.AsInt32(), Vector512<int>.Zero).As<int, T>(),
        _ => Vector512.Equals(bits.AsInt64(), Vector512<long>.Zero).As<long, T>(),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> First4(nint count) =>
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create((int)count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> First8(nint count) =>
        Vector512.LessThan(Vector512<long>.Indices, Vector512.Create((long)count)).AsDouble();
}
