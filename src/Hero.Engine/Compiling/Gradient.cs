namespace Hero;

/// <summary>Reverse-mode differentiation: from expressions to expressions, so gradients can be differentiated again.</summary>
public static class Gradient
{
    /// <summary>The gradient of the sum of <paramref name="y"/> with respect to <paramref name="x"/>, of x's shape; zeros where y does not depend on x.</summary>
    /// <exception cref="ArgumentException">y or x is not of a floating type.</exception>
    public static Tensor Of(Tensor y, Tensor x) => Of(y, [x])[0];

    /// <summary>The gradients of the sum of <paramref name="y"/> with respect to several tensors, in one sweep.</summary>
    /// <param name="y">Usually a loss: a scalar.</param>
    /// <param name="xs">Variables or other tensors that y is computed from.</param>
    /// <param name="upstream">Weights of y's elements; ones when not given.</param>
    /// <exception cref="ArgumentException">y or an x is not of a floating type, or upstream is not of y's shape.</exception>
    public static Tensor[] Of(Tensor y, IReadOnlyList<Tensor> xs, Tensor? upstream = null) => Of(y, xs, upstream, partial: false);

    /// <summary>
    /// The derivatives with respect to each x as if no x depended on another: what an operation with a fused kernel is
    /// differentiated by, through the composition it stands for.
    /// </summary>
    internal static Tensor[] Partial(Tensor y, IReadOnlyList<Tensor> xs, Tensor upstream) => Of(y, xs, upstream, partial: true);

    private static Tensor[] Of(Tensor y, IReadOnlyList<Tensor> xs, Tensor? upstream, bool partial)
    {
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(xs);
        foreach (var tensor in xs.Prepend(y))
            if (!DTypes.IsFloating(tensor.DType))
                throw new ArgumentException($"Gradients exist for float32, float64 and bfloat16, got {DTypes.Name(tensor.DType)} {tensor.Shape}.");
        if (upstream is not null && upstream.Shape != y.Shape)
            throw new ArgumentException($"The upstream gradient must have the shape of y, {y.Shape}, got {upstream.Shape}.", nameof(upstream));

        var reaching = Between(y, xs);
        var gradients = new Dictionary<Tensor, Tensor> { [y] = upstream ?? Tensor.Ones(y.Shape, y.DType) };
        // Newest first is a valid order: what a tensor is computed from is always older.
        foreach (var node in reaching.OrderByDescending(node => node.Id))
        {
            if (node.Op is null || (partial && xs.Contains(node)) || !gradients.TryGetValue(node, out var gradient)) continue;
            var parts = node.Op.Gradient(node, gradient);
            for (var i = 0; i < parts.Length; i++)
            {
                var input = node.Inputs[i];
                if (parts[i] is not { } part || !reaching.Contains(input)) continue;
                gradients[input] = gradients.TryGetValue(input, out var sum) ? sum + part : part;
            }
        }
        return [.. xs.Select(x => gradients.TryGetValue(x, out var gradient) ? gradient : Tensor.Zeros(x.Shape, x.DType))];
    }

    /// <summary>All tensors on a way from one of the xs to y.</summary>
    private static HashSet<Tensor> Between(Tensor y, IReadOnlyList<Tensor> xs)
    {
        var oldest = xs.Count == 0 ? long.MaxValue : xs.Min(x => x.Id);
        var below = new List<Tensor>();
        var seen = new HashSet<Tensor>();
        var pending = new Stack<Tensor>([y]);
        while (pending.TryPop(out var node))
        {
            if (node.Id < oldest || !seen.Add(node)) continue;
            below.Add(node);
            foreach (var input in node.Inputs) pending.Push(input);
        }
        below.Sort((a, b) => a.Id.CompareTo(b.Id));
        var reaching = new HashSet<Tensor>(xs.Where(seen.Contains));
        foreach (var node in below)
            if (Array.Exists(node.Inputs, reaching.Contains)) reaching.Add(node);
        return reaching;
    }
}
