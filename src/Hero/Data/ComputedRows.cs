using System.Collections.Concurrent;
using Hero.Compiling;
using Hero.Ops;

namespace Hero.Data;

/// <summary>
/// The rows of a tensor that nobody has asked the value of yet, computed element by element from a smaller one, as pixels made floats: what is
/// kept is the smaller one, and the rows of a batch are computed when it is gathered.
/// </summary>
internal sealed unsafe class ComputedRows : RowSource
{
    // A tensor that takes less is as well computed once and for all.
    private const long LeastBytes = 16 << 20;

    private readonly RowSource source;
    private readonly Function function;
    private readonly ConcurrentDictionary<int, Plan> plans = [];
    private readonly ConcurrentBag<Storage> buffers = []; // one for each thread that gathers a part of a batch

    private ComputedRows(Tensor tensor, Tensor source)
        : base(tensor.DType, tensor.Shape[1..], tensor.Shape[0])
    {
        this.source = From(source);
        function = Function.Compile(rows => Rebuild(tensor, source, rows));
    }

    /// <summary>The rows of a tensor if they are worth being computed batch by batch; else null.</summary>
    public static ComputedRows? TryFrom(Tensor tensor)
    {
        if (tensor.Value is not null || tensor.Bytes < LeastBytes || tensor.DependsOnVariable) return null;
        Tensor? source = null;
        return FindSource(tensor, ref source) && source!.Bytes < tensor.Bytes ? new ComputedRows(tensor, source) : null;
    }

    public override void Gather(ReadOnlySpan<int> rows, Span<byte> destination)
    {
        if (rows.Length == 0) return;
        if (!plans.TryGetValue(rows.Length, out var plan))
            plans[rows.Length] = plan = function.PlanFor(new Tensor(source.DType, source.RowShape.Prepend(rows.Length), null));
        var bytes = (long)rows.Length * source.RowBytes;
        if (!buffers.TryTake(out var input) || input.Bytes < bytes) input = new Storage(bytes);
        source.Gather(rows, new Span<byte>(input.Pointer, (int)bytes));
        using (var run = plan.Rent())
        {
            run.SetInput(0, input);
            run.Execute();
            plan.OutputBytes(run, 0).CopyTo(destination);
        }
        buffers.Add(input);
    }

    /// <summary>Whether a tensor is made by scalar operations alone from one tensor of its shape whose value is there, and plain numbers.</summary>
    private static bool FindSource(Tensor node, ref Tensor? source)
    {
        if (node.Value is not null)
        {
            source ??= node;
            return ReferenceEquals(source, node);
        }
        if (node.Op is not ScalarOp) return false;
        foreach (var input in node.Inputs)
            if (!IsNumber(input) && !FindSource(input, ref source)) return false;
        return source is not null;
    }

    private static bool IsNumber(Tensor node)
    {
        while (node.Value is null && node.Op is BroadcastToOp or ReshapeOp) node = node.Inputs[0];
        return node.Value is not null && node.Size == 1;
    }

    private static Tensor Rebuild(Tensor node, Tensor source, Tensor rows)
    {
        if (ReferenceEquals(node, source)) return rows;
        return new Tensor(node.Op!, Array.ConvertAll(node.Inputs, input =>
            IsNumber(input) ? Number(input).BroadcastTo(rows.Shape) : Rebuild(input, source, rows)));
    }

    private static Tensor Number(Tensor node)
    {
        while (node.Value is null) node = node.Inputs[0];
        return node.Reshape([]);
    }
}
