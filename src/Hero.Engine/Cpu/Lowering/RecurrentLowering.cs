using System.Numerics;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

internal static unsafe class RecurrentLowering
{
    public static Kernel Forward(RecurrentOp op, Lowering lowering)
    {
        var (units, inBFloat16) = (lowering.Node.Inputs[1].Shape[0], BFloat16Lowering.Takes(lowering.Node));
        return lowering.Node.DType == DType.Float32 ? Forward<float>(op, lowering, units, inBFloat16, isPacked: false) : Forward<double>(op, lowering, units, inBFloat16, isPacked: false);
    }

    public static Kernel Packed(PackedRecurrentOp op, Lowering lowering)
    {
        var inBFloat16 = PackedLowering.IsInBFloat16(lowering.Node);
        return lowering.Node.DType == DType.Float32
            ? Forward<float>(op.Recurrence, lowering, op.Units, inBFloat16, isPacked: true)
            : Forward<double>(op.Recurrence, lowering, op.Units, inBFloat16, isPacked: true);
    }

    public static Kernel Backward(RecurrentGradientOp op, Lowering lowering) =>
        lowering.Node.DType == DType.Float32 ? Backward<float>(op, lowering) : Backward<double>(op, lowering);

    private static RecurrentSequence<T> Sequence<T>(RecurrentCell cell, bool inBFloat16) where T : unmanaged, INumber<T> => cell switch
    {
        LstmCell => inBFloat16 ? (RecurrentSequence<T>)(object)RecurrentSequence<float>.InBFloat16<LstmKernel<float>>() : RecurrentSequence<T>.Of<LstmKernel<T>>(),
        GruCell => inBFloat16 ? (RecurrentSequence<T>)(object)RecurrentSequence<float>.InBFloat16<GruKernel<float>>() : RecurrentSequence<T>.Of<GruKernel<T>>(),
        SimpleRnnCell => inBFloat16 ? (RecurrentSequence<T>)(object)RecurrentSequence<float>.InBFloat16<SimpleRnnKernel<float>>() : RecurrentSequence<T>.Of<SimpleRnnKernel<T>>(),
        _ => throw new NotSupportedException($"The processor has no kernel for {cell.GetType().Name}: add it to {nameof(RecurrentLowering)}."),
    };

    private static Kernel Forward<T>(RecurrentOp op, Lowering lowering, int units, bool inBFloat16, bool isPacked) where T : unmanaged, INumber<T>
    {
        var sequence = Sequence<T>(op.Form.Cell, inBFloat16);
        var projected = lowering.Node.Inputs[0].Shape;
        var shape = new RecurrentShape(projected[0], projected[1], units);
        var (x, kernel, next) = (lowering.Input(0), lowering.Input(1), 2);
        var bias = op.Form.HasBias ? lowering.Input(next++) : -1;
        var initial = op.Form.HasInitial ? lowering.Input(next++) : -1;
        var mask = op.Form.HasMask ? lowering.Input(next) : -1;
        var (output, keeps, statesSize) = (lowering.Output, op.KeepsGates, sequence.States * shape.StateStep);
        return slots =>
        {
            var states = (T*)slots[output];
            sequence.Forward(
                shape, (T*)slots[x], isPacked ? null : (T*)slots[kernel], isPacked ? slots[kernel] : null, bias < 0 ? null : (T*)slots[bias],
                initial < 0 ? null : (T*)slots[initial], mask < 0 ? null : (byte*)slots[mask], states, keeps ? states + statesSize : null);
        };
    }

    private static Kernel Backward<T>(RecurrentGradientOp op, Lowering lowering) where T : unmanaged, INumber<T>
    {
        var sequence = Sequence<T>(op.Form.Cell, BFloat16Lowering.Takes(lowering.Node));
        var upstreamAt = lowering.Node.Inputs.Length - 1;
        var region = lowering.Node.Inputs[upstreamAt].Shape;
        var shape = new RecurrentShape(op.Steps, region[2], region[3]);
        Range states = op.FirstState..(op.FirstState + region[0]), times = op.FirstTime..(op.FirstTime + region[1]);
        var (flat, kernel, mask, upstream, output) = (lowering.Input(0), lowering.Input(1), op.Form.HasMask ? lowering.Input(2) : -1, lowering.Input(upstreamAt), lowering.Output);
        var (statesSize, width, form) = (sequence.States * shape.StateStep, sequence.Gates * shape.Units, op.Form);
        var projections = (nint)shape.Steps * shape.Batch * width;
        return slots =>
        {
            T* all = (T*)slots[flat], dx = (T*)slots[output];
            var dproduct = sequence.HasOwnProductGradient ? dx + projections : dx;
            var behind = dproduct + projections;
            sequence.Backward(
                shape, (T*)slots[kernel], mask < 0 ? null : (byte*)slots[mask], all, all + statesSize, (T*)slots[upstream], states, times,
                dx, dproduct, form.HasBias ? behind : null, form.HasInitial ? behind + (form.HasBias ? width : 0) : null);
        };
    }
}
