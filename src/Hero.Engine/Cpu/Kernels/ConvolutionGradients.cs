namespace Hero.Cpu.Kernels;

/// <summary>The operands of both gradients of a convolution, float32. x and dy lie in memory or are made by their intakes.</summary>
internal unsafe struct ConvolutionGradients
{
    public float* X, Dy, Filter;
    public Intake XIntake, DyIntake;

    /// <summary>Sums over the pixels that go on with each finished row of dx.</summary>
    public RowSums Sums;

    /// <summary>The gradients with respect to x and the filter: all of them is overwritten.</summary>
    public float* Dx, DFilter;
}
