using System.Numerics;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

internal static unsafe class RecurrentLowering
{
    public static Kernel Forward(RecurrentOp op, Lowering lowering)
    {
        var units = lowering.Node.Inputs[1].Shape[0];
        return lowering.Node.DType == DType.Float32 ? Forward<float>(op, lowering, units, isPacked: false) : Forward<double>(op, lowering, units, isPacked: false);
    }

    public static Kernel Packed(PackedRecurrentOp op, Lowering lowering) => lowering.Node.DType == DType.Float32
        ? Forward<float>(op.Recurrence, lowering, op.Units, isPacked: true)
        : Forward<double>(op.Recurrence, lowering, op.Units, isPacked: true);

    public static Kernel Backward(RecurrentGradientOp op, Lowering lowering) =>
        lowering.Node.DType == DType.Float32 ? Backward<float>(op, lowering) : Backward<double>(op, lowering);

    private static Kernel Forward<T>(RecurrentOp op, Lowering lowering, int units, bool isPacked) where T : unmanaged, INumber<T> => op.Form.Cell switch
    {
        LstmCell => Forward<T, LstmKernel<T>>(op, lowering, units, isPacked),
        GruCell => Forward<T, GruKernel<T>>(op, lowering, units, isPacked),
        SimpleRnnCell => Forward<T, SimpleRnnKernel<T>>(op, lowering, units, isPacked),
        _ => throw NoKernel(op.Form.Cell),
    };

    private static Kernel Backward<T>(RecurrentGradientOp op, Lowering lowering) where T : unmanaged, INumber<T> => op.Form.Cell switch
    {
        LstmCell => Backward<T, LstmKernel<T>>(op, lowering),
        GruCell => Backward<T, GruKernel<T>>(op, lowering),
        SimpleRnnCell => Backward<T, SimpleRnnKernel<T>>(op, lowering),
        _ => throw NoKernel(op.Form.Cell),
    };

    private static Kernel Forward<T, TKernel>(RecurrentOp op, Lowering lowering, int units, bool isPacked)
        where T : unmanaged, INumber<T>
        where TKernel : struct, IRecurrentKernel<T>
    {
        var projected = lowering.Node.Inputs[0].Shape;
        var shape = new RecurrentShape(projected[0], projected[1], units);
        var (x, kernel, next) = (lowering.Input(0), lowering.Input(1), 2);
        var bias = op.Form.HasBias ? lowering.Input(next++) : -1;
        var initial = op.Form.HasInitial ? lowering.Input(next++) : -1;
        var mask = op.Form.HasMask ? lowering.Input(next) : -1;
        var (output, keeps, statesSize) = (lowering.Output, op.KeepsGates, TKernel.States * shape.StateStep);
        return slots =>
        {
            var states = (T*)slots[output];
            var packed = isPacked
                ? new PackedMatrix<T>((T*)slots[kernel], units, TKernel.Gates * units)
                : RecurrentForward<TKernel, T>.Pack(shape, (T*)slots[kernel]);
            RecurrentForward<TKernel, T>.Run(
                shape, (T*)slots[x], packed, bias < 0 ? null : (T*)slots[bias], initial < 0 ? null : (T*)slots[initial],
                mask < 0 ? null : (byte*)slots[mask], states, keeps ? states + statesSize : null);
        };
    }

    private static Kernel Backward<T, TKernel>(RecurrentGradientOp op, Lowering lowering)
        where T : unmanaged, INumber<T>
        where TKernel : struct, IRecurrentKernel<T>
    {
        var upstreamAt = lowering.Node.Inputs.Length - 1;
        var region = lowering.Node.Inputs[upstreamAt].Shape;
        var shape = new RecurrentShape(op.Steps, region[2], region[3]);
        Range states = op.FirstState..(op.FirstState + region[0]), times = op.FirstTime..(op.FirstTime + region[1]);
        var (flat, kernel, mask, upstream, output) = (lowering.Input(0), lowering.Input(1), op.Form.HasMask ? lowering.Input(2) : -1, lowering.Input(upstreamAt), lowering.Output);
        var (statesSize, width, form) = (TKernel.States * shape.StateStep, TKernel.Gates * shape.Units, op.Form);
        var projections = (nint)shape.Steps * shape.Batch * width;
        return slots =>
        {
            T* all = (T*)slots[flat], dx = (T*)slots[output];
            var dproduct = TKernel.HasOwnProductGradient ? dx + projections : dx;
            var behind = dproduct + projections;
            RecurrentBackward<TKernel, T>.Run(
                shape, (T*)slots[kernel], mask < 0 ? null : (byte*)slots[mask], all, all + statesSize, (T*)slots[upstream], states, times,
                dx, dproduct, form.HasBias ? behind : null, form.HasInitial ? behind + (form.HasBias ? width : 0) : null);
        };
    }

    private static NotSupportedException NoKernel(RecurrentCell cell) =>
        new($"The processor has no kernel for {cell.GetType().Name}: add it to {nameof(RecurrentLowering)}.");
}
