namespace Hero.Compiling;

/// <summary>What is to be computed: from the inputs, the outputs and the values that variables take at the end.</summary>
internal sealed class Graph
{
    public Graph(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> outputs, (Variable Variable, Tensor Value)[] updates)
    {
        Inputs = inputs;
        Outputs = outputs;
        Updates = updates;
        Roots = [.. outputs, .. Array.ConvertAll(updates, update => update.Value)];
        Nodes = Sort(Roots);
    }

    public IReadOnlyList<Tensor> Inputs { get; }

    public IReadOnlyList<Tensor> Outputs { get; }

    public (Variable Variable, Tensor Value)[] Updates { get; }

    /// <summary>Everything the roots are computed from, and they themselves, inputs before what uses them.</summary>
    public IReadOnlyList<Tensor> Nodes { get; }

    /// <summary>The outputs, and then the values of the updates.</summary>
    public Tensor[] Roots { get; }

    /// <summary>The graph with every computed node made anew, by a rule that is given the node and its new inputs.</summary>
    public Graph Map(Func<Tensor, Tensor[], Tensor> rule)
    {
        var result = new Dictionary<Tensor, Tensor>();
        foreach (var node in Nodes) result[node] = IsLeaf(node) ? node : rule(node, Array.ConvertAll(node.Inputs, input => result[input]));
        return MapRoots(root => result[root]);
    }

    /// <summary>The graph that gives something else: in place of each root what a rule makes of it.</summary>
    public Graph MapRoots(Func<Tensor, Tensor> rule) =>
        new(Inputs, [.. Outputs.Select(rule)], Array.ConvertAll(Updates, update => (update.Variable, rule(update.Value))));

    /// <summary>What is read more than once, or is asked for itself: nobody may take it in and leave nothing to the others.</summary>
    public HashSet<Tensor> Shared()
    {
        var read = new HashSet<Tensor>();
        var shared = new HashSet<Tensor>(Roots);
        foreach (var input in Nodes.SelectMany(node => node.Inputs))
            if (!read.Add(input)) shared.Add(input);
        return shared;
    }

    /// <summary>True where the value is there without computing: constants, variables, inputs, results asked for before.</summary>
    public static bool IsLeaf(Tensor tensor) => tensor.Op is null || tensor.Value is not null;

    /// <summary>The tensors below some roots in the order of their creation, which is a valid and natural order of computation.</summary>
    private static List<Tensor> Sort(Tensor[] roots)
    {
        var seen = new HashSet<Tensor>();
        var pending = new Stack<Tensor>(roots);
        while (pending.TryPop(out var node))
        {
            if (!seen.Add(node) || IsLeaf(node)) continue;
            foreach (var input in node.Inputs) pending.Push(input);
        }
        var nodes = new List<Tensor>(seen);
        nodes.Sort((a, b) => a.Id.CompareTo(b.Id));
        return nodes;
    }
}
