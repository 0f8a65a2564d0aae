namespace Hero.Compiling;

/// <summary>What a unit has to do at least.</summary>
/// <param name="Flops">Arithmetic operations of the formulas; a fused multiply-add counts as two.</param>
/// <param name="Effort">The operations that the device makes for them.</param>
/// <param name="Read">Bytes of the arrays it reads, each array once.</param>
/// <param name="Written">Bytes of the arrays it writes.</param>
internal readonly record struct Work(double Flops, Effort Effort, long Read, long Written)
{
    public long Bytes => Read + Written;

    public static Work operator +(Work a, Work b) => new(a.Flops + b.Flops, a.Effort + b.Effort, a.Read + b.Read, a.Written + b.Written);

    public static Work Of(Unit unit, Device device)
    {
        var work = default(Work);
        foreach (var node in unit.Nodes) work += new Work(node.Op!.Flops(node), device.EffortOf(node), 0, 0);
        foreach (var tensor in unit.Reads) work += new Work(0, default, tensor.Bytes, 0);
        foreach (var tensor in unit.Results) work += new Work(0, default, 0, tensor.Bytes);
        return work;
    }
}

/// <summary>Operations by what makes them.</summary>
/// <param name="Flops">Those of the device's common arithmetic units.</param>
/// <param name="MatrixFlops">Those of its matrix unit, whose products are bfloat16.</param>
internal readonly record struct Effort(double Flops, double MatrixFlops)
{
    public static Effort operator +(Effort a, Effort b) => new(a.Flops + b.Flops, a.MatrixFlops + b.MatrixFlops);
}
