using Hero.Ops;

namespace Hero.Compiling;

/// <summary>
/// The part of a plan that depends on variables and constants alone: weights folded and packed, shifts of a batch normalization at
/// inference, penalties. It is computed when a run first needs it and again after one of its variables was assigned; in between, runs
/// read what is there. Runs at the same time share it.
/// </summary>
internal sealed class Prologue
{
    private readonly Lock gate = new();
    private readonly Plan plan;
    private readonly Variable[] variables;
    private readonly long[] versions;
    private long checkedAt = -1;

    private Prologue(Plan plan, Variable[] variables)
    {
        (this.plan, this.variables, versions) = (plan, variables, new long[variables.Length]);
        Array.Fill(versions, -1);
    }

    /// <summary>Cuts the frozen part out of a graph: what the rest reads of it becomes variables that the prologue assigns.</summary>
    public static (Graph Remainder, Prologue? Prologue) Split(Graph graph, Device device)
    {
        var frozen = new Frozen(graph);
        var held = new Dictionary<Tensor, Variable>();
        foreach (var node in graph.Nodes)
        {
            if (frozen.Contains(node)) continue;
            foreach (var input in node.Inputs)
                if (frozen.Contains(input)) Hold(Home(input, followsStrides: node.Op is ScalarOp or ViewOp or ReshapeOp));
        }
        foreach (var root in graph.Roots)
            if (frozen.Contains(root)) Hold(Home(root, followsStrides: false));
        if (held.Count == 0) return (graph, null);

        var values = new (Variable, Tensor)[held.Count];
        var at = 0;
        foreach (var (value, variable) in held) values[at++] = (variable, value);
        var prologue = new Graph([], [], values);
        Variable[] variables = [.. prologue.Nodes.OfType<Variable>()];
        var remainder = graph.Map((node, inputs) => held.TryGetValue(node, out var variable) ? variable : new Tensor(node.Op!, inputs));
        return (remainder, new Prologue(Compiler.Plan(prologue, device), variables));

        void Hold(Tensor home)
        {
            if (!Graph.IsLeaf(home)) held.TryAdd(home, new Variable(home.DType, home.Shape));
        }
    }

    /// <summary>Brings the values up to date.</summary>
    public void Refresh()
    {
        if (Volatile.Read(ref checkedAt) == Variable.Changes) return;
        lock (gate)
        {
            // Read before the versions: an assignment after them shows in the next comparison.
            var now = Variable.Changes;
            var isStale = false;
            for (var i = 0; i < variables.Length; i++)
            {
                var version = variables[i].Version;
                isStale |= version != versions[i];
                versions[i] = version;
            }
            if (isStale || checkedAt < 0)
            {
                checkedAt = -1; // should the run fail
                Run();
            }
            Volatile.Write(ref checkedAt, now);
        }
    }

    private void Run()
    {
        using var run = plan.Rent();
        run.Execute();
    }

    /// <summary>What is to be held of a value: reshapes, and for readers that follow strides views, are not written out.</summary>
    private static Tensor Home(Tensor tensor, bool followsStrides)
    {
        while (!Graph.IsLeaf(tensor) && (tensor.Op is ReshapeOp || (followsStrides && tensor.Op is ViewOp))) tensor = tensor.Inputs[0];
        return tensor;
    }
}
