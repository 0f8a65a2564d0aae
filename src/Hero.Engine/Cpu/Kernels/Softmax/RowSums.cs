using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hero.Cpu.Kernels;

/// <summary>A formula over one or two rows, with the row's own constants as fields.</summary>
internal interface IRowOperator<TV, T> where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    TV Invoke(TV a, TV b);
}

/// <summary>
/// Loops over one row or two rows of the same length. What is left of a row after whole registers is padded to one.
/// Sums are kept in registers for a thousand elements at most, above that in double.
/// </summary>
internal static unsafe class RowSums<TV, T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    /// <summary>Elements summed up in registers.</summary>
    private const nint Leaf = 1024;

    /// <summary>The greatest element; what it is where there is a NaN does not matter to the caller.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Max(T* x, nint n)
    {
        var low = SimdBits.Constant<T>(float.NegativeInfinity, double.NegativeInfinity);
        TV m0 = TV.All(low), m1 = m0;
        nint i = 0;
        for (; i <= n - 2 * TV.Count; i += 2 * TV.Count)
        {
            TV x0 = TV.Load(x + i), x1 = TV.Load(x + i + TV.Count);
            m0 = TV.SelectLess(m0, x0, x0, m0);
            m1 = TV.SelectLess(m1, x1, x1, m1);
        }
        for (; i < n; i += TV.Count)
        {
            var rest = n - i < TV.Count ? TV.LoadFirst(x + i, n - i, TV.All(low)) : TV.Load(x + i);
            m0 = TV.SelectLess(m0, rest, rest, m0);
        }
        var lanes = stackalloc T[TV.Count];
        TV.Store(TV.SelectLess(m0, m1, m1, m0), lanes);
        var width = TV.Count;
        if (width > Simd128<T>.Count && Vector128.IsHardwareAccelerated)
        {
            var quarter = Simd128<T>.Load(lanes);
            for (var k = Simd128<T>.Count; k < width; k += Simd128<T>.Count)
            {
                var other = Simd128<T>.Load(lanes + k);
                quarter = Simd128<T>.SelectLess(quarter, other, other, quarter);
            }
            Simd128<T>.Store(quarter, lanes);
            width = Simd128<T>.Count;
        }
        var max = lanes[0];
        for (var k = 1; k < width; k++) max = max < lanes[k] ? lanes[k] : max;
        return max;
    }

    /// <summary>
    /// The sum of op(a, b) over the row; written to <paramref name="store"/> too unless that is null. Lanes past the row's end see
    /// <paramref name="padding"/> as a and 0 as b, of which op must make 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum<TOp>(T* store, T* a, T* b, nint n, T padding, TOp op) where TOp : struct, IRowOperator<TV, T>
    {
        var total = 0.0;
        nint i = 0;
        while (i < n)
        {
            var end = Math.Min(n, i + Leaf);
            TV s0 = TV.All(T.Zero), s1 = s0;
            for (; i <= end - 2 * TV.Count; i += 2 * TV.Count)
            {
                var r0 = op.Invoke(TV.Load(a + i), TV.Load(b + i));
                var r1 = op.Invoke(TV.Load(a + i + TV.Count), TV.Load(b + i + TV.Count));
                if (store != null)
                {
                    TV.Store(r0, store + i);
                    TV.Store(r1, store + i + TV.Count);
                }
                s0 += r0;
                s1 += r1;
            }
            for (; i <= end - TV.Count; i += TV.Count)
            {
                var r = op.Invoke(TV.Load(a + i), TV.Load(b + i));
                if (store != null) TV.Store(r, store + i);
                s0 += r;
            }
            if (i < end)
            {
                var r = op.Invoke(TV.LoadFirst(a + i, end - i, TV.All(padding)), TV.LoadFirst(b + i, end - i, TV.All(T.Zero)));
                if (store != null) TV.StoreFirst(r, store + i, end - i);
                s1 += r;
                i = end;
            }
            total += Lanes(s0 + s1);
        }
        return total;
    }

    /// <summary>dst = op(a, b), element by element; dst may be a or b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map<TOp>(T* dst, T* a, T* b, nint n, TOp op) where TOp : struct, IRowOperator<TV, T>
    {
        nint i = 0;
        for (; i <= n - TV.Count; i += TV.Count) TV.Store(op.Invoke(TV.Load(a + i), TV.Load(b + i)), dst + i);
        if (i == n) return;
        var zero = TV.All(T.Zero);
        TV.StoreFirst(op.Invoke(TV.LoadFirst(a + i, n - i, zero), TV.LoadFirst(b + i, n - i, zero)), dst + i, n - i);
    }

    /// <summary>The sum of a register's lanes, by halves: in the elements' type down to 128 bits, then in double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Lanes(TV sums)
    {
        var lanes = stackalloc T[TV.Count];
        TV.Store(sums, lanes);
        var width = TV.Count;
        if (width > Simd128<T>.Count && Vector128.IsHardwareAccelerated)
        {
            var quarter = Simd128<T>.Load(lanes);
            for (var k = Simd128<T>.Count; k < width; k += Simd128<T>.Count) quarter += Simd128<T>.Load(lanes + k);
            Simd128<T>.Store(quarter, lanes);
            width = Simd128<T>.Count;
        }
        var sum = 0.0;
        for (var k = 0; k < width; k++) sum += double.CreateTruncating(lanes[k]);
        return sum;
    }
}
