using Hero.Ops;

namespace Hero.Compiling;

/// <summary>From a graph to a plan: simplify, move gradients before those of pooling, widen, fold, cut off what is frozen, recompute, give intakes, lay out, fuse, batch, plan memory, lower.</summary>
internal static class Compiler
{
    /// <summary>A plan to be run again and again: what does not change from run to run is computed once.</summary>
    public static Plan Compile(Graph graph, Device device)
    {
        graph = device.Specialize(FoldChannels.Run(Simplified(graph, device, foldConstants: true)));
        var (remainder, prologue) = Prologue.Split(graph, device);
        return Plan(remainder, device, prologue);
    }

    /// <summary>A plan to be run once.</summary>
    public static Plan CompileOnce(Graph graph, Device device) => Plan(Simplified(graph, device, foldConstants: false), device);

    /// <summary>The plan of a graph as it is.</summary>
    public static Plan Plan(Graph graph, Device device, Prologue? prologue = null)
    {
        graph = Intakes.Run(Recompute.Run(graph, device.HasEpilogue), device.TakesIntake);
        var layout = new Layout(graph);
        var units = Batch.Run(Fuse.Run(graph, layout, device));
        var memory = new MemoryPlan(graph, layout, units, device.HidesOutput);
        return new Plan(device, graph, [.. units.Select(unit => device.Lower(unit, layout, memory) with { Work = Work.Of(unit, device) })], memory, prologue);
    }

    private static Graph Simplified(Graph graph, Device device, bool foldConstants) =>
        Widen.Run(PoolingGradients.Run(KeepOldValues(Simplify.Run(graph, foldConstants))), device.TakesBFloat16);

    /// <summary>
    /// A root that is an updated variable itself, as what is simplified may become, is copied to memory of its own while the variable still
    /// has its old value: outputs and updates see the values from before the run, whatever their order.
    /// </summary>
    private static Graph KeepOldValues(Graph graph)
    {
        if (graph.Updates.Length == 0) return graph;
        var updated = new HashSet<Tensor>(Array.ConvertAll(graph.Updates, update => update.Variable));
        Tensor Own(Tensor root)
        {
            var home = root;
            while (!Graph.IsLeaf(home) && home.Op is ReshapeOp or ViewOp) home = home.Inputs[0];
            return updated.Contains(home) ? new CastOp(root.DType).Apply(root) : root;
        }
        return graph.MapRoots(Own);
    }
}
