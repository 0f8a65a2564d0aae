using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The loops under all element-wise block kernels. The elements left over at the end of a block go through a whole padded
/// register, so that an element's result never depends on where in a block it stands. The destination may be any of the operands
/// that have its element size; otherwise nothing overlaps.
/// </summary>
internal static unsafe class ElementwiseLoops
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unary<TV, T, TOp>(void* dst, void* a, void* b, void* c, nint n)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> where TOp : struct, IUnaryOperator<T>
    {
        T* d = (T*)dst, x = (T*)a;
        nint i = 0;
        for (; i <= n - 4 * TV.Count; i += 4 * TV.Count)
        {
            var r0 = TOp.Invoke(TV.Load(x + i));
            var r1 = TOp.Invoke(TV.Load(x + i + TV.Count));
            TV.Store(r0, d + i);
            TV.Store(r1, d + i + TV.Count);
            r0 = TOp.Invoke(TV.Load(x + i + 2 * TV.Count));
            r1 = TOp.Invoke(TV.Load(x + i + 3 * TV.Count));
            TV.Store(r0, d + i + 2 * TV.Count);
            TV.Store(r1, d + i + 3 * TV.Count);
        }
        for (; i <= n - TV.Count; i += TV.Count) TV.Store(TOp.Invoke(TV.Load(x + i)), d + i);
        if (i == n) return;
        var zero = TV.All(T.Zero);
        TV.StoreFirst(TOp.Invoke(TV.LoadFirst(x + i, n - i, zero)), d + i, n - i);
    }

    /// <summary>
    /// One operand, a long formula: it stands in the loop once, because copies of it would use up what the compiler is ready to inline.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LongUnary<TV, T, TOp>(void* dst, void* a, void* b, void* c, nint n)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> where TOp : struct, IUnaryOperator<T>
    {
        T* d = (T*)dst, x = (T*)a;
        var zero = TV.All(T.Zero);
        for (nint i = 0; i < n; i += TV.Count)
        {
            var whole = n - i >= TV.Count;
            var result = TOp.Invoke(whole ? TV.Load(x + i) : TV.LoadFirst(x + i, n - i, zero));
            if (whole) TV.Store(result, d + i);
            else TV.StoreFirst(result, d + i, n - i);
        }
    }

    /// <summary>One operand, result bool.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Test<TV, T, TOp>(void* dst, void* a, void* b, void* c, nint n)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> where TOp : struct, IUnaryOperator<T>
    {
        var d = (byte*)dst;
        var x = (T*)a;
        nint i = 0;
        for (; i <= n - TV.Count; i += TV.Count) TV.StoreMask(TOp.Invoke(TV.Load(x + i)), d + i);
        if (i == n) return;
        var zero = TV.All(T.Zero);
        var mask = stackalloc byte[TV.Count];
        TV.StoreMask(TOp.Invoke(TV.LoadFirst(x + i, n - i, zero)), mask);
        Unsafe.CopyBlockUnaligned(d + i, mask, (uint)(n - i));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Binary<TV, T, TOp>(void* dst, void* a, void* b, void* c, nint n)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> where TOp : struct, IBinaryOperator<T>
    {
        T* d = (T*)dst, x = (T*)a, y = (T*)b;
        nint i = 0;
        for (; i <= n - 4 * TV.Count; i += 4 * TV.Count)
        {
            var r0 = TOp.Invoke(TV.Load(x + i), TV.Load(y + i));
            var r1 = TOp.Invoke(TV.Load(x + i + TV.Count), TV.Load(y + i + TV.Count));
            TV.Store(r0, d + i);
            TV.Store(r1, d + i + TV.Count);
            r0 = TOp.Invoke(TV.Load(x + i + 2 * TV.Count), TV.Load(y + i + 2 * TV.Count));
            r1 = TOp.Invoke(TV.Load(x + i + 3 * TV.Count), TV.Load(y + i + 3 * TV.Count));
            TV.Store(r0, d + i + 2 * TV.Count);
            TV.Store(r1, d + i + 3 * TV.Count);
        }
        for (; i <= n - TV.Count; i += TV.Count) TV.Store(TOp.Invoke(TV.Load(x + i), TV.Load(y + i)), d + i);
        if (i == n) return;
        var zero = TV.All(T.Zero);
        TV.StoreFirst(TOp.Invoke(TV.LoadFirst(x + i, n - i, zero), TV.LoadFirst(y + i, n - i, zero)), d + i, n - i);
    }

    /// <summary>Two operands, a long formula; see <see cref="LongUnary"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LongBinary<TV, T, TOp>(void* dst, void* a, void* b, void* c, nint n)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> where TOp : struct, IBinaryOperator<T>
    {
        T* d = (T*)dst, x = (T*)a, y = (T*)b;
        var zero = TV.All(T.Zero);
        for (nint i = 0; i < n; i += TV.Count)
        {
            var whole = n - i >= TV.Count;
            var result = TOp.Invoke(whole ? TV.Load(x + i) : TV.LoadFirst(x + i, n - i, zero), whole ? TV.Load(y + i) : TV.LoadFirst(y + i, n - i, zero));
            if (whole) TV.Store(result, d + i);
            else TV.StoreFirst(result, d + i, n - i);
        }
    }

    /// <summary>Two operands, result bool.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compare<TV, T, TOp>(void* dst, void* a, void* b, void* c, nint n)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> where TOp : struct, IBinaryOperator<T>
    {
        var d = (byte*)dst;
        T* x = (T*)a, y = (T*)b;
        nint i = 0;
        for (; i <= n - TV.Count; i += TV.Count) TV.StoreMask(TOp.Invoke(TV.Load(x + i), TV.Load(y + i)), d + i);
        if (i == n) return;
        var zero = TV.All(T.Zero);
        var mask = stackalloc byte[TV.Count];
        TV.StoreMask(TOp.Invoke(TV.LoadFirst(x + i, n - i, zero), TV.LoadFirst(y + i, n - i, zero)), mask);
        Unsafe.CopyBlockUnaligned(d + i, mask, (uint)(n - i));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Ternary<TV, T, TOp>(void* dst, void* a, void* b, void* c, nint n)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> where TOp : struct, ITernaryOperator<T>
    {
        T* d = (T*)dst, x = (T*)a, y = (T*)b, z = (T*)c;
        nint i = 0;
        for (; i <= n - 2 * TV.Count; i += 2 * TV.Count)
        {
            var r0 = TOp.Invoke(TV.Load(x + i), TV.Load(y + i), TV.Load(z + i));
            var r1 = TOp.Invoke(TV.Load(x + i + TV.Count), TV.Load(y + i + TV.Count), TV.Load(z + i + TV.Count));
            TV.Store(r0, d + i);
            TV.Store(r1, d + i + TV.Count);
        }
        for (; i <= n - TV.Count; i += TV.Count) TV.Store(TOp.Invoke(TV.Load(x + i), TV.Load(y + i), TV.Load(z + i)), d + i);
        if (i == n) return;
        var zero = TV.All(T.Zero);
        var last = TOp.Invoke(TV.LoadFirst(x + i, n - i, zero), TV.LoadFirst(y + i, n - i, zero), TV.LoadFirst(z + i, n - i, zero));
        TV.StoreFirst(last, d + i, n - i);
    }

    /// <summary>a is bool: dst = a ? b : c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Where<TV, T>(void* dst, void* a, void* b, void* c, nint n)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var mask = (byte*)a;
        T* d = (T*)dst, y = (T*)b, z = (T*)c;
        nint i = 0;
        for (; i <= n - TV.Count; i += TV.Count)
            TV.Store(TV.Select(TV.LoadMask(mask + i), TV.Load(y + i), TV.Load(z + i)), d + i);
        for (; i < n; i++) d[i] = mask[i] != 0 ? y[i] : z[i];
    }

    /// <summary>Two operands, one element after another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scalar<T, TOp>(void* dst, void* a, void* b, void* c, nint n)
        where T : unmanaged, INumber<T> where TOp : struct, IScalarOperator<T>
    {
        T* d = (T*)dst, x = (T*)a, y = (T*)b;
        for (nint i = 0; i < n; i++) d[i] = TOp.Invoke(x[i], y[i]);
    }
}
