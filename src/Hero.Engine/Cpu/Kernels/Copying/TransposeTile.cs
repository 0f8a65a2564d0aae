using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

/// <summary>Transposes tiles of 16 x 16 elements of 4 bytes through registers, 8 x 8 at a time.</summary>
internal static unsafe class TransposeTile
{
    /// <summary>True if there is a register path for the type on this machine.</summary>
    public static bool Supports<T>() where T : unmanaged => sizeof(T) == 4 && Avx.IsSupported;

    /// <summary>target[j, i] = source[i, j] for i, j below 16; steps in elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(uint* source, nint sourceStep, uint* target, nint targetStep)
    {
        for (nint i = 0; i < 16; i += 8)
        {
            for (nint j = 0; j < 16; j += 8)
            {
                var from = (float*)source + i * sourceStep + j;
                var to = (float*)target + j * targetStep + i;
                Half(from, sourceStep, to, targetStep);
                Half(from + 4, sourceStep, to + 4 * targetStep, targetStep);
            }
        }
    }

    /// <summary>8 rows of 4 columns become 4 rows of 8. Rows r and r + 4 share a register, so all moves stay within halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Half(float* from, nint step, float* to, nint toStep)
    {
        var r0 = Pair(from, from + 4 * step);
        var r1 = Pair(from + step, from + 5 * step);
        var r2 = Pair(from + 2 * step, from + 6 * step);
        var r3 = Pair(from + 3 * step, from + 7 * step);
        var t0 = Avx.UnpackLow(r0, r1).AsDouble();
        var t1 = Avx.UnpackHigh(r0, r1).AsDouble();
        var t2 = Avx.UnpackLow(r2, r3).AsDouble();
        var t3 = Avx.UnpackHigh(r2, r3).AsDouble();
        Avx.UnpackLow(t0, t2).AsSingle().Store(to);
        Avx.UnpackHigh(t0, t2).AsSingle().Store(to + toStep);
        Avx.UnpackLow(t1, t3).AsSingle().Store(to + 2 * toStep);
        Avx.UnpackHigh(t1, t3).AsSingle().Store(to + 3 * toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Pair(float* low, float* high) => Vector256.Create(Vector128.Load(low), Vector128.Load(high));
}
