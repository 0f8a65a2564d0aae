using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

/// <summary>Copies a matrix into its transpose, rows of the target padded with zeros.</summary>
internal static unsafe class Transpose
{
    private const int Block = 8;

    /// <summary>
    /// target[j, i] = source[i, j] for i &lt; <paramref name="rows"/>, j &lt; <paramref name="columns"/>; source rows are
    /// <paramref name="sourceStep"/> elements apart, target rows <paramref name="targetStep"/>, of which those from
    /// <paramref name="rows"/> on become zero. Source and target do not overlap.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T>(T* source, nint sourceStep, int rows, int columns, T* target, nint targetStep) where T : unmanaged
    {
        var i = 0;
        if (typeof(T) == typeof(float) && Avx.IsSupported)
        {
            for (; i + Block <= rows; i += Block)
            {
                var j = 0;
                for (; j + Block <= columns; j += Block)
                {
                    Block8((float*)source + i * sourceStep + j, sourceStep, (float*)target + j * targetStep + i, targetStep);
                }
                for (; j < columns; j++)
                {
                    for (var r = i; r < i + Block; r++) target[j * targetStep + r] = source[r * sourceStep + j];
                }
            }
        }
        for (; i < rows; i++)
        {
            var from = source + i * sourceStep;
            var to = target + i;
            for (var j = 0; j < columns; j++, to += targetStep) *to = from[j];
        }
        for (; i < targetStep; i++)
        {
            var to = target + i;
            for (var j = 0; j < columns; j++, to += targetStep) *to = default;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block8(float* source, nint sourceStep, float* target, nint targetStep)
    {
        // Rows i and i + 4 share a register half each, so that only moves within halves remain.
        var r0 = Pair(source, sourceStep, 0);
        var r1 = Pair(source, sourceStep, 1);
        var r2 = Pair(source, sourceStep, 2);
        var r3 = Pair(source, sourceStep, 3);
        Quad(r0, r1, r2, r3, target, targetStep);
        source += 4;
        target += 4 * targetStep;
        r0 = Pair(source, sourceStep, 0);
        r1 = Pair(source, sourceStep, 1);
        r2 = Pair(source, sourceStep, 2);
        r3 = Pair(source, sourceStep, 3);
        Quad(r0, r1, r2, r3, target, targetStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Pair(float* source, nint step, int row) =>
        Vector256.Create(Vector128.Load(source + row * step), Vector128.Load(source + (row + 4) * step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quad(
        Vector256<float> r0, Vector256<float> r1, Vector256<float> r2, Vector256<float> r3, float* target, nint step)
    {
        var t0 = Avx.UnpackLow(r0, r1).AsDouble();    // r0[0] r1[0] r0[1] r1[1] in each half
        var t1 = Avx.UnpackHigh(r0, r1).AsDouble();   // r0[2] r1[2] r0[3] r1[3]
        var t2 = Avx.UnpackLow(r2, r3).AsDouble();
        var t3 = Avx.UnpackHigh(r2, r3).AsDouble();
        Avx.UnpackLow(t0, t2).AsSingle().Store(target);
        Avx.UnpackHigh(t0, t2).AsSingle().Store(target + step);
        Avx.UnpackLow(t1, t3).AsSingle().Store(target + 2 * step);
        Avx.UnpackHigh(t1, t3).AsSingle().Store(target + 3 * step);
    }
}
