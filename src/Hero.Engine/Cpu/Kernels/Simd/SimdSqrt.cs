using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Square roots of 16 lanes on the multiply-add units, to the bit what the instruction gives, which keeps the processor's only divider busy for
/// 12 cycles: loops that divide as well, as Adam does, wait for that.
/// </summary>
internal static class SimdSqrt
{
    // Between these nothing below leaves the range of normal numbers.
    private const float Least = 1e-20f, Greatest = 1e38f;

    /// <summary>
    /// Newton's iteration for root and half of its reciprocal from an estimate of 14 bits, and a last step from what the root's square,
    /// known exactly, leaves (Markstein 1990). The error depends on the 24 bits of an operand's fraction and the lowest bit of its exponent only:
    /// a test goes through all of them. Lanes that are zero, negative, not a number or out of range send all to the instruction.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sqrt(Vector512<float> x)
    {
        if (!Vector512.GreaterThanAll(x, Vector512.Create(Least)) || !Vector512.LessThanAll(x, Vector512.Create(Greatest))) return Vector512.Sqrt(x);
        var half = Vector512.Create(0.5f);
        var estimate = Avx512F.ReciprocalSqrt14(x);
        var root = x * estimate;
        var inverse = half * estimate;
        var error = Avx512F.FusedMultiplyAddNegated(root, inverse, half);
        root = Avx512F.FusedMultiplyAdd(root, error, root);
        inverse = Avx512F.FusedMultiplyAdd(inverse, error, inverse);
        return Avx512F.FusedMultiplyAdd(Avx512F.FusedMultiplyAddNegated(root, root, x), inverse, root);
    }
}
