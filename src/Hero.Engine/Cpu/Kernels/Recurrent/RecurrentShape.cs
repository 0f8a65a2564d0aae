namespace Hero.Cpu.Kernels;

/// <summary>The sizes of a recurrence: time steps, samples, units.</summary>
internal readonly record struct RecurrentShape(int Steps, int Batch, int Units)
{
    /// <summary>Elements of one state at one step.</summary>
    public nint BatchUnits => (nint)Batch * Units;

    /// <summary>Elements from one state to the next: [states, steps + 1, batch, units].</summary>
    public nint StateStep => (Steps + 1) * BatchUnits;

    /// <summary>The samples and units of an item. Neighbours have the same units: a thread that takes a few reads few columns of the kernel.</summary>
    public RecurrentBlock Block(RecurrentPlan plan, int item)
    {
        int rowBlock = item % plan.RowBlocks, unitBlock = item / plan.RowBlocks;
        int row = GemmPlan.Cut(Batch, plan.RowBlocks, rowBlock), unit = GemmPlan.Cut(Units, plan.UnitBlocks, unitBlock);
        return new(rowBlock, row, GemmPlan.Cut(Batch, plan.RowBlocks, rowBlock + 1) - row, unit, GemmPlan.Cut(Units, plan.UnitBlocks, unitBlock + 1) - unit);
    }
}

/// <summary>Some samples and some units of a recurrence.</summary>
internal readonly record struct RecurrentBlock(int RowBlock, int FirstRow, int Rows, int FirstUnit, int Units);

/// <summary>
/// The gradient of a recurrence's states: a region of [states, steps + 1, batch, units] in memory of its own, and a row of zeros for the rest.
/// </summary>
internal readonly unsafe struct RecurrentUpstream<T>(RecurrentShape shape, T* data, T* zeros, Range states, Range times) where T : unmanaged
{
    /// <summary>Where the gradient of a state at a time begins for a sample and unit, and how far it is to the next sample's.</summary>
    public (nint At, nint Step) Row(int state, int time, int row, int unit)
    {
        int count = times.End.Value - times.Start.Value, plane = (state - states.Start.Value) * count + time - times.Start.Value;
        return Holds(states, state) && Holds(times, time)
            ? ((nint)(data + plane * shape.BatchUnits + (nint)row * shape.Units + unit), shape.Units)
            : ((nint)zeros, 0);
    }

    private static bool Holds(Range range, int value) => value >= range.Start.Value && value < range.End.Value;
}
