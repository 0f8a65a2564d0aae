using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hero.Vision.Resizing;

/// <summary>Bytes to floats, and floats to the range of a network's input.</summary>
internal static class FloatKernels
{
    /// <summary>Every byte as a float; the destination is at least as long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ReadOnlySpan<byte> source, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, source.Length);
        ref var input = ref MemoryMarshal.GetReference(source);
        ref var output = ref MemoryMarshal.GetReference(destination);
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
            for (; i <= source.Length - 64; i += 64)
            {
                var (low, high) = Vector512.Widen(Vector512.LoadUnsafe(ref input, (nuint)i));
                var ((a, b), (c, d)) = (Vector512.Widen(low), Vector512.Widen(high));
                Vector512.ConvertToSingle(a.AsInt32()).StoreUnsafe(ref output, (nuint)i);
                Vector512.ConvertToSingle(b.AsInt32()).StoreUnsafe(ref output, (nuint)(i + 16));
                Vector512.ConvertToSingle(c.AsInt32()).StoreUnsafe(ref output, (nuint)(i + 32));
                Vector512.ConvertToSingle(d.AsInt32()).StoreUnsafe(ref output, (nuint)(i + 48));
            }
        if (Vector128.IsHardwareAccelerated)
            for (; i <= source.Length - 16; i += 16)
            {
                var (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref input, (nuint)i));
                var ((a, b), (c, d)) = (Vector128.Widen(low), Vector128.Widen(high));
                Vector128.ConvertToSingle(a.AsInt32()).StoreUnsafe(ref output, (nuint)i);
                Vector128.ConvertToSingle(b.AsInt32()).StoreUnsafe(ref output, (nuint)(i + 4));
                Vector128.ConvertToSingle(c.AsInt32()).StoreUnsafe(ref output, (nuint)(i + 8));
                Vector128.ConvertToSingle(d.AsInt32()).StoreUnsafe(ref output, (nuint)(i + 12));
            }
        for (; i < source.Length; i++) destination[i] = source[i];
    }

    /// <summary>(value * factor - mean) / scale, each rounded, in place; of means and scales there is one, or as many as values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normalize(Span<float> values, float factor, ReadOnlySpan<float> mean, ReadOnlySpan<float> scale)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(scale.Length, mean.Length);
        if (mean.Length != 1) ArgumentOutOfRangeException.ThrowIfNotEqual(mean.Length, values.Length);
        ref var value = ref MemoryMarshal.GetReference(values);
        ref var means = ref MemoryMarshal.GetReference(mean);
        ref var scales = ref MemoryMarshal.GetReference(scale);
        var isOne = mean.Length == 1;
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
            for (; i <= values.Length - 16; i += 16)
            {
                var (m, s) = isOne
                    ? (Vector512.Create(means), Vector512.Create(scales))
                    : (Vector512.LoadUnsafe(ref means, (nuint)i), Vector512.LoadUnsafe(ref scales, (nuint)i));
                ((Vector512.LoadUnsafe(ref value, (nuint)i) * factor - m) / s).StoreUnsafe(ref value, (nuint)i);
            }
        if (Vector128.IsHardwareAccelerated)
            for (; i <= values.Length - 4; i += 4)
            {
                var (m, s) = isOne
                    ? (Vector128.Create(means), Vector128.Create(scales))
                    : (Vector128.LoadUnsafe(ref means, (nuint)i), Vector128.LoadUnsafe(ref scales, (nuint)i));
                ((Vector128.LoadUnsafe(ref value, (nuint)i) * factor - m) / s).StoreUnsafe(ref value, (nuint)i);
            }
        for (; i < values.Length; i++) values[i] = (values[i] * factor - mean[isOne ? 0 : i]) / scale[isOne ? 0 : i];
    }
}
