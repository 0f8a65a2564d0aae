using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;

namespace Hero.Cpu;

/// <summary>The cut of an <see cref="InvertedResidual"/>, measured on operands of its own.</summary>
internal static class InvertedResidualTuning
{
    public static InvertedResidualPlan Choose(Tuner? tuner, in Window2D window, int inChannels, int outChannels, bool expands, bool expandsInBFloat16, bool projectsInBFloat16)
    {
        var usual = InvertedResidualPlan.Of(window, expands, expandsInBFloat16 && projectsInBFloat16);
        if (tuner is null || window.OutputShape.Size == 0) return usual;
        var w = window;
        var shape = $"InvertedResidual {w.Batch}x{w.InHeight}x{w.InWidth}x{inChannels} wide {w.InChannels}, {w.KernelHeight}x{w.KernelWidth}"
            + $" stride {w.StrideHeight}x{w.StrideWidth} dilation {w.DilationHeight}x{w.DilationWidth} pad {w.PadTop}x{w.PadLeft},"
            + $" {w.OutHeight}x{w.OutWidth}x{outChannels}, {(expandsInBFloat16 ? "expands in bfloat16" : expands ? "expands" : "plain")},"
            + $" {(projectsInBFloat16 ? "projects in bfloat16, " : "")}{((expandsInBFloat16 || projectsInBFloat16) && !TileUnit.IsFast ? "by dot products, " : "")}{WorkerTeam.Default.ThreadCount} threads";
        InvertedResidualTrial? trial = null;
        try
        {
            return tuner.Choose(shape, usual, InvertedResidualPlan.Candidates(w, expands), plan => (trial ??= new InvertedResidualTrial(w, inChannels, outChannels, expands, expandsInBFloat16, projectsInBFloat16)).Seconds(plan));
        }
        finally
        {
            trial?.Dispose();
        }
    }
}
