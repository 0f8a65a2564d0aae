using Hero.Ops;

namespace Hero.Compiling;

/// <summary>
/// What stays the same from run to run of a plan, for as long as nobody assigns a variable: constants, variables the graph itself does
/// not update, and everything computed from these alone.
/// </summary>
internal sealed class Frozen(Graph graph)
{
    private readonly HashSet<Variable> updated = [.. Array.ConvertAll(graph.Updates, update => update.Variable)];
    private readonly Dictionary<Tensor, bool> known = [];

    /// <summary>Inputs are asked before what uses them is, so that no walk goes deep: passes go through a graph in that order.</summary>
    public bool Contains(Tensor tensor)
    {
        if (known.TryGetValue(tensor, out var answer)) return answer;
        if (tensor is Variable variable) answer = !updated.Contains(variable);
        else if (Graph.IsLeaf(tensor)) answer = tensor.Value is not null;
        else answer = Array.TrueForAll(tensor.Inputs, Contains);
        return known[tensor] = answer;
    }

    /// <summary>The numbers of a frozen value that has one for each place of the last axis, or one for all: (channels) or (1); null for others.</summary>
    public Tensor? Channels(Tensor value)
    {
        if (value.Rank == 0 || !DTypes.IsFloating(value.DType) || !Contains(value)) return null;
        if (!Graph.IsLeaf(value) && value.Op is BroadcastToOp) value = value.Inputs[0];
        return value.Size == value.Shape[^1] ? value.Reshape([value.Shape[^1]]) : null;
    }
}
