using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

// Between registers and memory.
internal readonly unsafe partial struct Simd128<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Load(T* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd128<T> value, T* destination) => Vector128.Store(value.value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stream(Simd128<T> value, T* destination) => Vector128.StoreAlignedNonTemporal(value.value, destination);

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
    public static Simd128<T> LoadWidened(BFloat16* source) =>
        new((Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(source)).AsUInt16()) << 16).As<uint, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRounded(Simd128<T> value, BFloat16* destination)
    {
        var bits = SimdBits.RoundedToBFloat16<Simd128<T>, T>(value).value.AsUInt32() >> 16;
        Unsafe.WriteUnaligned(destination, Vector128.Narrow(bits, bits).AsUInt64().ToScalar());
    }

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
