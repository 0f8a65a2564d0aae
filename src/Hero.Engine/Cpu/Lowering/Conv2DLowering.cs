using System.Numerics;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

internal static unsafe class Conv2DLowering
{
    public static Kernel Forward(Conv2DOp op, Lowering lowering) => BFloat16Lowering.Lower(lowering)
        ?? (lowering.Node.DType == DType.Float32 ? Forward<float>(op, lowering) : Forward<double>(op, lowering));

    public static Kernel InputGradient(Conv2DInputGradientOp op, Lowering lowering) => BFloat16Lowering.Lower(lowering)
        ?? (lowering.Node.DType == DType.Float32 ? InputGradient<float>(op, lowering) : InputGradient<double>(op, lowering));

    public static Kernel FilterGradient(Conv2DFilterGradientOp op, Lowering lowering) => BFloat16Lowering.Lower(lowering)
        ?? (lowering.Node.DType == DType.Float32 ? FilterGradient<float>(op, lowering) : FilterGradient<double>(op, lowering));

    public static Kernel Gradients(Conv2DGradientsOp op, Lowering lowering)
    {
        var (x, dy, filter, dx, df, window) = (lowering.Input(0), lowering.Input(1), lowering.Input(2), lowering.Output, lowering.ByProduct, op.Window);
        var (xIntake, dyIntake, sums) = (lowering.Intake(0), lowering.Intake(1), lowering.Sums);
        return slots =>
        {
            var operands = new ConvolutionGradients
            {
                X = xIntake is null ? (float*)slots[x] : null, XIntake = new Intake(xIntake, slots), Dy = dyIntake is null ? (float*)slots[dy] : null, DyIntake = new Intake(dyIntake, slots),
                Filter = (float*)slots[filter], Dx = (float*)slots[dx], DFilter = (float*)slots[df], Sums = new RowSums(sums, slots),
            };
            if (op.Depthwise) DepthwiseGradients.Run(window, operands);
            else PointwiseGradients.Run(window, operands);
        };
    }

    /// <summary>Whether the kernel takes an input through an <see cref="Intake"/>.</summary>
    public static bool TakesIntake(Tensor node, int input) => node.Op is Conv2DGradientsOp ? input < 2 : input == 0 && TakesFirst(node);

    private static bool TakesFirst(Tensor node) => node.DType == DType.Float32 && node.Inputs[0].DType == DType.Float32 && !BFloat16Lowering.IsForUnit(node) && node.Op switch
    {
        Conv2DOp { Depthwise: true, Window: var window } => window.InChannels == window.OutChannels,
        Conv2DFilterGradientOp { Depthwise: true, Window: var window } => window.InChannels == window.OutChannels,
        Conv2DOp { Window: var window } => Conv2D.TakesInput(window, isFilterGradient: false),
        Conv2DFilterGradientOp { Window: var window } => Conv2D.TakesInput(window, isFilterGradient: true),
        _ => false,
    };

    private static Kernel Forward<T>(Conv2DOp op, Lowering lowering) where T : unmanaged, INumber<T>
    {
        if (lowering.Epilogue is { } program) return Forward<T, ProgramEpilogue>(op, lowering, slots => new ProgramEpilogue(program, (void**)slots));
        return Forward<T, NoEpilogue>(op, lowering, _ => default);
    }

    private static Kernel Forward<T, TEpilogue>(Conv2DOp op, Lowering lowering, Func<nint, TEpilogue> epilogue)
        where T : unmanaged, INumber<T> where TEpilogue : struct, IEpilogue
    {
        var (x, filter, y, window) = (lowering.Input(0), lowering.Input(1), lowering.Output, op.Window);
        if (lowering.Intake(0) is { } intake)
        {
            if (op.Depthwise) return slots => DepthwiseConv2D.Forward(window, null, (T*)slots[filter], (T*)slots[y], epilogue((nint)slots), new Intake(intake, slots));
            return slots => Conv2D.Forward(window, null, (T*)slots[filter], (T*)slots[y], epilogue((nint)slots), new Intake(intake, slots));
        }
        if (op.Depthwise) return slots => DepthwiseConv2D.Forward(window, (T*)slots[x], (T*)slots[filter], (T*)slots[y], epilogue((nint)slots));
        return slots => Conv2D.Forward(window, (T*)slots[x], (T*)slots[filter], (T*)slots[y], epilogue((nint)slots));
    }

    private static Kernel InputGradient<T>(Conv2DInputGradientOp op, Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (dy, filter, dx, window) = (lowering.Input(0), lowering.Input(1), lowering.Output, op.Window);
        if (op.Depthwise) return slots => DepthwiseConv2D.InputGradient(window, (T*)slots[dy], (T*)slots[filter], (T*)slots[dx]);
        return slots => Conv2D.InputGradient(window, (T*)slots[dy], (T*)slots[filter], (T*)slots[dx]);
    }

    private static Kernel FilterGradient<T>(Conv2DFilterGradientOp op, Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, dy, df, window) = (lowering.Input(0), lowering.Input(1), lowering.Output, op.Window);
        if (lowering.Intake(0) is { } intake)
        {
            if (op.Depthwise) return slots => DepthwiseConv2D.FilterGradient(window, null, (T*)slots[dy], (T*)slots[df], new Intake(intake, slots));
            return slots => Conv2D.FilterGradient(window, null, (T*)slots[dy], (T*)slots[df], new Intake(intake, slots));
        }
        if (op.Depthwise) return slots => DepthwiseConv2D.FilterGradient(window, (T*)slots[x], (T*)slots[dy], (T*)slots[df]);
        return slots => Conv2D.FilterGradient(window, (T*)slots[x], (T*)slots[dy], (T*)slots[df]);
    }
}
