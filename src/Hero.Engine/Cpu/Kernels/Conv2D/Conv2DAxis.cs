namespace Hero.Cpu.Kernels;

/// <summary>
/// One axis of a convolution, or of its input gradient, as a sliding sum: output i of <see cref="Outputs"/> takes, for every tap
/// t of <see cref="Taps"/>, input i * OutputStep + FirstOffset + t * OffsetStep (zero outside 0 .. Inputs - 1) with kernel element
/// FirstKernel + t * KernelStep. Offsets rise with t.
/// </summary>
internal readonly record struct Conv2DAxis(
    int Inputs, int Outputs, int OutputStep, int Taps, int FirstOffset, int OffsetStep, int FirstKernel, int KernelStep)
{
    /// <summary>How many inputs <paramref name="outputs"/> neighbouring outputs reach over.</summary>
    public int Reach(int outputs) => (outputs - 1) * OutputStep + (Taps - 1) * OffsetStep + 1;

    /// <summary>Whether no output reaches outside the input.</summary>
    public bool Inside => FirstOffset >= 0 && FirstOffset + Reach(Outputs) <= Inputs;

    /// <summary>Whether the inputs of neighbouring taps are neighbours.</summary>
    public bool Dense => Taps == 1 || OffsetStep == 1;

    /// <summary>The taps, from First to End - 1, with which <paramref name="output"/> meets the input at all.</summary>
    public (int First, int End) TapsInside(int output)
    {
        var offset = output * OutputStep + FirstOffset;
        var first = offset >= 0 ? 0 : (-offset + OffsetStep - 1) / OffsetStep;
        var end = offset >= Inputs ? 0 : (Inputs - 1 - offset) / OffsetStep + 1;
        return (Math.Min(first, Taps), Math.Clamp(end, 0, Taps));
    }

    public static Conv2DAxis Forward(int inputs, int outputs, int kernel, int stride, int dilation, int padding) =>
        new(inputs, outputs, stride, kernel, -padding, dilation, 0, 1);

    /// <summary>
    /// The axis of the input gradient for every <paramref name="stride"/>th input from <paramref name="phase"/> on: those
    /// meet the same taps. The gradient of the output slides under them with step 1, the kernel runs backward.
    /// </summary>
    public static Conv2DAxis Gradient(int inputs, int outputs, int kernel, int stride, int dilation, int padding, int phase)
    {
        // Input phase + i * stride meets output i + (phase + padding - k * dilation) / stride for the k that divide evenly.
        var first = 0;
        while (first < kernel && (phase + padding - first * dilation) % stride != 0) first++;
        var divisor = GreatestCommonDivisor(stride, dilation);
        var step = stride / divisor;
        var taps = first < kernel ? (kernel - 1 - first) / step + 1 : 0;
        var last = first + (taps - 1) * step;
        return new Conv2DAxis(
            outputs, phase < inputs ? (inputs - phase - 1) / stride + 1 : 0, 1, taps,
            taps > 0 ? (phase + padding - last * dilation) / stride : 0, dilation / divisor, last, -step);
    }

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }
}
