using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

/// <summary>Operations that write dense inputs to strided places of a larger output.</summary>
internal static unsafe class ScatterLowering
{
    public static Kernel Pad(PadOp op, Lowering lowering)
    {
        var (x, y) = (lowering.Input(0), lowering.Output);
        var place = Place(lowering.Node, lowering.Node.Inputs[0].Shape, op.Starts.Span, op.Steps.Span);
        var elementSize = DTypes.Size(lowering.Node.DType);
        var fill = Tensor.Number(op.Value, lowering.Node.DType).Value!;
        var bytes = lowering.Node.Bytes;
        return slots =>
        {
            Fill((byte*)slots[y], bytes, fill.Pointer, elementSize);
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

    private static void Fill(byte* target, long bytes, byte* value, int elementSize)
    {
        switch (elementSize)
        {
            case 1: new Span<byte>(target, checked((int)bytes)).Fill(*value); break;
            case 2: new Span<short>(target, checked((int)(bytes / 2))).Fill(*(short*)value); break;
            case 4: new Span<int>(target, checked((int)(bytes / 4))).Fill(*(int*)value); break;
            default: new Span<long>(target, checked((int)(bytes / 8))).Fill(*(long*)value); break;
        }
    }
}
