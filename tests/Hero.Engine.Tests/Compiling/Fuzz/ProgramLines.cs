using Hero.Ops;

namespace Hero.Engine.Tests.Compiling.Fuzz;

/// <summary>The kinds of lines that programs are written from: all operations of the public interface and the blocks that networks are built of.</summary>
internal static class ProgramLines
{
    public static readonly (string Name, Func<ProgramGenerator, Line?> Write)[] All =
    [
        // One operand.
        Unary("negate", x => -x), Unary("tanh", x => x.Tanh()), Unary("sigmoid", x => x.Sigmoid()), Unary("erf", x => x.Erf()), Unary("sin", x => x.Sin()), Unary("cos", x => x.Cos()),
        Unary("tan", x => x.Clip(-1, 1).Tan()), Unary("softplus", x => x.Softplus()), Unary("exp", x => x.Clip(-4, 3).Exp()), Unary("expm1", x => x.Clip(-4, 3).Expm1()),
        Unary("relu", x => x.Relu()), Unary("relu", x => x.Relu()), Unary("relu6", x => (x * 4).Relu6()), Unary("abs", x => x.Abs()), Unary("square", x => x.Square() * 0.5),
        Unary("log", x => (x.Abs() + 0.5).Log()), Unary("log1p", x => x.Square().Log1p()), Unary("sqrt", x => (x.Square() + 0.1).Sqrt()), Unary("rsqrt", x => (x.Square() + 0.1).Rsqrt()),
        Unary("reciprocal", x => (x.Square() + 0.5).Reciprocal()), Unary("pow", x => (x.Abs() + 0.3).Pow(1.7)), Unary("scale", x => x * 0.5 + 0.25), Unary("neutral", x => (x * 1 + 0 - 0) / 1),
        Unary("complement", x => 1 - x), Unary("quotient of a number", x => 2 / (x.Abs() + 1)), Unary("clip", x => x.Clip(-0.5, 0.75)), Unary("bent", x => Tensor.Where(x > 0.25, x, x * 2 - 0.25)),
        Unary("maximum of a number", x => x.Maximum(0.125).Minimum(2)), Unary("twice", x => x * x - x * 1),
        Jump("sign", x => x.Sign() * 0.5), Jump("floor", x => (x * 3).Floor() * 0.25), Jump("ceil", x => (x * 3).Ceil() * 0.25), Jump("round", x => (x * 3).Round() * 0.25),
        Jump("above", x => (x > 0.1).Cast(x.DType)), Jump("of them", x => x.Rank == 0 ? x : (x > 0).Sum(0).Cast(x.DType) * 0.1), Jump("greatest place", x => x.Rank == 0 ? x : (x.ArgMax(0) + x.ArgMin(0)).Cast(x.DType) * 0.01),
        Jump("finite", x => Tensor.Where(x.IsFinite() & !x.IsNaN() | (x <= 0), x, 1)), Jump("exclusive", x => ((x > 0) ^ (x < 0.5)).Cast(x.DType)),
        Jump("one hot", x => x.Rank is 0 or > 3 ? x : x.ArgMax().OneHot(x.Shape[^1], x.DType)), Jump("whole", x => ((x * 5).Cast(DType.Int32) * 3 % Tensor.From(7)).FloorDivide(Tensor.From(2)).Cast(x.DType)),

        // Two operands.
        Binary("add", (a, b) => a + b), Binary("add", (a, b) => a + b), Binary("subtract", (a, b) => a - b), Binary("multiply", (a, b) => a * b), Binary("multiply", (a, b) => a * b),
        Binary("divide", (a, b) => a / (b.Abs() + 0.5)), Binary("maximum", (a, b) => a.Maximum(b)), Binary("minimum", (a, b) => a.Minimum(b)), Binary("power", (a, b) => (a.Abs() + 0.3).Pow(b.Clip(-2, 2))),
        Binary("choice", (a, b) => Tensor.Where(a > b, a, b * 1)), ("remainder", g => g.Firm() is { } a && g.Firm(node => Fits(node.Shape, g.ShapeOf(a))) is { } b ? Write(Trait.Jumps, [a, b], x => x[0] % (x[1].Abs() + 0.5)) : null),
        Binary("multiply and add", (a, b) => a.Shape == Shape.Broadcast(a.Shape, b.Shape, "") ? a.MultiplyAdd(b, b) : a + b),

        // Places.
        ("reshape", g => g.Number() is var x ? Write(x, Other(g, g.ShapeOf(x)) is var shape ? x => x.Reshape(shape) : null!) : null),
        ("transpose", g => g.Number() is var x && Shuffled(g, g.ShapeOf(x).Rank) is var axes && axes.Length > 0 ? Write(x, x => x.Transpose(axes), $"transpose {string.Join(' ', axes)} ") : null),
        ("slice", g => g.Number() is var x ? Slice(g, x) : null),
        ("slice", g => g.Number() is var x ? Slice(g, x) : null),
        ("flip", g => g.Number(node => node.Rank > 0) is var x && Axis(g, x) is var axis ? Write(x, x => x.Flip(axis), $"flip {axis} ") : null),
        ("expand", g => g.Number() is var x && g.Random.Next(g.ShapeOf(x).Rank + 1) is var axis ? Write(x, x => x.ExpandDims(axis), $"expand {axis} ") : null),
        ("squeeze", g => Write(g.Number(), x => x.Squeeze())),
        ("repeat", g => g.Number(node => node.Rank < 5) is var x && g.Random.Next(1, 4) is var times ? Write(x, x => x.BroadcastTo(x.Shape.Prepend(times)), $"repeat {times} ") : null),
        ("pad", g => g.Number(node => node.Rank > 0) is var x && Enumerable.Range(0, g.ShapeOf(x).Rank).Select(_ => (g.Random.Next(3), g.Random.Next(3))).ToArray() is var amounts ? Write(x, x => x.Pad(amounts, 0.25), $"pad {string.Join(' ', amounts)} ") : null),
        ("concatenate", g => g.Number(node => node.Rank > 0) is var x && Axis(g, x) is var axis ? Write(Trait.None, [x, g.Pick(node => node.Shape == g.ShapeOf(x) && node.DType == g.TypeOf(x)) ?? x, x], x => Tensor.Concatenate([x[0], x[1], -x[2]], axis), $"concatenate {axis} ") : null),
        ("stack", g => g.Number(node => node.Rank < 5) is var x ? Write(Trait.None, [x, g.Pick(node => node.Shape == g.ShapeOf(x) && node.DType == g.TypeOf(x)) ?? x], x => Tensor.Stack(x, -1)) : null),
        ("gather", g => g.Number(node => node.Rank > 0 && node.Shape[0] > 0) is var x && g.ShapeOf(x)[0] is var n ? Write(Trait.None, [x, g.NewLeaf(g.Random.Next(2) == 0 ? [g.Random.Next(1, 9)] : [2, 3], DType.Int32, -n, n)], x => x[0].Gather(x[1])) : null),
        ("gather inside", g => g.Number(node => node.Rank > 1 && node.Shape[1] > 0) is var x ? Write(Trait.None, [x, g.NewLeaf([g.Random.Next(1, 9)], DType.Int64, 0, g.ShapeOf(x)[1])], x => x[0].Gather(x[1], 1)) : null),
        ("scatter", g => g.Number(node => node.Rank > 0) is var x ? Write(Trait.None, [x, g.NewLeaf([g.ShapeOf(x)[0]], DType.Int32, 0, 5)], x => x[0].ScatterAdd(x[1], [5, .. x[0].Shape.Dimensions[1..]])) : null),

        // Many to one.
        Reduction("sum", (x, axes, keep) => x.Sum(axes, keep) * 0.25), Reduction("sum", (x, axes, keep) => x.Sum(axes, keep) * 0.25), Reduction("mean", (x, axes, keep) => x.Size == 0 ? x : x.Mean(axes, keep)),
        Reduction("max", (x, axes, keep) => x.Size == 0 ? x : x.Max(axes, keep)), Reduction("min", (x, axes, keep) => x.Size == 0 ? x : x.Min(axes, keep)),
        ("sum of all", g => Write(g.Number(), x => (x * x).Sum() * 0.1)),
        ("moments", g => g.Number(HasRows) is var x && HasRows(g, x) ? Write(Trait.None, [x], x => x[0].Moments() is var (mean, variance) ? [mean, variance] : []) : null),
        ("softmax", g => g.Number(node => node.Rank > 0 && node.Size > 0) is var x && Axis(g, x) is var axis ? Write(x, x => x.Softmax(axis), $"softmax {axis} ") : null),
        ("log-softmax", g => g.Number(node => node.Rank > 0 && node.Size > 0) is var x && Axis(g, x) is var axis ? Write(x, x => x.LogSoftmax(axis), $"log-softmax {axis} ") : null),
        ("cross-entropy", g => g.Number(node => node.Rank > 0 && node.Size > 0) is var x && g.ShapeOf(x) is var shape ? Write(Trait.None, [x, g.NewLeaf(shape[..^1], DType.Int32, 0, shape[^1])], x => x[0].SoftmaxCrossEntropy(x[1])) : null),
        ("cross-entropy of shares", g => g.Number(node => node.Rank > 0 && node.Size > 0) is var x ? Write(Trait.None, [x, g.NewLeaf(g.ShapeOf(x), low: 0)], x => x[0].SoftmaxCrossEntropy(x[1])) : null),

        // Layers.
        ("product", Product), ("product", Product), ("product of two", ProductOfTwo), ("dense", Dense), ("dense", Dense),
        ("convolution", g => Convolution(g, g.Random.Next(4) == 0)), ("convolution", g => Convolution(g, g.Random.Next(4) == 0)), ("depthwise", g => Depthwise(g)),
        ("max pooling", g => Pooling(g, greatest: true)), ("max pooling", g => Pooling(g, greatest: true)), ("average pooling", g => Pooling(g, greatest: false)),
        ("resize", g => Pictures(g) is { } x && (g.Random.Next(1, 9), g.Random.Next(1, 9), g.Random.Next(2) == 0) is var (height, width, smooth) ? Write(x, x => x.Resize(height, width, (Interpolation)g.Random.Next(1), smooth), $"resize {height} {width} {smooth} ") : null),
        ("normalization", Normalization), ("normalization", Normalization), ("normalization at inference", FrozenNormalization), ("normalization at inference", FrozenNormalization),
        ("inverted residual", InvertedResidual), ("recurrence", Recurrent),
        ("dropout", g => g.Number() is var x && g.Random.Next(1, 8) / 10.0 is var rate ? Write(Trait.None, [x], (x, setting) => [x[0].Dropout(rate, setting.Generator)], $"dropout {rate} ") : null),
        ("random", g => g.AnyShape() is var shape ? Write(Trait.NamesType, [], (_, setting) => [setting.Generator.Uniform(shape, -1, 1, setting.Own), setting.Generator.Normal(shape, type: setting.Own)], $"random {shape} ") : null),
        ("narrow", g => g.Kind.Narrow ? Write(Trait.NamesType, [g.Number()], x => x[0].Cast(DType.BFloat16)) : null),
        ("narrow", g => g.Kind.Narrow ? Write(Trait.NamesType, [g.Number()], x => x[0].Cast(DType.BFloat16)) : null),
        ("single", g => g.Kind.Narrow ? Write(Trait.NamesType, [g.Number()], x => x[0].Cast(DType.Float32)) : null),
        ("own type", g => g.Kind.Narrow && g.Pick(node => DTypes.IsFloating(node.DType) && node.DType != g.Kind.Own) is { } x ? Write(Trait.None, [x], (x, setting) => [x[0].Cast(setting.Own)]) : null),
        ("called", g => Write(g.Number(), x => Function.Compile(y => y.Tanh() + Function.Compile(z => z * 0.5).Call(y)).Call(x))),

        // Back.
        ("gradient", Slopes), ("gradient", Slopes), ("gradient", Slopes), ("gradient", Slopes),
        ("descent", Descent), ("descent", Descent),
    ];

    /// <summary>Those that networks are built of.</summary>
    public static readonly (string Name, Func<ProgramGenerator, Line?> Write)[] Layers =
    [
        .. All.Where(line => line.Name is "dense" or "convolution" or "depthwise" or "max pooling" or "average pooling" or "normalization" or "inverted residual" or "recurrence" or "dropout"
            or "relu" or "relu6" or "tanh" or "sigmoid" or "softplus" or "softmax" or "log-softmax" or "cross-entropy" or "add" or "multiply" or "concatenate" or "mean" or "reshape" or "narrow" or "own type"),
    ];

    /// <summary>Those around products large enough to be computed in parts.</summary>
    public static readonly (string Name, Func<ProgramGenerator, Line?> Write)[] Large =
    [
        ("large product", LargeProduct), ("large product", LargeProduct), ("large product", LargeProduct),
        .. All.Where(line => line.Name is "relu" or "tanh" or "add" or "multiply" or "sum" or "mean" or "softmax" or "gradient"),
    ];

    private static (string, Func<ProgramGenerator, Line?>) Unary(string name, Func<Tensor, Tensor> function) => (name, g => Write(g.Number(), function));

    private static (string, Func<ProgramGenerator, Line?>) Jump(string name, Func<Tensor, Tensor> function) =>
        (name, g => g.Firm(node => node.Size > 0) is { } x ? Write(Trait.Jumps, [x], x => function(x[0])) : null);

    private static (string, Func<ProgramGenerator, Line?>) Binary(string name, Func<Tensor, Tensor, Tensor> function) => (name, g =>
    {
        var a = g.Number();
        var b = g.Number(node => Fits(node.Shape, g.ShapeOf(a)));
        if (!Fits(g.ShapeOf(a), g.ShapeOf(b))) b = g.NewLeaf(g.ShapeOf(a) is { Rank: > 0 } shape ? [shape[^1]] : []);
        return Write(Trait.None, g.Random.Next(2) == 0 ? [a, b] : [b, a], x => function(x[0], x[1]));
    });

    private static (string, Func<ProgramGenerator, Line?>) Reduction(string name, Func<Tensor, int[], bool, Tensor> function) => (name, g =>
    {
        var x = g.Number(node => node.Rank > 0);
        var axes = Enumerable.Range(0, g.ShapeOf(x).Rank).Where(_ => g.Random.Next(2) == 0).ToArray();
        var keep = g.Random.Next(2) == 0;
        return Write(x, x => function(x, axes, keep), $"{name} {string.Join(' ', axes)}{(keep ? " kept" : "")} ");
    });

    private static Line Write(Value x, Func<Tensor, Tensor> make, string text = "") => Write(Trait.None, [x], x => make(x[0]), text);

    private static Line Write(Trait traits, Value[] reads, Func<Tensor[], Tensor> make, string text = "") => Write(traits, reads, (x, _) => [make(x)], text);

    private static Line Write(Trait traits, Value[] reads, Func<Tensor[], Tensor[]> make, string text = "") => Write(traits, reads, (x, _) => make(x), text);

    private static Line Write(Trait traits, Value[] reads, Func<Tensor[], Setting, Tensor[]> make, string text = "") => new() { Text = text, Reads = reads, Traits = traits, Make = make };

    private static bool Fits(Shape a, Shape b) =>
        Enumerable.Range(1, Math.Min(a.Rank, b.Rank)).All(back => a[^back] == b[^back] || a[^back] == 1 || b[^back] == 1);

    private static bool HasRows(Tensor node) => node.Rank > 1 && node.Size > 0;

    private static bool HasRows(ProgramGenerator g, Value x) => g.ShapeOf(x) is { Rank: > 1, Size: > 0 };

    private static int Axis(ProgramGenerator g, Value x) => g.Random.Next(g.ShapeOf(x).Rank);

    private static int[] Shuffled(ProgramGenerator g, int rank)
    {
        var axes = Enumerable.Range(0, rank).ToArray();
        if (g.Random.Next(2) == 0 && rank > 1) (axes[^1], axes[^2]) = (axes[^2], axes[^1]);
        else g.Random.Shuffle(axes);
        return axes;
    }

    /// <summary>Another shape of as many elements.</summary>
    private static Shape Other(ProgramGenerator g, Shape shape)
    {
        var factors = new List<int>(shape);
        for (var i = g.Random.Next(1, 4); i > 0; i--)
        {
            var at = factors.Count == 0 ? 0 : g.Random.Next(factors.Count);
            if (factors.Count > 1 && g.Random.Next(2) == 0)
            {
                at = g.Random.Next(factors.Count - 1);
                factors[at] *= factors[at + 1];
                factors.RemoveAt(at + 1);
            }
            else if (factors.Count is > 0 and < 5 && Array.Find([7, 3, 2, 1], divisor => factors[at] % divisor == 0) is var divisor and > 0)
            {
                factors[at] /= divisor;
                factors.Insert(at + g.Random.Next(2), divisor);
            }
        }
        return new Shape([.. factors]);
    }

    private static Line Slice(ProgramGenerator g, Value x)
    {
        var shape = g.ShapeOf(x);
        var indices = new TensorIndex[shape.Rank];
        var text = "slice";
        for (var axis = 0; axis < shape.Rank; axis++)
        {
            var n = shape[axis];
            var (from, to, step) = (g.Random.Next(n + 1), g.Random.Next(n + 1), g.Random.Next(-3, 4));
            if (from > to) (from, to) = (to, from);
            if (from == to && g.Random.Next(20) > 0) (from, to) = (0, n);
            indices[axis] = g.Random.Next(3) == 0 ? Range.All : step != 0 ? TensorIndex.Every(from..to, step) : n == 0 ? Range.All : g.Random.Next(n);
            text += $" {from}..{to}/{step}";
        }
        return Write(x, x => x[indices], text + " ");
    }

    private static Line? Product(ProgramGenerator g)
    {
        var x = g.Number(node => node.Rank > 0);
        var shape = g.ShapeOf(x);
        var (k, n) = (shape[^1], g.Dimension());
        var form = g.Random.Next(4);
        var w = g.NewLeaf(form == 0 ? [n, k] : form == 1 && shape.Rank > 2 ? [.. shape.Dimensions[..^2], k, n] : [k, n]);
        var scale = 1 / Math.Sqrt(k + 1);
        return Write(Trait.None, [x, w], x => x[0].MatMul(form == 0 ? x[1].Transpose() : x[1]) * scale);
    }

    public static Line? LargeProduct(ProgramGenerator g)
    {
        int Side() => 1024 + g.Random.Next(3) * g.Random.Next(60);
        var x = g.Pick(node => node.Rank == 2 && node.Shape[0] >= 1024 && node.Shape[1] >= 1024) ?? g.NewLeaf([Side(), Side()]);
        var (k, n, transposed) = (g.ShapeOf(x)[1], Side(), g.Random.Next(2) == 0);
        var w = g.NewLeaf(transposed ? [n, k] : [k, n]);
        var scale = 1 / Math.Sqrt(k);
        return Write(Trait.None, [x, w], x => x[0].MatMul(transposed ? x[1].Transpose() : x[1]) * scale, $"large product {transposed} ");
    }

    private static Line? ProductOfTwo(ProgramGenerator g)
    {
        var a = g.Number(node => node.Rank > 1);
        if (g.ShapeOf(a).Rank < 2) return null;
        var b = g.Pick(node => node.Rank > 1 && node.DType == g.TypeOf(a) && node.Shape[^2] == g.ShapeOf(a)[^1] && Fits(node.Shape[..^2], g.ShapeOf(a)[..^2]));
        var scale = 1 / Math.Sqrt(g.ShapeOf(a)[^1] + 1);
        if (b is { } other) return Write(Trait.None, [a, other], x => x[0].MatMul(x[1]) * scale);
        var order = Enumerable.Range(0, g.ShapeOf(a).Rank).ToArray();
        (order[^1], order[^2]) = (order[^2], order[^1]);
        var left = g.Random.Next(2) == 0;
        return Write(a, x => (left ? x.Transpose(order).MatMul(x) : x.MatMul(x.Transpose(order))) * scale);
    }

    private static Line? Dense(ProgramGenerator g)
    {
        var x = g.Number(node => node.Rank > 0);
        var (k, n) = (g.ShapeOf(x)[^1], g.Dimension());
        var (w, b) = (g.NewLeaf([k, n], kind: LeafKind.Variable), g.NewLeaf([n], kind: LeafKind.Variable));
        var scale = 2 / Math.Sqrt(k + 1);
        var activation = g.Random.Next(4);
        return Write(Trait.None, [x, w, b], x => Activated(x[0].MatMul(x[1] * scale) + x[2], activation));
    }

    private static Tensor Activated(Tensor x, int activation) => activation switch { 0 => x.Relu(), 1 => x.Tanh(), 2 => x.Relu6(), _ => x };

    /// <summary>A value as pictures; null where it has no elements.</summary>
    private static Value? Pictures(ProgramGenerator g)
    {
        if (g.Pick(node => node is { Rank: 4, Size: > 0 } && DTypes.IsFloating(node.DType)) is { } pictures) return pictures;
        var shape = new Shape(g.Random.Next(1, 4), g.Random.Next(1, 14), g.Random.Next(1, 14), g.Random.Next(1, 20));
        return shape.Size <= g.Kind.MostElements ? g.NewLeaf(shape) : null;
    }

    private static ((int, int) Strides, Padding Padding, (int, int) Dilation) Window(ProgramGenerator g, bool dilates = true)
    {
        Padding padding = g.Random.Next(4) switch { 0 => Padding.Valid, 1 => Padding.Explicit(g.Random.Next(3), g.Random.Next(3), g.Random.Next(3), g.Random.Next(3)), _ => Padding.Same };
        var strides = g.Random.Next(3) == 0 ? (g.Random.Next(1, 4), g.Random.Next(1, 4)) : (1, 1);
        return (strides, padding, dilates && g.Random.Next(5) == 0 ? (g.Random.Next(1, 3), g.Random.Next(1, 3)) : (1, 1));
    }

    private static (int Height, int Width) Kernel(ProgramGenerator g) => g.Random.Next(4) switch { 0 => (1, 1), 1 => (g.Random.Next(1, 6), g.Random.Next(1, 6)), _ => (3, 3) };

    private static bool Reaches(Shape pictures, (int Height, int Width) kernel, Padding padding, (int Height, int Width) dilation) =>
        padding == Padding.Same || (pictures[1] + padding.Top + padding.Bottom > (kernel.Height - 1) * dilation.Height && pictures[2] + padding.Left + padding.Right > (kernel.Width - 1) * dilation.Width);

    private static Line? Convolution(ProgramGenerator g, bool groups)
    {
        if (Pictures(g) is not { } x) return null;
        var ((strides, padding, dilation), kernel, shape) = (Window(g), Kernel(g), g.ShapeOf(x));
        if (!Reaches(shape, kernel, padding, dilation)) return null;
        var count = groups && shape[3] % 2 == 0 ? 2 : 1;
        var columns = g.Random.Next(4) switch { 0 => g.Random.Next(1, 5), 1 => 16, _ => g.Random.Next(1, 40) } * count;
        var (filter, bias) = (g.NewLeaf([kernel.Height, kernel.Width, shape[3] / count, columns], kind: LeafKind.Variable), g.NewLeaf([columns], kind: LeafKind.Variable));
        var (scale, form) = (1 / Math.Sqrt(kernel.Height * kernel.Width * shape[3] / count), g.Random.Next(8));
        return Write(Trait.None, [x, filter, bias], x =>
        {
            var y = x[0].Conv2D(x[1] * scale, strides, padding, dilation, count);
            return form < 6 ? Activated(form < 4 ? y + x[2] : y, form % 4) : y;
        }, $"convolution {kernel} {strides} {padding} {dilation} / {count} form {form} ");
    }

    private static Line? Depthwise(ProgramGenerator g)
    {
        if (Pictures(g) is not { } x) return null;
        var ((strides, padding, dilation), kernel, shape) = (Window(g), Kernel(g), g.ShapeOf(x));
        if (!Reaches(shape, kernel, padding, dilation)) return null;
        var filter = g.NewLeaf([kernel.Height, kernel.Width, shape[3], g.Random.Next(4) == 0 ? 2 : 1], kind: LeafKind.Variable);
        var scale = 1 / Math.Sqrt(kernel.Height * kernel.Width);
        return Write(Trait.None, [x, filter], x => x[0].DepthwiseConv2D(x[1] * scale, strides, padding, dilation), $"depthwise {kernel} {strides} {padding} {dilation} ");
    }

    private static Line? Pooling(ProgramGenerator g, bool greatest)
    {
        if (Pictures(g) is not { } x) return null;
        var ((strides, padding, _), size) = (Window(g, dilates: false), g.Random.Next(2) == 0 ? (2, 2) : Kernel(g));
        if (!Reaches(g.ShapeOf(x), size, padding, (1, 1)) || (padding != Padding.Same && padding != Padding.Valid)) return null;
        (int, int)? steps = g.Random.Next(2) == 0 ? strides : null;
        var active = g.Random.Next(2) == 0;
        return Write(x, x => greatest ? (active ? x.Relu() : x).MaxPool2D(size, steps, padding) : x.AveragePool2D(size, steps, padding), $"{(greatest ? "max" : "average")} pooling {size} {steps} {padding} {active} ");
    }

    private static Line? Normalization(ProgramGenerator g)
    {
        var x = g.Number(HasRows);
        if (!HasRows(g, x)) return null;
        var (gamma, beta) = (g.NewLeaf([g.ShapeOf(x)[^1]], kind: LeafKind.Variable), g.NewLeaf([g.ShapeOf(x)[^1]], kind: LeafKind.Variable));
        var activation = g.Random.Next(4);
        return Write(Trait.None, [x, gamma, beta], x =>
        {
            var (mean, variance) = x[0].Moments();
            return Activated((x[0] - mean) * ((variance + 0.05).Rsqrt() * x[1]) + x[2], activation);
        });
    }

    private static Line? FrozenNormalization(ProgramGenerator g)
    {
        var x = g.Number(node => node.Rank > 1);
        if (g.ShapeOf(x).Rank < 2) return null;
        Value Channels(double low, double high) => g.NewLeaf([g.ShapeOf(x)[^1]], null, low, high, LeafKind.Variable);
        var activation = g.Random.Next(4);
        return Write(Trait.None, [x, Channels(-1, 1), Channels(0.1, 1), Channels(-1, 1), Channels(-1, 1)], x => Activated((x[0] - x[1]) * ((x[2] + 1e-3).Rsqrt() * x[3]) + x[4], activation));
    }

    private static Line? InvertedResidual(ProgramGenerator g)
    {
        if (Pictures(g) is not { } x) return null;
        var (channels, wide, expands, strided) = (g.ShapeOf(x)[3], g.Random.Next(2, 40), g.Random.Next(3) > 0, g.Random.Next(3) == 0);
        if (!expands) wide = channels;
        Value Leaf(params int[] shape) => g.NewLeaf(shape, null, -0.5, 0.5, LeafKind.Variable);
        var adds = !strided && g.Random.Next(2) == 0;
        var last = adds ? channels : g.Random.Next(1, 24);
        return Write(Trait.None, [x, Leaf(1, 1, channels, wide), Leaf(wide), Leaf(3, 3, wide, 1), Leaf(wide), Leaf(1, 1, wide, last), Leaf(last)], x =>
        {
            var y = expands ? (x[0].Conv2D(x[1]) + x[2]).Relu6() : x[0];
            y = (y.DepthwiseConv2D(x[3], strided ? (2, 2) : (1, 1), "same") + x[4]).Relu6();
            y = y.Conv2D(x[5]) + x[6];
            return (adds ? y + x[0] : y) * 0.25;
        }, $"inverted residual {wide} {expands} {strided} {adds} ");
    }

    private static Line? Recurrent(ProgramGenerator g)
    {
        var (steps, batch, units) = (g.Random.Next(1, 7), g.Random.Next(1, 9), g.Random.Next(1, 20));
        RecurrentCell cell = g.Random.Next(3) switch { 0 => new LstmCell(), 1 => new GruCell(), _ => new SimpleRnnCell() };
        var width = cell.Gates * units;
        var (hasBias, hasInitial, hasMask, keeps) = (g.Random.Next(2) == 0, g.Random.Next(2) == 0, g.Random.Next(3) == 0, g.Random.Next(2) == 0);
        Value[] reads =
        [
            g.Pick(node => node.DType == g.Kind.Own && node.Shape == new Shape(steps, batch, width)) ?? g.NewLeaf([steps, batch, width]), g.NewLeaf([units, width], null, -0.4, 0.4),
            g.NewLeaf([width]), g.NewLeaf([cell.States, batch, units]), g.NewLeaf([steps, batch], DType.Bool, 0, 2),
        ];
        return Write(Trait.None, reads, x => Recurrence.Run(cell, new(x[0], x[1], hasBias ? x[2] : null, hasInitial ? x[3] : null, hasMask ? x[4] : null), keeps), $"{cell.GetType().Name} {hasBias} {hasInitial} {hasMask} {keeps} ");
    }

    private static Value? Below(ProgramGenerator g) => g.Pick(node => DTypes.IsFloating(node.DType) && node.Size > 0 && node.Op is not null);

    /// <summary>The gradient of something with respect to something below it, or beside it.</summary>
    private static Line? Slopes(ProgramGenerator g)
    {
        if (Below(g) is not { } y || g.Pick(node => DTypes.IsFloating(node.DType)) is not { } x || g.Pick(node => DTypes.IsFloating(node.DType) && node.Op is null) is not { } leaf) return null;
        var square = g.Random.Next(2) == 0;
        return Write(Trait.None, [y, x, leaf], x => Gradient.Of((square ? x[0].Square() : x[0]).Mean(), x[1..]));
    }

    /// <summary>Steps of descent for all variables below a loss.</summary>
    private static Line? Descent(ProgramGenerator g)
    {
        if (Below(g) is not { } y) return null;
        var variables = Enumerable.Range(0, 3).Select(_ => g.Pick(node => node is Variable)).OfType<Value>().Distinct().ToArray();
        if (variables.Length == 0) return null;
        return Write(Trait.None, [y, .. variables], x => [.. Gradient.Of(x[0].Square().Mean(), x[1..]).Select((gradient, i) => x[i + 1] - 0.1 * gradient.Cast(x[i + 1].DType))]);
    }
}
