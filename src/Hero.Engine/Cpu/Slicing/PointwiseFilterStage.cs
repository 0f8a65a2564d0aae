using Hero.Cpu.Kernels;

namespace Hero.Cpu.Slicing;

/// <summary>The gradient of a pointwise convolution's filter: the products of all rows of its input and of its output's gradient. float32.</summary>
internal sealed unsafe class PointwiseFilterStage(int input, int gradient, int target, int inputs, int outputs) : SliceStage
{
    private nint Size => (nint)inputs * outputs;

    public override nint AccumulatorBytes => Size * sizeof(float);

    public override void Begin(byte* accumulators) => new Span<float>(accumulators, (int)Size).Clear();

    public override void Run(void** slots, byte* shared, byte* accumulators, nint row, nint rows) =>
        Gemm.AddTransposed((float*)slots[input] + row * inputs, (float*)slots[gradient] + row * outputs, (float*)accumulators, inputs, outputs, (int)rows);

    public override void Combine(byte* accumulators, byte* later) => PlainSum<float>.Combine(accumulators, later, Size);

    public override void Finish(void** slots, byte* accumulators) => Buffer.MemoryCopy(accumulators, slots[target], AccumulatorBytes, AccumulatorBytes);
}
