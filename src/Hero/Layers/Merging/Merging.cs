namespace Hero.Layers;

/// <summary>What merging layers share.</summary>
internal static class Merging
{
    public static void RequireSeveral(IReadOnlyList<Shape> inputShapes)
    {
        if (inputShapes.Count < 2)
            throw new ArgumentException($"merges at least two inputs, got {inputShapes.Count}; apply it to all of them: layer.Apply(a, b)");
    }
}
