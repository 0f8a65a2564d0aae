namespace Hero.Compiling;

/// <summary>
/// Small chains whose results no other unit reads (new values of biases and their optimizer's slots, of running statistics and totals)
/// become one unit at the place of the last of them: one step for all, its threads started once, instead of one for each variable.
/// </summary>
internal static class Batch
{
    // Larger arrays are better changed while what changes them is still in a cache.
    private const long LargestSize = 16 * 1024;

    // What the chains read is kept until their common place.
    private const long MostBytes = 1 << 20;

    public static List<Unit> Run(List<Unit> units)
    {
        var read = new HashSet<Tensor>(units.SelectMany(unit => unit.Reads));
        var parts = new List<Unit>();
        var bytes = 0L;
        foreach (var unit in units)
        {
            if (!IsSmallChain(unit) || unit.Results.Exists(read.Contains)) continue;
            foreach (var tensor in unit.Reads) bytes += tensor.Bytes;
            if (bytes > MostBytes) break;
            parts.Add(unit);
        }
        if (parts.Count < 2) return units;

        var batch = new Unit { Parts = parts };
        foreach (var part in parts)
        {
            batch.Scalars.AddRange(part.Scalars);
            batch.Results.AddRange(part.Results);
            batch.Reads.AddRange(part.Reads.Except(batch.Reads).ToList());
        }
        var joined = parts.ToHashSet();
        var result = new List<Unit>(units.Count);
        foreach (var unit in units)
        {
            if (ReferenceEquals(unit, parts[^1])) result.Add(batch);
            else if (!joined.Contains(unit)) result.Add(unit);
        }
        return result;
    }

    private static bool IsSmallChain(Unit unit) =>
        unit.Main is null && unit.Copy is null && unit.Reductions.Count == 0 && unit.Scalars.Count > 0 && unit.Scalars[0].Size <= LargestSize;
}
