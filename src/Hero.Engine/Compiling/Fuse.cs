using Hero.Ops;

namespace Hero.Compiling;

/// <summary>
/// Gathers the nodes of a graph into units. Scalar operations over the same elements join into chains, so that values between
/// them stay in the L1 cache; a chain that alone reads the output of a kernel with an epilogue joins that kernel; reductions
/// join the chain that makes what they reduce.
/// </summary>
internal sealed class Fuse
{
    // More would only fill the cache with registers.
    private const int LongestChain = 48;

    // Rows of a reduction must fit into a block of the chain that feeds it, and be long enough to pay for starting it.
    private const long WidestReducedRow = 1024;
    private const long LeastReduced = 1024;

    private readonly Graph graph;
    private readonly Layout layout;
    private readonly Device device;
    private readonly HashSet<Tensor> roots;
    private readonly Dictionary<Tensor, Unit> unitOf = [];
    private readonly Dictionary<Tensor, int> position = [];
    // The units by the positions of their nodes.
    private readonly Unit?[] unitAt;

    private Fuse(Graph graph, Layout layout, Device device)
    {
        this.graph = graph;
        this.layout = layout;
        this.device = device;
        roots = [.. graph.Roots.Select(layout.DenseBase)];
        unitAt = new Unit?[graph.Nodes.Count];
        for (var i = 0; i < graph.Nodes.Count; i++) position[graph.Nodes[i]] = i;
    }

    /// <summary>The units in an order in which they can run.</summary>
    public static List<Unit> Run(Graph graph, Layout layout, Device device)
    {
        var fuse = new Fuse(graph, layout, device);
        fuse.JoinChains();
        fuse.JoinEpilogues();
        fuse.JoinReductions();
        fuse.JoinSums();
        fuse.JoinIntakes();
        var units = fuse.unitOf.Values.Distinct().ToList();
        fuse.Connect(units);
        return fuse.Order(units);
    }

    private void JoinChains()
    {
        foreach (var node in graph.Nodes)
        {
            if (Graph.IsLeaf(node)) continue;
            if (layout.Copies.Contains(node)) Place(node, new Unit { Copy = node });
            else if (layout.IsAlias(node)) continue;
            else if (node.Op is ScalarOp) JoinChain(node);
            else if (node.Op is ReduceOp) Place(node, new Unit()).Reductions.Add(node);
            else if (node.Op is ByProductOp) Place(node, unitOf[node.Inputs[0]]).ByProduct = node;
            else Place(node, new Unit { Main = node });
        }
    }

    private void JoinChain(Tensor node)
    {
        var home = Place(node, new Unit());
        home.Scalars.Add(node);
        foreach (var input in node.Inputs)
        {
            var (source, view) = layout.Of(input);
            if (!unitOf.TryGetValue(source, out var other) || other == home || other.Scalars.Count == 0) continue;
            if (!view.IsDense || source.Size != node.Size) continue;
            if (home.Scalars.Count + other.Scalars.Count > LongestChain) continue;
            if (!CanJoin(home, other)) continue;
            foreach (var scalar in other.Scalars) Place(scalar, home);
            home.Scalars.InsertRange(0, other.Scalars);
            home.Scalars.Sort((a, b) => position[a].CompareTo(position[b]));
        }
    }

    private void JoinEpilogues()
    {
        var readers = Readers();
        var strided = new HashSet<Tensor>(roots.Concat(unitOf.Values.Distinct().SelectMany(Operands).Where(operand => !operand.Flat).Select(operand => operand.Source)));
        // Such a value is never written where its chain stays on its own and the reduction joins that.
        bool IsOnlyReduced(Tensor scalar) => !strided.Contains(scalar) && readers.TryGetValue(scalar, out var by)
            && by.All(reader => reader.Reductions.Count > 0 || reader.Scalars.Contains(scalar)) && by.Any(reader => reader.Reductions.Exists(CanJoinChain));
        foreach (var node in graph.Nodes.Reverse())
        {
            if (Graph.IsLeaf(node) || node.Op is null || !unitOf.TryGetValue(node, out var unit) || unit.Main != node || unit.Scalars.Count > 0 || !device.HasEpilogue(node)) continue;
            if (strided.Contains(node) || !readers.TryGetValue(node, out var set) || set.Count != 1) continue;
            var chain = set.Single();
            if (chain.Main is not null || chain.Scalars.Count == 0 || chain.Scalars[0].Size != node.Size) continue;
            if (!CanJoin(unit, chain) || chain.Scalars.Exists(IsOnlyReduced)) continue;
            unit.Scalars.AddRange(chain.Scalars);
            foreach (var scalar in chain.Scalars) Place(scalar, unit);
        }
    }

    private void JoinReductions()
    {
        // Where the chain that makes a reduction's input has joined a kernel, or it lies in memory: chains that read it anyhow.
        var readers = new Dictionary<Tensor, List<Unit>>();
        foreach (var unit in unitOf.Values.Distinct().Where(unit => unit.Main is null && unit.Scalars.Count > 0))
            foreach (var (source, flat) in Operands(unit))
                if (flat) (readers.TryGetValue(source, out var list) ? list : readers[source] = []).Add(unit);
        foreach (var node in graph.Nodes)
        {
            if (Graph.IsLeaf(node) || node.Op is not ReduceOp op || !CanJoinChain(node)) continue;
            var (outer, length, inner) = op.Split(node.Inputs[0].Shape);
            var source = layout.DenseBase(node.Inputs[0]);
            var own = unitOf[node];
            var candidates = unitOf.TryGetValue(source, out var maker) && maker.Main is null && maker.Scalars.Count > 0 ? [maker] : readers.GetValueOrDefault(source, []);
            foreach (var chain in candidates)
            {
                if (chain == own || chain.Scalars.Count == 0 || chain.Scalars[0].Size != outer * length * inner) continue;
                if (chain.Reductions.Exists(other => ((ReduceOp)other.Op!).Split(other.Inputs[0].Shape) != (outer, length, inner))) continue;
                if (!CanJoin(chain, own)) continue;
                chain.Reductions.Add(node);
                Place(node, chain);
                break;
            }
        }
    }

    /// <summary>A chain over a kernel's output that is made for sums over its rows alone.</summary>
    private void JoinSums()
    {
        var readers = Readers();
        foreach (var unit in unitOf.Values.Distinct().ToList())
        {
            if (unit.Main is not { } main || unit.Scalars.Count > 0 || !device.TakesSums(main) || !readers.TryGetValue(main, out var users)) continue;
            foreach (var chain in users)
            {
                if (chain.Main is not null || chain.Scalars.Count == 0 || chain.Scalars[0].Size != main.Size || chain.Reductions.Count == 0) continue;
                if (!chain.Reductions.TrueForAll(node => ((ReduceOp)node.Op!).Split(node.Inputs[0].Shape) is (1, _, var inner) && inner == main.Shape[^1])) continue;
                if (chain.Scalars.Exists(scalar => roots.Contains(scalar) || (readers.TryGetValue(scalar, out var by) && !by.SetEquals([chain]))) || !CanJoin(unit, chain)) continue;
                foreach (var node in chain.Scalars.Concat(chain.Reductions)) Place(node, unit);
                unit.Scalars.AddRange(chain.Scalars);
                unit.Reductions.AddRange(chain.Reductions);
                break;
            }
        }
    }

    /// <summary>The units that read each base.</summary>
    private Dictionary<Tensor, HashSet<Unit>> Readers()
    {
        var readers = new Dictionary<Tensor, HashSet<Unit>>();
        foreach (var unit in unitOf.Values.Distinct())
            foreach (var (source, _) in Operands(unit)) (readers.TryGetValue(source, out var set) ? set : readers[source] = []).Add(unit);
        return readers;
    }

    /// <summary>A chain of which a kernel with an intake alone reads something, its last value as one of the kernel's inputs.</summary>
    private void JoinIntakes()
    {
        var readers = Readers();
        foreach (var unit in unitOf.Values.Distinct().ToList())
        {
            if (unit.Main is not { } main) continue;
            for (var i = 0; i < main.Inputs.Length; i++)
                if (device.TakesIntake(main, i) && Intake(unit, main, i) is { } chain)
                {
                    unit.Intakes.Add(i, chain);
                    foreach (var scalar in chain.Scalars) Place(scalar, unit);
                }
        }

        Unit? Intake(Unit unit, Tensor main, int at)
        {
            var value = layout.DenseBase(main.Inputs[at]);
            if (value.Bytes < Intakes.LeastBytes || !unitOf.TryGetValue(value, out var chain) || chain.Main is not null || chain.Reductions.Count > 0) return null;
            if (chain.Scalars.Count == 0 || chain.Scalars[^1] != value || chain.Scalars.Exists(roots.Contains)) return null;
            if (!chain.Scalars.TrueForAll(scalar => readers[scalar].SetEquals([scalar == value ? unit : chain]))) return null;
            if (main.Inputs.Count(input => ReferenceEquals(layout.DenseBase(input), value)) > 1 || unit.Scalars.Exists(scalar => scalar.Inputs.Any(input => ReferenceEquals(layout.Of(input).Base, value)))) return null;
            return chain;
        }
    }

    private Unit Place(Tensor node, Unit unit)
    {
        var at = position[node];
        unitOf[node] = unit;
        unitAt[at] = unit;
        unit.Span = (Math.Min(unit.Span.First, at), Math.Max(unit.Span.Last, at));
        return unit;
    }

    /// <summary>Whether a reduction can be made of blocks of a chain.</summary>
    private static bool CanJoinChain(Tensor reduction)
    {
        var (_, length, inner) = ((ReduceOp)reduction.Op!).Split(reduction.Inputs[0].Shape);
        return DTypes.IsFloating(reduction.DType) && inner <= WidestReducedRow && length * inner >= LeastReduced && length > 1;
    }

    /// <summary>
    /// Whether two units can run as one: neither needs more of the other than the element at hand, and nothing outside that waits
    /// for one of them is waited for by the other.
    /// </summary>
    private bool CanJoin(Unit one, Unit other)
    {
        Unit[] inside = [one, other];
        var pending = new Stack<Unit>();
        var seen = new HashSet<Unit>(inside);
        foreach (var unit in inside)
            foreach (var (source, flat) in Operands(unit))
            {
                if (!unitOf.TryGetValue(source, out var maker)) continue;
                if (!inside.Contains(maker)) pending.Push(maker);
                else if (!flat) return false;
            }
        if (pending.Count == 0) return true;
        var independent = Independent(Math.Min(one.Span.First, other.Span.First));
        while (pending.TryPop(out var unit))
        {
            if (unit == one || unit == other) return false;
            if (!seen.Add(unit) || unit.Span.Last < independent) continue;
            foreach (var (source, _) in Operands(unit))
                if (unitOf.TryGetValue(source, out var maker)) pending.Push(maker);
        }
        return true;
    }

    /// <summary>
    /// The position before which all units end that cannot wait for a node from <paramref name="first"/> on. A unit that begins before that and ends
    /// behind it may wait with its later nodes, and who reads its earlier ones waits along; so no unit reaches across the position returned.
    /// </summary>
    private int Independent(int first)
    {
        for (var i = unitAt.Length - 1; i >= first; i--)
            if (unitAt[i] is { } unit) first = Math.Min(first, unit.Span.First);
        return first;
    }

    /// <summary>The bases a unit reads, and whether each is read at the flat place of the element computed.</summary>
    private IEnumerable<(Tensor Source, bool Flat)> Operands(Unit unit)
    {
        if (unit.Main is { } main)
            for (var i = 0; i < main.Inputs.Length; i++)
                if (!unit.Intakes.ContainsKey(i)) yield return (layout.DenseBase(main.Inputs[i]), false);
        foreach (var intake in unit.Intakes.Values)
            foreach (var (source, _) in Operands(intake))
                if (!intake.Scalars.Contains(source)) yield return (source, false);
        if (unit.Copy is { } copy)
            yield return (layout.Of(ReferenceEquals(layout.Of(copy).Base, copy) ? copy.Inputs[0] : copy).Base, false);
        foreach (var scalar in unit.Scalars)
            foreach (var input in scalar.Inputs)
            {
                var (source, view) = layout.Of(input);
                yield return (source, view.IsDense && source.Size == scalar.Size);
            }
        foreach (var reduction in unit.Reductions) yield return (layout.DenseBase(reduction.Inputs[0]), true);
    }

    private void Connect(List<Unit> units)
    {
        var read = new HashSet<Tensor>(roots);
        foreach (var unit in units)
        {
            var own = new HashSet<Tensor>(unit.Nodes);
            foreach (var (source, flat) in Operands(unit))
            {
                if (own.Contains(source) && (flat || unit.Main == source)) continue;
                read.Add(source);
                if (!unit.Reads.Contains(source)) unit.Reads.Add(source);
            }
        }
        foreach (var unit in units)
        {
            unit.Results.AddRange(unit.Nodes.Where(read.Contains));
            foreach (var intake in unit.Intakes.Values) intake.Results.Add(intake.Scalars[^1]);
        }
    }

    /// <summary>Topological, and among those that are ready the one whose last node was written down first.</summary>
    private List<Unit> Order(List<Unit> units)
    {
        var waiting = units.ToDictionary(unit => unit, unit => unit.Reads.Select(read => unitOf.GetValueOrDefault(read)).Where(maker => maker is not null && maker != unit).Distinct().Count());
        var users = new Dictionary<Unit, List<Unit>>();
        foreach (var unit in units)
            foreach (var maker in unit.Reads.Select(read => unitOf.GetValueOrDefault(read)).Where(maker => maker is not null && maker != unit).Distinct())
                (users.TryGetValue(maker!, out var list) ? list : users[maker!] = []).Add(unit);
        var ready = new PriorityQueue<Unit, int>();
        foreach (var unit in units)
            if (waiting[unit] == 0) ready.Enqueue(unit, unit.Span.Last);
        var ordered = new List<Unit>(units.Count);
        while (ready.TryDequeue(out var unit, out _))
        {
            ordered.Add(unit);
            foreach (var user in users.GetValueOrDefault(unit, []))
                if (--waiting[user] == 0) ready.Enqueue(user, user.Span.Last);
        }
        if (ordered.Count != units.Count) throw new InvalidOperationException("The fused graph has a cycle: this is a defect of Hero; please report the model.");
        return ordered;
    }
}
