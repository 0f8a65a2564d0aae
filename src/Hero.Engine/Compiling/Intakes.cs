using Hero.Ops;

namespace Hero.Compiling;

/// <summary>
/// Gives each kernel that can take its input through a chain of scalar operations a chain of its own, which <see cref="Fuse"/> joins to it: a
/// large value that only such kernels read is then never written. In training it is what batch normalization and an activation make of a
/// convolution's output: the next convolution reads it, and later the gradient of that one's filter, for which it would have to be kept.
/// </summary>
internal static class Intakes
{
    /// <summary>Smaller values stay in the caches.</summary>
    public const long LeastBytes = 8 << 20;

    // Operations to make a value, more than once.
    private const int MostOperations = 8;

    public static Graph Run(Graph graph, Func<Tensor, int, bool> takesIntake)
    {
        var users = new Dictionary<Tensor, List<Tensor>>();
        foreach (var node in graph.Nodes)
            if (!Graph.IsLeaf(node))
                foreach (var input in node.Inputs) (users.TryGetValue(input, out var list) ? list : users[input] = []).Add(node);
        var roots = new HashSet<Tensor>(graph.Roots);
        var taken = new HashSet<Tensor>(graph.Nodes.Where(node => IsTaken(node)));
        if (taken.Count == 0) return graph;

        var result = new Dictionary<Tensor, Tensor>();
        foreach (var node in graph.Nodes)
        {
            if (Graph.IsLeaf(node)) result[node] = node;
            else if (!taken.Contains(node)) result[node] = new Tensor(node.Op!, Array.ConvertAll(node.Inputs, input => taken.Contains(input) ? Chain(input, input, []) : result[input]));
        }
        return graph.MapRoots(root => result[root]);

        bool IsTaken(Tensor value) => value.Bytes >= LeastBytes && Recompute.IsCheap(value) && !roots.Contains(value)
            && users[value].TrueForAll(user => takesIntake(user, Array.IndexOf(user.Inputs, value)) && user.Inputs.Count(input => ReferenceEquals(input, value)) == 1)
            && Sources(value) is { Count: > 0 } sources && (sources.Count == 1 || users[value].Count == 1)
            && sources.TrueForAll(source => source.Bytes <= value.Bytes && (Graph.IsLeaf(source) || source.Op is not ScalarOp));

        // What a chain reads that is as large as what it makes.
        HashSet<Tensor> SourcesOf(Tensor value, Tensor part, HashSet<Tensor> sources, ref int operations)
        {
            operations++;
            foreach (var input in part.Inputs)
                if (IsLink(value, input)) SourcesOf(value, input, sources, ref operations);
                else if (Recompute.Home(input) is var home && home.Size == value.Size) sources.Add(home);
            return sources;
        }

        List<Tensor> Sources(Tensor value)
        {
            var operations = 0;
            var sources = SourcesOf(value, value, [], ref operations);
            return operations <= MostOperations ? [.. sources] : [];
        }

        // Parts of it that are read twice are made once.
        Tensor Chain(Tensor value, Tensor part, Dictionary<Tensor, Tensor> made) => made.TryGetValue(part, out var known) ? known
            : made[part] = new(part.Op!, Array.ConvertAll(part.Inputs, input => IsLink(value, input) ? Chain(value, input, made) : result[input]));

        static bool IsLink(Tensor value, Tensor input) => input.Size == value.Size && Recompute.IsCheap(input);
    }
}
