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
        var place = Place(lowering.Node.Shape, lowering.Node.Inputs[0].Shape, op.Starts.Span, op.Steps.Span);
        var elementSize = DTypes.Size(lowering.Node.DType);
        var fill = Tensor.Number(op.Value, lowering.Node.DType).Value!;
        var bytes = lowering.Node.Bytes;
        return slots =>
        {
            Fill((byte*)slots[y], bytes, fill.Pointer, elementSize);
            Scatter(place, elementSize, (byte*)slots[x], (byte*)slots[y]);
        };
    }

    public static Kernel Concatenate(ConcatenateOp op, Lowering lowering)
    {
        var y = lowering.Output;
        var elementSize = DTypes.Size(lowering.Node.DType);
        var count = lowering.Node.Inputs.Length;
        var inputs = new int[count];
        var places = new View[count];
        var steps = Enumerable.Repeat(1, lowering.Node.Rank).ToArray();
        var starts = new int[lowering.Node.Rank];
        for (var i = 0; i < count; i++)
        {
            inputs[i] = lowering.Input(i);
            places[i] = Place(lowering.Node.Shape, lowering.Node.Inputs[i].Shape, starts, steps);
            starts[op.Axis] += lowering.Node.Inputs[i].Shape[op.Axis];
        }
        return slots =>
        {
            for (var i = 0; i < inputs.Length; i++) Scatter(places[i], elementSize, (byte*)slots[inputs[i]], (byte*)slots[y]);
        };
    }

    /// <summary>Where the elements of an input lie in the output.</summary>
    private static View Place(Shape output, Shape input, ReadOnlySpan<int> starts, ReadOnlySpan<int> steps)
    {
        var strides = output.Strides();
        nint offset = 0;
        for (var axis = 0; axis < strides.Length; axis++)
        {
            offset += starts[axis] * strides[axis];
            strides[axis] *= steps[axis];
        }
        var (shape, collapsed) = ElementwiseProgram.Collapse(new View(input, offset, strides));
        return new View(shape, offset, collapsed);
    }

    private static void Scatter(View place, int elementSize, byte* source, byte* target)
    {
        fixed (int* shape = place.Shape.Dimensions)
        fixed (nint* strides = place.Strides)
            Interim.Copy(elementSize, target + place.Offset * elementSize, source, shape, strides, place.Shape.Rank, 0, (nint)place.Shape.Size, scatter: true);
    }

    private static void Fill(byte* target, long bytes, byte* value, int elementSize)
    {
        for (long at = 0; at < bytes; at += elementSize) Buffer.MemoryCopy(value, target + at, elementSize, elementSize);
    }
}
