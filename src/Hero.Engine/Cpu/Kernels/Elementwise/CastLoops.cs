using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Loops that convert a block to another element type. Floating to integer cuts towards zero and saturates, NaN becomes 0;
/// integer to integer keeps the low bits. All conversions are exactly rounded, so vector body and scalar tail agree. The destination
/// may be the source where both have the same element size.
/// </summary>
internal static unsafe class CastLoops
{
    /// <summary>Any pair, one element after another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scalar<TFrom, TTo>(void* dst, void* a, void* b, void* c, nint n)
        where TFrom : unmanaged, INumber<TFrom> where TTo : unmanaged, INumber<TTo>
    {
        var x = (TFrom*)a;
        var d = (TTo*)dst;
        for (nint i = 0; i < n; i++) d[i] = One<TFrom, TTo>(x[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SingleToDouble(void* dst, void* a, void* b, void* c, nint n)
    {
        var x = (float*)a;
        var d = (double*)dst;
        nint i = 0;
        for (; i <= n - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(x + i), out var low, out var high);
            low.Store(d + i);
            high.Store(d + i + Vector<double>.Count);
        }
        Scalar<float, double>(d + i, x + i, null, null, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DoubleToSingle(void* dst, void* a, void* b, void* c, nint n)
    {
        var x = (double*)a;
        var d = (float*)dst;
        nint i = 0;
        for (; i <= n - Vector<float>.Count; i += Vector<float>.Count)
            Vector.Narrow(Vector.Load(x + i), Vector.Load(x + i + Vector<double>.Count)).Store(d + i);
        Scalar<double, float>(d + i, x + i, null, null, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Int32ToSingle(void* dst, void* a, void* b, void* c, nint n)
    {
        var x = (int*)a;
        var d = (float*)dst;
        nint i = 0;
        for (; i <= n - Vector<float>.Count; i += Vector<float>.Count) Vector.ConvertToSingle(Vector.Load(x + i)).Store(d + i);
        Scalar<int, float>(d + i, x + i, null, null, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SingleToInt32(void* dst, void* a, void* b, void* c, nint n)
    {
        var x = (float*)a;
        var d = (int*)dst;
        nint i = 0;
        for (; i <= n - Vector<float>.Count; i += Vector<float>.Count) Vector.ConvertToInt32(Vector.Load(x + i)).Store(d + i);
        Scalar<float, int>(d + i, x + i, null, null, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Int32ToInt64(void* dst, void* a, void* b, void* c, nint n)
    {
        var x = (int*)a;
        var d = (long*)dst;
        nint i = 0;
        for (; i <= n - Vector<int>.Count; i += Vector<int>.Count)
        {
            Vector.Widen(Vector.Load(x + i), out var low, out var high);
            low.Store(d + i);
            high.Store(d + i + Vector<long>.Count);
        }
        Scalar<int, long>(d + i, x + i, null, null, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Int64ToInt32(void* dst, void* a, void* b, void* c, nint n)
    {
        var x = (long*)a;
        var d = (int*)dst;
        nint i = 0;
        for (; i <= n - Vector<int>.Count; i += Vector<int>.Count)
            Vector.Narrow(Vector.Load(x + i), Vector.Load(x + i + Vector<long>.Count)).Store(d + i);
        Scalar<long, int>(d + i, x + i, null, null, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void UInt8ToSingle(void* dst, void* a, void* b, void* c, nint n)
    {
        var x = (byte*)a;
        var d = (float*)dst;
        var quarter = Vector<float>.Count;
        nint i = 0;
        for (; i <= n - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(Vector.Load(x + i), out var low, out var high);
            Vector.Widen(low, out var first, out var second);
            Vector.Widen(high, out var third, out var fourth);
            Vector.ConvertToSingle(first.As<uint, int>()).Store(d + i);
            Vector.ConvertToSingle(second.As<uint, int>()).Store(d + i + quarter);
            Vector.ConvertToSingle(third.As<uint, int>()).Store(d + i + 2 * quarter);
            Vector.ConvertToSingle(fourth.As<uint, int>()).Store(d + i + 3 * quarter);
        }
        Scalar<byte, float>(d + i, x + i, null, null, n - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SingleToUInt8(void* dst, void* a, void* b, void* c, nint n)
    {
        var x = (float*)a;
        var d = (byte*)dst;
        var quarter = Vector<float>.Count;
        nint i = 0;
        for (; i <= n - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var low = Vector.Narrow(ToByteRange(x + i), ToByteRange(x + i + quarter));
            var high = Vector.Narrow(ToByteRange(x + i + 2 * quarter), ToByteRange(x + i + 3 * quarter));
            Vector.Narrow(low, high).Store(d + i);
        }
        Scalar<float, byte>(d + i, x + i, null, null, n - i);
    }

    /// <summary>Integers saturated to 0..255; ConvertToInt32 has made NaN 0 and cut towards zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> ToByteRange(float* source) =>
        Vector.Min(Vector.Max(Vector.ConvertToInt32(Vector.Load(source)), Vector<int>.Zero), new Vector<int>(255)).As<int, uint>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TTo One<TFrom, TTo>(TFrom x)
        where TFrom : unmanaged, INumber<TFrom> where TTo : unmanaged, INumber<TTo> =>
        SimdBits.IsInteger<TFrom>() ? TTo.CreateTruncating(x) : TTo.CreateSaturating(x);
}
