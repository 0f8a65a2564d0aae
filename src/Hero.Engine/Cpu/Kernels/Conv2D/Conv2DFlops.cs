using System.Runtime.Intrinsics;

namespace Hero.Cpu.Kernels;

/// <summary>The multiplications and additions of the products that <see cref="Conv2D"/> makes in float32: fewer than the formulas have where it goes by
/// <see cref="Winograd"/>, whose transforms are not counted.</summary>
internal static unsafe class Conv2DFlops
{
    public static double Forward(in Window2D w) => Of(w, ForwardPass(w));

    public static double FilterGradient(in Window2D w) => Of(w, ForwardPass(w));

    public static double InputGradient(in Window2D w)
    {
        if (w.StrideHeight != 1 || w.StrideWidth != 1) return w.Flops;
        Conv2DPass<float> forward = ForwardPass(w), gradient = Conv2DDriver<TileVector512<float>, Vector512<float>, float>.GradientPass(w, null, null, null, 0, 0);
        return WinogradPlan.WinsBackward(&forward, &gradient) ? WinogradPlan.Flops(&forward) : Of(w, gradient);
    }

    private static double Of(in Window2D w, Conv2DPass<float> pass) => WinogradPlan.Wins(&pass) ? WinogradPlan.Flops(&pass) : w.Flops;

    // Sizes alone: they are the same for all vectors.
    private static Conv2DPass<float> ForwardPass(in Window2D w) => Conv2DDriver<TileVector512<float>, Vector512<float>, float>.ForwardPass(w, null, null, null);
}
