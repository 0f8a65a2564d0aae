using Hero.Cpu.Kernels;

namespace Hero.Cpu.Slicing;

/// <summary>A pointwise convolution, or its input's gradient: rows times the filter, which all slices read packed. float32.</summary>
internal sealed unsafe class PointwiseStage(int source, int filter, int target, int depth, int columns, bool isGradient) : SliceStage
{
    public override nint SharedBytes => PackedMatrix<float>.Size(depth, columns) * sizeof(float);

    public override void Prepare(void** slots, byte* shared) => Packed(shared).Pack((float*)slots[filter], isGradient ? depth : columns, transposed: isGradient);

    public override void Run(void** slots, byte* shared, byte* accumulators, nint row, nint rows) =>
        Packed(shared).Multiply((float*)slots[source] + row * depth, depth, (float*)slots[target] + row * columns, columns, (int)rows, accumulate: false);

    private PackedMatrix<float> Packed(byte* shared) => new((float*)shared, depth, columns);
}
