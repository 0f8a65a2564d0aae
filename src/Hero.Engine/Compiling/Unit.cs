namespace Hero.Compiling;

/// <summary>
/// What one step of a plan computes: a main operation, a chain of scalar operations, a main operation with such a chain run over
/// its output while it is in the cache and others that make its inputs, reductions with the chain that makes what they reduce; the copy of a view; or several chains
/// that have nothing to do with each other.
/// </summary>
internal sealed class Unit
{
    /// <summary>The operation with a kernel of its own; null for a pure chain.</summary>
    public Tensor? Main { get; set; }

    /// <summary>The chains that make inputs of the main operation as the kernel reads them, by the input's number: their only results have no place.</summary>
    public Dictionary<int, Unit> Intakes { get; } = [];

    /// <summary>A second output of the main operation's kernel; null for none.</summary>
    public Tensor? ByProduct { get; set; }

    /// <summary>The view that this unit writes out; null for all others.</summary>
    public Tensor? Copy { get; init; }

    /// <summary>Chains over arrays of their own that run in any order or at the same time; this unit's nodes are theirs. None for all other units.</summary>
    public IReadOnlyList<Unit> Parts { get; init; } = [];

    /// <summary>Scalar operations in the order of their computation, all over the same flat range of elements (each part over its own).</summary>
    public List<Tensor> Scalars { get; } = [];

    /// <summary>Reductions of one geometry, of values that the scalars make or that lie in memory.</summary>
    public List<Tensor> Reductions { get; } = [];

    /// <summary>The values that others read, filled in when the units are complete.</summary>
    public List<Tensor> Results { get; } = [];

    /// <summary>The bases of all values that come from outside, filled in when the units are complete.</summary>
    public List<Tensor> Reads { get; } = [];

    /// <summary>Where in the graph the first of its nodes stands, and the last, of all that it has had.</summary>
    public (int First, int Last) Span { get; set; } = (int.MaxValue, -1);

    public IEnumerable<Tensor> Nodes => Intakes.Values.SelectMany(chain => chain.Nodes).Concat(new[] { Main, ByProduct }.OfType<Tensor>()).Concat(Copy is null ? [] : new[] { Copy }).Concat(Scalars).Concat(Reductions);
}
