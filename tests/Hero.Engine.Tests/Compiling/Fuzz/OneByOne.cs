using Hero.Compiling;
using Hero.Ops;

namespace Hero.Engine.Tests.Compiling.Fuzz;

/// <summary>
/// Computes the nodes of a graph one at a time, each as a plan of its own: the specification of compiled plans. With noise, results that a plan may round
/// otherwise are moved by about as much: how far that reaches tells how exactly the rest can be compared, and what it does not reach must agree bit by bit.
/// </summary>
internal sealed class OneByOne
{
    private readonly Dictionary<Tensor, Tensor> values;
    private readonly Random? noise;
    private readonly bool everywhere;
    private readonly HashSet<Tensor> reached = [];

    /// <param name="leaves">The values of placeholders and variables.</param>
    /// <param name="noise">Where the noise comes from; null for none.</param>
    /// <param name="everywhere">Whether noise goes to all that rounds, not only to what plans may round otherwise.</param>
    public OneByOne(IEnumerable<(Tensor Leaf, Tensor Value)> leaves, Random? noise = null, bool everywhere = false)
    {
        values = leaves.ToDictionary(leaf => leaf.Leaf, leaf => leaf.Value);
        this.noise = noise;
        this.everywhere = everywhere;
    }

    public Tensor this[Tensor node]
    {
        get
        {
            if (values.TryGetValue(node, out var known)) return known;
            foreach (var below in new Graph([], [node], []).Nodes)
                if (!values.ContainsKey(below)) values[below] = Graph.IsLeaf(below) ? below : Compute(below);
            return values[node];
        }
    }

    /// <summary>Whether noise reaches a node that was asked for.</summary>
    public bool Reaches(Tensor node) => reached.Contains(node);

    private Tensor Compute(Tensor node)
    {
        var inputs = Array.ConvertAll(node.Inputs, input => values[input]);
        var value = Leaf.Plain(new Tensor(node.Op!, inputs));
        if (Array.Exists(node.Inputs, reached.Contains)) reached.Add(node);
        if (noise is null || !DTypes.IsFloating(node.DType) || Rounding(node, inputs, value) is not { } error) return value;
        reached.Add(node);
        return Disturbed(value, error);
    }

    /// <summary>How much of its own size and how much at all an element of a result may differ by; null for exact operations.</summary>
    private (double Relative, double Absolute)? Rounding(Tensor node, Tensor[] inputs, Tensor value)
    {
        double Largest(Tensor tensor) => DTypes.IsFloating(tensor.DType) ? Numbers(tensor).Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max() : 1;
        var unit = Unit(node.DType);
        switch (node.Op)
        {
            case CastOp when node.DType == DType.BFloat16 || (DTypes.IsFloating(inputs[0].DType) && everywhere):
                return (unit, 0);
            case CastOp or ViewOp or ReshapeOp or PadOp or ConcatenateOp or GatherOp or CustomGradientOp or RandomNumbersOp or MaxPool2DOp or MaxPool2DPickOp
                or ReduceOp { Function: ReduceFunction.Max or ReduceFunction.Min }:
                return null;
            // Two constants that are added to a channel one after the other may be added up before.
            case BinaryOp { Kind: ScalarFunction.Add } when Array.Exists(node.Inputs, input => input.Op is BinaryOp { Kind: ScalarFunction.Add }):
                return (unit, unit * inputs.Max(Largest));
            case ScalarOp:
                return everywhere || node.DType == DType.BFloat16 ? (unit, 0) : null;
            case DropoutOp:
                return everywhere || node.DType == DType.BFloat16 ? (unit, 0) : null;
            case MatMulOp { Precision: MatmulPrecision.High } when node.DType == DType.Float32:
                unit = Math.ScaleB(1, -16);
                goto default;
            case MatMulOp { Precision: not MatmulPrecision.Highest } or Conv2DOp { Precision: not MatmulPrecision.Highest } or Conv2DInputGradientOp { Precision: not MatmulPrecision.Highest }
                or Conv2DFilterGradientOp { Precision: not MatmulPrecision.Highest }:
                unit = Unit(DType.BFloat16);
                goto default;
            default:
                // A sum of k products rounds like a random walk; Winograd's convolutions by some more.
                var terms = Math.Max(node.Op!.Flops(node) / Math.Max(node.Size, 1), 1);
                var size = node.Op is MatMulOp or Conv2DOp or Conv2DInputGradientOp or Conv2DFilterGradientOp ? inputs.Aggregate(1.0, (product, input) => product * Largest(input)) : Math.Max(inputs.Max(Largest), Largest(value));
                return (unit, unit * Math.Sqrt(terms) * size);
        }
    }

    /// <summary>The relative distance between neighbouring numbers; 0 for integers.</summary>
    public static double Unit(DType type) => type switch { DType.Float64 => Math.ScaleB(1, -52), DType.Float32 => Math.ScaleB(1, -23), DType.BFloat16 => Math.ScaleB(1, -8), _ => 0 };

    /// <summary>The least number above 0.</summary>
    public static double Least(DType type) => type switch { DType.Float64 => double.Epsilon, DType.Float32 => float.Epsilon, DType.BFloat16 => Math.ScaleB(1, -133), _ => 0 };

    private Tensor Disturbed(Tensor value, (double Relative, double Absolute) error)
    {
        var numbers = Numbers(value);
        for (var i = 0; i < numbers.Length; i++)
            if (double.IsFinite(numbers[i])) numbers[i] += (noise!.NextDouble() * 2 - 1) * (error.Relative * Math.Abs(numbers[i]) + error.Absolute);
        return Leaf.Plain(Tensor.From<double>(numbers, value.Shape).Cast(value.DType));
    }

    public static double[] Numbers(Tensor value) => value.DType switch
    {
        DType.Float64 => value.ToArray<double>(),
        DType.Float32 or DType.BFloat16 => Array.ConvertAll(value.ToArray<float>(), number => (double)number),
        _ => value.Cast(DType.Float64).ToArray<double>(),
    };
}
