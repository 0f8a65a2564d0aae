namespace Hero.Compiling;

/// <summary>What a unit has to do at least.</summary>
/// <param name="Flops">Arithmetic operations; a fused multiply-add counts as two.</param>
/// <param name="Bytes">Bytes of the arrays it reads and writes, each array once.</param>
internal readonly record struct Work(double Flops, long Bytes)
{
    public static Work Of(Unit unit) => new(
        unit.Nodes.Sum(node => node.Op!.Flops(node)),
        unit.Reads.Concat(unit.Results).Sum(tensor => tensor.Bytes));
}
