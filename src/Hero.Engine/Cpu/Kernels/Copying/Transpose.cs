using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

/// <summary>Copies a matrix into its transpose: elements of 4 bytes through registers, 8 x 4 at a time.</summary>
internal static unsafe class Transpose
{
    /// <summary>
    /// target[j, i] = source[i, j] for i &lt; <paramref name="rows"/>, j &lt; <paramref name="columns"/>; source rows are
    /// <paramref name="sourceStep"/> elements apart, target rows <paramref name="targetStep"/>. Source and target do not overlap.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T>(T* source, nint sourceStep, int rows, int columns, T* target, nint targetStep) where T : unmanaged
    {
        var i = 0;
        if (sizeof(T) == 4 && Avx.IsSupported)
        {
            var wide = columns & ~3;
            for (; i + 4 <= rows; i += i + 8 <= rows ? 8 : 4)
            {
                var from = (float*)source + i * sourceStep;
                var to = (float*)target + i;
                var high = i + 8 <= rows ? 8 : 4;
                if (high == 8) for (var j = 0; j < wide; j += 4) Block8x4(from + j, sourceStep, to + j * targetStep, targetStep);
                else for (var j = 0; j < wide; j += 4) Block4x4(from + j, sourceStep, to + j * targetStep, targetStep);
                for (var j = wide; j < columns; j++)
                {
                    for (var r = 0; r < high; r++) ((uint*)to)[j * targetStep + r] = ((uint*)from)[r * sourceStep + j];
                }
            }
        }
        for (; i < rows; i++)
        {
            var from = source + i * sourceStep;
            var to = target + i;
            for (var j = 0; j < columns; j++, to += targetStep) *to = from[j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block8x4(float* source, nint sourceStep, float* target, nint targetStep)
    {
        // Rows i and i + 4 share a register half each, so that only moves within halves remain.
        Vector256<float> r0 = Pair(source, sourceStep, 0), r1 = Pair(source, sourceStep, 1);
        Vector256<float> r2 = Pair(source, sourceStep, 2), r3 = Pair(source, sourceStep, 3);
        var t0 = Avx.UnpackLow(r0, r1).AsDouble();    // r0[0] r1[0] r0[1] r1[1] in each half
        var t1 = Avx.UnpackHigh(r0, r1).AsDouble();   // r0[2] r1[2] r0[3] r1[3]
        var t2 = Avx.UnpackLow(r2, r3).AsDouble();
        var t3 = Avx.UnpackHigh(r2, r3).AsDouble();
        Avx.UnpackLow(t0, t2).AsSingle().Store(target);
        Avx.UnpackHigh(t0, t2).AsSingle().Store(target + targetStep);
        Avx.UnpackLow(t1, t3).AsSingle().Store(target + 2 * targetStep);
        Avx.UnpackHigh(t1, t3).AsSingle().Store(target + 3 * targetStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Pair(float* source, nint step, int row) =>
        Vector256.Create(Vector128.Load(source + row * step), Vector128.Load(source + (row + 4) * step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block4x4(float* source, nint sourceStep, float* target, nint targetStep)
    {
        Vector128<float> r0 = Vector128.Load(source), r1 = Vector128.Load(source + sourceStep);
        Vector128<float> r2 = Vector128.Load(source + 2 * sourceStep), r3 = Vector128.Load(source + 3 * sourceStep);
        var t0 = Sse.UnpackLow(r0, r1).AsDouble();
        var t1 = Sse.UnpackHigh(r0, r1).AsDouble();
        var t2 = Sse.UnpackLow(r2, r3).AsDouble();
        var t3 = Sse.UnpackHigh(r2, r3).AsDouble();
        Sse2.UnpackLow(t0, t2).AsSingle().Store(target);
        Sse2.UnpackHigh(t0, t2).AsSingle().Store(target + targetStep);
        Sse2.UnpackLow(t1, t3).AsSingle().Store(target + 2 * targetStep);
        Sse2.UnpackHigh(t1, t3).AsSingle().Store(target + 3 * targetStep);
    }
}
