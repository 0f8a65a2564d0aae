using Hero.Ops;

namespace Hero.Compiling;

/// <summary>
/// Makes large values of cheap scalar operations again where they are needed late, instead of keeping them: a chain after a matrix
/// product or a reduction may get a value of a chain before it for less memory traffic from what lies in memory anyhow, often from what it
/// reads already. Gradients of normalization and activations are such chains: what they need follows from the normalization's input.
/// </summary>
internal sealed class Recompute
{
    // Smaller values stay in the caches.
    private const long LeastBytes = 256 * 1024;

    // Operations to make a value again.
    private const int MostOperations = 8;

    // Whether a value is kept depends on what becomes of others: decisions are gone over again.
    private const int Rounds = 4;

    private readonly Graph graph;
    private readonly Func<Tensor, bool> hasEpilogue;
    private readonly Dictionary<Tensor, int> stage = [];
    private readonly Dictionary<Tensor, List<Tensor>> users = [];
    private readonly HashSet<Tensor> roots;

    /// <summary>The values that late chains want, and at which stage.</summary>
    private readonly List<(Tensor Value, int Stage)> wanted = [];
    private readonly HashSet<(Tensor Value, int Stage)> again = [];
    private readonly Dictionary<(int Stage, long Size), HashSet<Tensor>> reads = [];
    private HashSet<Tensor> kept = [];

    private Recompute(Graph graph, Func<Tensor, bool> hasEpilogue)
    {
        this.graph = graph;
        this.hasEpilogue = hasEpilogue;
        roots = [.. graph.Roots];
    }

    public static Graph Run(Graph graph, Func<Tensor, bool> hasEpilogue)
    {
        if (!graph.Nodes.Any(node => node.Op is ScalarOp && node.Bytes >= LeastBytes)) return graph;
        var pass = new Recompute(graph, hasEpilogue);
        pass.FindStages();
        pass.FindWanted();
        for (var round = 0; round < Rounds; round++) pass.Decide();
        return pass.again.Count == 0 ? graph : pass.Rewrite();
    }

    /// <summary>A value is of a later stage than another if a kernel that is no scalar operation lies between them.</summary>
    private void FindStages()
    {
        foreach (var node in graph.Nodes)
        {
            if (Graph.IsLeaf(node))
            {
                stage[node] = 0;
                continue;
            }
            var latest = 0;
            foreach (var input in node.Inputs)
            {
                latest = Math.Max(latest, stage[input]);
                (users.TryGetValue(input, out var list) ? list : users[input] = []).Add(node);
            }
            stage[node] = node.Inputs.Length == 0 || node.Op is ScalarOp or ViewOp or ReshapeOp ? latest : latest + 1;
        }
    }

    private void FindWanted()
    {
        var seen = new HashSet<(Tensor, int)>();
        foreach (var node in graph.Nodes)
        {
            if (Graph.IsLeaf(node) || node.Op is not ScalarOp) continue;
            foreach (var input in node.Inputs)
                if (IsCheap(input) && input.Bytes >= LeastBytes && stage[input] < stage[node] && seen.Add((input, stage[node]))) wanted.Add((input, stage[node]));
        }
        wanted.Sort((a, b) => a.Value.Id.CompareTo(b.Value.Id));
    }

    private void Decide()
    {
        FindReads();
        var before = new HashSet<(Tensor, int)>(again);
        var keptBefore = kept;
        var keptNow = new HashSet<Tensor>();
        again.Clear();
        foreach (var (value, at) in wanted)
        {
            var stages = wanted.Count(other => other.Value == value);
            var isKept = IsKeptAnyhow(value) || wanted.Exists(other => other.Value == value && other.Stage != at && keptBefore.Contains(value) && !before.Contains(other));
            var keeping = value.Bytes * (isKept ? 1 : 1 + 1.0 / stages);
            var operations = 0;
            if (CostOfMaking(value, Reads(value, at), ref operations) < keeping)
            {
                again.Add((value, at));
                AddSources(value, Reads(value, at), isWanted: true);
            }
            else
            {
                keptNow.Add(value);
                Reads(value, at).Add(value);
            }
        }
        kept = keptNow;
    }

    /// <summary>What the chains of each stage read in any case.</summary>
    private void FindReads()
    {
        reads.Clear();
        foreach (var node in graph.Nodes)
        {
            if (Graph.IsLeaf(node) || node.Op is not ScalarOp || node.Bytes < LeastBytes) continue;
            foreach (var input in node.Inputs)
                if (stage[input] < stage[node] || input.Op is not ScalarOp)
                    if (!wanted.Contains((input, stage[node]))) Reads(node, stage[node]).Add(Home(input));
        }
    }

    private HashSet<Tensor> Reads(Tensor like, int at) => reads.TryGetValue((at, like.Size), out var set) ? set : reads[(at, like.Size)] = [];

    /// <summary>The bytes that a chain must read besides what it reads anyhow to have a value: by reading it or by making it.</summary>
    private double Cost(Tensor value, HashSet<Tensor> read, ref int operations)
    {
        var home = Home(value);
        if (read.Contains(home)) return 0;
        var reading = IsKept(home) || home.Size < value.Size ? home.Bytes : double.PositiveInfinity;
        if (!IsCheap(value)) return reading;
        var more = operations;
        var making = CostOfMaking(value, read, ref more);
        if (reading <= making) return reading;
        operations = more;
        return making;
    }

    private double CostOfMaking(Tensor value, HashSet<Tensor> read, ref int operations)
    {
        if (++operations > MostOperations) return double.PositiveInfinity;
        var sum = 0.0;
        foreach (var input in value.Inputs) sum += Cost(input, read, ref operations);
        return sum;
    }

    /// <summary>Notes what making a value again reads.</summary>
    private void AddSources(Tensor value, HashSet<Tensor> read, bool isWanted)
    {
        if (!isWanted && IsRead(value, read)) read.Add(Home(value));
        else foreach (var input in value.Inputs) AddSources(input, read, isWanted: false);
    }

    private bool IsRead(Tensor value, HashSet<Tensor> read)
    {
        if (!IsCheap(value) || read.Contains(value)) return true;
        var operations = 0;
        return IsKept(value) && value.Bytes <= CostOfMaking(value, read, ref operations);
    }

    private bool IsKept(Tensor value) => kept.Contains(value) || IsKeptAnyhow(value);

    /// <summary>Whether a value lies in memory whatever this pass does.</summary>
    private bool IsKeptAnyhow(Tensor value)
    {
        if (Graph.IsLeaf(value) || roots.Contains(value)) return true;
        var isMadeInChains = value.Op is ScalarOp || hasEpilogue(value);
        return !isMadeInChains || users[value].Exists(user => user.Op is not (ScalarOp or ReduceOp));
    }

    /// <summary>The tensor that views and reshapes are of.</summary>
    public static Tensor Home(Tensor value)
    {
        while (!Graph.IsLeaf(value) && value.Op is ViewOp or ReshapeOp) value = value.Inputs[0];
        return value;
    }

    /// <summary>Whether a value takes next to no time to make of what lies in a cache.</summary>
    public static bool IsCheap(Tensor value) => !Graph.IsLeaf(value) && value.Op is ScalarOp
    {
        Function: ScalarFunction.Add or ScalarFunction.Subtract or ScalarFunction.Multiply or ScalarFunction.MultiplyAdd or ScalarFunction.Negate
            or ScalarFunction.Abs or ScalarFunction.Square or ScalarFunction.Maximum or ScalarFunction.Minimum or ScalarFunction.Clip
            or ScalarFunction.Relu or ScalarFunction.Relu6 or ScalarFunction.FlushToZero or ScalarFunction.ReluGradient or ScalarFunction.Relu6Gradient
            or null
    };

    private Graph Rewrite()
    {
        var result = new Dictionary<Tensor, Tensor>();
        var made = new Dictionary<(Tensor, int), Tensor>();
        foreach (var node in graph.Nodes)
            result[node] = Graph.IsLeaf(node) ? node : Apply(node.Op!, Array.ConvertAll(node.Inputs, input =>
                node.Op is ScalarOp && again.Contains((input, stage[node])) ? Make(input, stage[node]) : result[input]));
        return graph.MapRoots(root => result[root]);

        Tensor Make(Tensor value, int at)
        {
            if (made.TryGetValue((value, at), out var known)) return known;
            var read = Reads(value, at);
            return made[(value, at)] = Apply(value.Op!, Array.ConvertAll(value.Inputs, input => IsRead(input, read) ? result[input] : Make(input, at)));
        }

        // What went into an activation tells its gradient as much as what came out: where that is made again, one operation less.
        Tensor Apply(Op op, Tensor[] inputs)
        {
            var isOfMade = inputs.Length == 2 && (op, inputs[0].Op) is (BinaryOp { Kind: ScalarFunction.ReluGradient }, UnaryOp { Kind: ScalarFunction.Relu })
                or (BinaryOp { Kind: ScalarFunction.Relu6Gradient }, UnaryOp { Kind: ScalarFunction.Relu6 }) && made.ContainsValue(inputs[0]);
            return new Tensor(op, isOfMade ? [inputs[0].Inputs[0], inputs[1]] : inputs);
        }
    }
}
