using System.Runtime.InteropServices;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

/// <summary>Operations that write dense inputs to strided places of a larger output.</summary>
internal static unsafe class ScatterLowering
{
    // Bytes that a thread fills at a time.
    private const int FillBytes = 256 * 1024;

    public static Kernel Pad(PadOp op, Lowering lowering)
    {
        var (x, y) = (lowering.Input(0), lowering.Output);
        var place = Place(lowering.Node, lowering.Node.Inputs[0].Shape, op.Starts.Span, op.Steps.Span);
        var elementSize = DTypes.Size(lowering.Node.DType);
        var fill = Tensor.Number(op.Value, lowering.Node.DType).Value!;
        var bytes = lowering.Node.Bytes;
        return slots =>
        {
            var filling = new Filling { Target = (byte*)slots[y], Bytes = bytes, Value = fill.Pointer, ElementSize = elementSize };
            WorkerTeam.Default.For((int)((bytes + FillBytes - 1) / FillBytes), ref filling);
            StridedCopy.ScatterAll(elementSize, (byte*)slots[y] + place.Offset, slots[x], place.Strides);
        };
    }

    public static Kernel Concatenate(ConcatenateOp op, Lowering lowering)
    {
        var y = lowering.Output;
        var elementSize = DTypes.Size(lowering.Node.DType);
        var count = lowering.Node.Inputs.Length;
        var inputs = new int[count];
        var places = new (nint Offset, StridedLayout Strides)[count];
        var steps = Enumerable.Repeat(1, lowering.Node.Rank).ToArray();
        var starts = new int[lowering.Node.Rank];
        for (var i = 0; i < count; i++)
        {
            inputs[i] = lowering.Input(i);
            places[i] = Place(lowering.Node, lowering.Node.Inputs[i].Shape, starts, steps);
            starts[op.Axis] += lowering.Node.Inputs[i].Shape[op.Axis];
        }
        return slots =>
        {
            for (var i = 0; i < inputs.Length; i++) StridedCopy.ScatterAll(elementSize, (byte*)slots[y] + places[i].Offset, slots[inputs[i]], places[i].Strides);
        };
    }

    /// <summary>Where the elements of an input lie in the output: the byte of the first, and the strides from there.</summary>
    private static (nint Offset, StridedLayout Strides) Place(Tensor output, Shape input, ReadOnlySpan<int> starts, ReadOnlySpan<int> steps)
    {
        var strides = output.Shape.Strides();
        nint offset = 0;
        for (var axis = 0; axis < strides.Length; axis++)
        {
            offset += starts[axis] * strides[axis];
            strides[axis] *= steps[axis];
        }
        return (offset * DTypes.Size(output.DType), new StridedLayout(input.Dimensions, strides));
    }

    private struct Filling : IParallelBody
    {
        public byte* Target, Value;
        public long Bytes;
        public int ElementSize;

        public readonly void Run(int item)
        {
            var start = (long)item * FillBytes;
            var part = new Span<byte>(Target + start, (int)Math.Min(FillBytes, Bytes - start));
            switch (ElementSize)
            {
                case 1: part.Fill(*Value); break;
                case 2: MemoryMarshal.Cast<byte, short>(part).Fill(*(short*)Value); break;
                case 4: MemoryMarshal.Cast<byte, int>(part).Fill(*(int*)Value); break;
                default: MemoryMarshal.Cast<byte, long>(part).Fill(*(long*)Value); break;
            }
        }
    }
}
