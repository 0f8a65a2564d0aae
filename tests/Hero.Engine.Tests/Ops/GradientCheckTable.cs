using Hero.Cpu;
using Hero.Ops;

namespace Hero.Engine.Tests.Ops;

/// <summary>One row an operation and form: a function of float64 inputs, drawn away from its kinks.</summary>
public sealed record GradientCase(string Name, Shape[] Shapes, Func<Tensor[], Tensor> Function, double Low = -1, double High = 1)
{
    public override string ToString() => Name;
}

/// <summary>Every differentiable operation must appear here; a test fails if one is missing.</summary>
internal static class GradientCheckTable
{
    /// <summary>Operations whose output does not depend smoothly on any input.</summary>
    public static readonly Type[] WithoutGradient =
    [
        typeof(ArgMaxOp), typeof(RandomNumbersOp),
        typeof(InvertedResidualOp), typeof(PackedConv2DOp), typeof(PackedMatMulOp), typeof(PackedRecurrentOp), typeof(PackFilterOp), typeof(PackWeightsOp), typeof(ReadWideOp), typeof(Conv2DGradientsOp), typeof(Conv2DGradientsFilterOp), // made after differentiation
    ];

    public static readonly GradientCase[] Cases =
    [
        Unary("negate", x => -x),
        Unary("abs", x => x.Abs(), 0.2, 1),
        Unary("exp", x => x.Exp()),
        Unary("expm1", x => x.Expm1()),
        Unary("log", x => x.Log(), 0.3, 2),
        Unary("log1p", x => x.Log1p(), -0.5, 2),
        Unary("sqrt", x => x.Sqrt(), 0.3, 2),
        Unary("rsqrt", x => x.Rsqrt(), 0.3, 2),
        Unary("reciprocal", x => x.Reciprocal(), 0.3, 2),
        Unary("square", x => x.Square()),
        Unary("sin", x => x.Sin()),
        Unary("cos", x => x.Cos()),
        Unary("tan", x => x.Tan()),
        Unary("tanh", x => x.Tanh()),
        Unary("sigmoid", x => x.Sigmoid()),
        Unary("erf", x => x.Erf()),
        Unary("softplus", x => x.Softplus()),
        Unary("relu of positive", x => x.Relu() * x, 0.1, 1),
        Unary("relu of negative", x => x.Relu() + x, -1, -0.1),
        Unary("relu6 inside", x => x.Relu6() * x, 0.1, 5.9),
        Unary("relu6 above", x => x.Relu6() + x, 6.1, 8),
        Unary("flush to zero", x => x.FlushToZero() * x),
        Unary("clip inside and outside", x => (x.Clip(0.4, 0.6) + x.Clip(-5, 5)) * x, 0.41, 0.59),
        Unary("clip cut", x => x.Clip(-3, -2) + x * x, 0, 1),
        Unary("cast there and back", x => x.Cast(DType.Float64) * 3),
        Unary("where", x => Tensor.Where(x > 0, x * x, x * 3), 0.1, 1),
        Binary("add broadcast", (a, b) => a + b),
        Binary("subtract broadcast", (a, b) => a - b),
        Binary("multiply broadcast", (a, b) => a * b),
        Binary("divide broadcast", (a, b) => a / b, 0.5, 2),
        Binary("pow broadcast", (a, b) => a.Pow(b), 0.5, 2),
        Binary("maximum", (a, b) => a.Maximum(b + 3) * b),
        Binary("minimum", (a, b) => a.Minimum(b + 3) * b),
        Binary("relu's gradient", (a, b) => BinaryOp.Of(ScalarFunction.ReluGradient, a, b).Square(), 0.1, 1),
        Binary("relu6's gradient", (a, b) => BinaryOp.Of(ScalarFunction.Relu6Gradient, a * 5, b).Square(), 0.1, 1),
        new("multiply and add", [[2, 3, 4], [3, 1], [4]], x => x[0].MultiplyAdd(x[1], x[2]).Square()),
        new("multiply and add of what is repeated", [[2, 3, 4], [4]], x => (x[0] - x[1]).MultiplyAdd(x[1].Square(), -x[1]).Square()),
        Binary("modulo", (a, b) => a % Tensor.Full([], 10, DType.Float64) * b, 0.1, 1),
        Unary("reshape", x => x.Reshape(4, 3) * x.Reshape(4, 3)),
        Unary("transpose", x => x.Transpose() * x.Transpose()),
        new("transpose 4-D", [[2, 3, 4, 2]], x => x[0].Transpose(2, 0, 3, 1).Square()),
        new("broadcast", [[3, 1]], x => x[0].BroadcastTo([2, 3, 4]).Square()),
        Unary("slice", x => x[1.., TensorIndex.Every(2)].Square()),
        Unary("slice reversed", x => x.Flip(1) * x),
        Unary("pad", x => x.Pad([(1, 2), (0, 3)], 0.5).Square()),
        new("concatenate", [[2, 3], [2, 1], [2, 2]], x => Tensor.Concatenate([x[0], x[1], x[2]], 1).Square()),
        new("stack", [[2, 3], [2, 3]], x => Tensor.Stack([x[0], x[1]], 1).Square()),
        Unary("sum of all", x => x.Square().Sum()),
        new("sum over axes", [[2, 3, 4, 2]], x => x[0].Square().Sum([0, 2]).Square()),
        new("mean over an axis", [[2, 3, 4]], x => x[0].Mean(1).Square()),
        new("max over an axis", [[3, 5]], x => x[0].Max(1).Square()),
        new("min over axes", [[3, 5, 2]], x => x[0].Min([0, 2]).Square()),
        new("matmul", [[3, 4], [4, 2]], x => x[0].MatMul(x[1]).Square()),
        new("matmul transposed left", [[4, 3], [4, 2]], x => x[0].Transpose().MatMul(x[1]).Square()),
        new("matmul transposed right", [[3, 4], [2, 4]], x => x[0].MatMul(x[1].Transpose()).Square()),
        new("matmul transposed both", [[4, 3], [2, 4]], x => x[0].Transpose().MatMul(x[1].Transpose()).Square()),
        new("matmul batch", [[2, 3, 4], [2, 4, 2]], x => x[0].MatMul(x[1]).Square()),
        new("matmul batch broadcast left", [[3, 4], [2, 4, 2]], x => x[0].MatMul(x[1]).Square()),
        new("matmul batch broadcast right", [[2, 5, 3, 4], [4, 2]], x => x[0].MatMul(x[1]).Square()),
        new("matmul batch broadcast both", [[2, 1, 3, 4], [3, 4, 2]], x => x[0].MatMul(x[1]).Square()),
        new("matmul vectors", [[4], [4]], x => x[0].MatMul(x[1]).Square()),
        new("conv2d valid", [[2, 5, 6, 3], [3, 2, 3, 4]], x => x[0].Conv2D(x[1]).Square()),
        new("conv2d same strided", [[2, 5, 6, 3], [3, 3, 3, 2]], x => x[0].Conv2D(x[1], (2, 2), "same").Square()),
        new("conv2d dilated", [[1, 7, 7, 2], [3, 3, 2, 2]], x => x[0].Conv2D(x[1], dilation: (2, 2), padding: "same").Square()),
        new("conv2d groups", [[2, 4, 4, 4], [3, 3, 2, 6]], x => x[0].Conv2D(x[1], padding: "same", groups: 2).Square()),
        new("conv2d 1x1", [[2, 3, 4, 3], [1, 1, 3, 5]], x => x[0].Conv2D(x[1]).Square()),
        new("conv2d explicit padding", [[1, 4, 5, 2], [3, 3, 2, 2]], x => x[0].Conv2D(x[1], (2, 1), Padding.Explicit(0, 1, 2, 0)).Square()),
        new("depthwise", [[2, 5, 6, 3], [3, 3, 3, 1]], x => x[0].DepthwiseConv2D(x[1], padding: "same").Square()),
        new("depthwise strided multiplier", [[2, 5, 6, 2], [3, 2, 2, 3]], x => x[0].DepthwiseConv2D(x[1], (2, 2), "same").Square()),
        new("max pooling", [[2, 4, 6, 3]], x => x[0].MaxPool2D((2, 2)).Square()),
        new("max pooling overlapping", [[2, 5, 6, 2]], x => x[0].MaxPool2D((3, 3), (2, 2), "same").Square()),
        new("max pooling's places", [[2, 4, 6, 3]], x => Pick(x[0]).Square()),
        new("average pooling", [[2, 4, 6, 3]], x => x[0].AveragePool2D((2, 2)).Square()),
        new("average pooling same", [[2, 5, 6, 2]], x => x[0].AveragePool2D((3, 2), (2, 2), "same").Square()),
        Unary("softmax", x => x.Softmax().Square()),
        Unary("softmax of another axis", x => x.Softmax(0).Square()),
        Unary("log-softmax", x => x.LogSoftmax().Square()),
        new("softmax cross-entropy", [[3, 4], [3, 4]], x => x[0].SoftmaxCrossEntropy(x[1]).Square(), 0.1, 1),
        new("softmax cross-entropy of classes", [[3, 4]], x => x[0].SoftmaxCrossEntropy(Tensor.From(new[] { 1, 3, 0 })).Square()),
        new("moments", [[2, 3, 4]], x => x[0].Moments() is var (mean, variance) ? mean.Square() + variance.Square() : x[0]),
        new("gather", [[4, 3]], x => x[0].Gather(Tensor.From(new[,] { { 1, 1 }, { -1, 0 } })).Square()),
        new("gather along an axis", [[4, 3, 2]], x => x[0].Gather(Tensor.From(new long[] { 2, 0, 2 }), 1).Square()),
        new("scatter-add", [[4, 3]], x => x[0].ScatterAdd(Tensor.From(new[] { 1, 1, 0, 4 }), [5, 3]).Square()),
        new("resize bilinear up", [[1, 3, 4, 2]], x => x[0].Resize(5, 7).Square()),
        new("resize bilinear down antialiased", [[1, 6, 7, 2]], x => x[0].Resize(3, 2, antialias: true).Square()),
        new("resize nearest", [[1, 3, 4, 2]], x => x[0].Resize(6, 5, Interpolation.Nearest).Square()),
        new("lstm", [[3, 2, 12], [3, 12]], x => Recurrent(new LstmCell(), new(x[0], x[1], null, null, null))),
        new("lstm with all inputs", [[4, 3, 8], [2, 8], [8], [2, 3, 2]], x => Recurrent(new LstmCell(), new(x[0], x[1], x[2], x[3], Mask))),
        new("gru", [[3, 2, 6], [2, 6]], x => Recurrent(new GruCell(), new(x[0], x[1], null, null, null))),
        new("gru with all inputs", [[4, 3, 6], [2, 6], [6], [1, 3, 2]], x => Recurrent(new GruCell(), new(x[0], x[1], x[2], x[3], Mask))),
        new("simple rnn", [[3, 2, 3], [3, 3]], x => Recurrent(new SimpleRnnCell(), new(x[0], x[1], null, null, null))),
        new("simple rnn with all inputs", [[4, 3, 2], [2, 2], [2], [1, 3, 2]], x => Recurrent(new SimpleRnnCell(), new(x[0], x[1], x[2], x[3], Mask))),
        Unary("dropout", x => new DropoutOp(0.4f).Apply(x, Tensor.From(new long[] { 7, 3 })).Square()),
    ];

    private static Tensor Mask => Tensor.From(new[,] { { true, true, false }, { true, false, true }, { true, true, true }, { false, true, true } });

    private static Tensor Recurrent(RecurrentCell cell, RecurrentArguments arguments) => Recurrence.Run(cell, arguments, willDifferentiate: true).Square();

    private static Tensor Pick(Tensor v)
    {
        var x = (Tensor.Arange(2 * 4 * 6 * 3, DType.Float64) * 2.4).Sin().Reshape(2, 4, 6, 3);
        var y = x.MaxPool2D((2, 2));
        return new MaxPool2DPickOp(((MaxPool2DOp)y.Op!).Window).Apply(x, y, v);
    }

    private static GradientCase Unary(string name, Func<Tensor, Tensor> function, double low = -1, double high = 1) =>
        new(name, [[3, 4]], x => function(x[0]), low, high);

    private static GradientCase Binary(string name, Func<Tensor, Tensor, Tensor> function, double low = -1, double high = 1) =>
        new(name, [[2, 3, 4], [3, 1]], x => function(x[0], x[1]), low, high);
}
