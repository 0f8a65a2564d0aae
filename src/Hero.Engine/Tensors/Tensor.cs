using System.Diagnostics;
using Hero.Compiling;
using Hero.Ops;

namespace Hero;

/// <summary>
/// An n-dimensional array as an expression: building one computes nothing; asking for its value (<see cref="ToArray{T}"/>,
/// <see cref="Item{T}"/>, printing it) compiles and runs it. Shape and type are always known. Row-major, channels last.
/// Immutable, needs no Dispose, and may be shared between threads.
/// </summary>
/// <example><code>
/// var x = Tensor.From(new float[,] { { 1, 2 }, { 3, 4 } });
/// Console.WriteLine((x * x).Sum());      // 30.0
/// </code></example>
[DebuggerDisplay("{DebuggerText,nq}")]
public partial class Tensor
{
    private static long lastId;

    internal Tensor(Op op, params Tensor[] inputs)
    {
        (DType, Shape) = op.Infer(inputs);
        Op = op;
        Inputs = inputs;
        foreach (var input in inputs) DependsOnVariable |= input.DependsOnVariable;
    }

    internal Tensor(DType type, Shape shape, Storage? value)
    {
        DType = type;
        Shape = shape;
        Value = value;
        Inputs = [];
    }

    /// <summary>The dimensions.</summary>
    public Shape Shape { get; }

    /// <summary>The type of the elements.</summary>
    public DType DType { get; }

    /// <summary>Number of dimensions.</summary>
    public int Rank => Shape.Rank;

    /// <summary>Number of elements.</summary>
    public long Size => Shape.Size;

    /// <summary>The order of creation, which is a valid order of computation: inputs are always older.</summary>
    internal long Id { get; } = Interlocked.Increment(ref lastId);

    /// <summary>The operation that gives the value; null for constants, variables and a function's inputs.</summary>
    internal Op? Op { get; }

    internal Tensor[] Inputs { get; }

    /// <summary>The value where it is known: constants, variables, and results that have been asked for.</summary>
    internal Storage? Value { get; private protected set; }

    /// <summary>True when the value may change between two evaluations, so that it is never kept.</summary>
    internal bool DependsOnVariable { get; private protected init; }

    /// <summary>True for an input of a function that is being traced: it has no value yet.</summary>
    internal bool IsPlaceholder => Op is null && Value is null;

    internal long Bytes => Shape.Size * DTypes.Size(DType);

    private string DebuggerText => Value is null ? $"Tensor {DTypes.Name(DType)} {Shape}" : ToString();

    /// <summary>The value, computed now if need be.</summary>
    internal Storage Evaluate()
    {
        if (Value is { } known) return known;
        var value = Evaluator.Evaluate([this])[0].Value!;
        if (!DependsOnVariable) Value = value;
        return value;
    }
}
