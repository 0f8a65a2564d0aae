namespace Hero.Compiling;

/// <summary>Computes expressions once: what happens when somebody asks a tensor for its value.</summary>
internal static class Evaluator
{
    public static Tensor[] Evaluate(IReadOnlyList<Tensor> tensors)
    {
        var graph = new Graph([], tensors, []);
        foreach (var node in graph.Nodes)
            if (node.IsPlaceholder)
                throw new InvalidOperationException($"A value depends on an input (shape {node.Shape}) of a function that is being traced: it exists only inside the function. Return it from the function instead.");
        return Compiler.CompileOnce(graph, Device.Cpu).Run([]);
    }

    /// <summary>Whether a value can be asked for: false below inputs of a function that is being traced.</summary>
    public static bool HasValue(Tensor tensor) => tensor.Value is not null || new Graph([], [tensor], []).Nodes.All(node => !node.IsPlaceholder);
}
