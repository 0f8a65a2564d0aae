namespace Hero.Cpu.Kernels;

/// <summary>The sizes of a recurrence: time steps, samples, units.</summary>
internal readonly record struct RecurrentShape(int Steps, int Batch, int Units)
{
    /// <summary>Elements of one state at one step.</summary>
    public nint BatchUnits => (nint)Batch * Units;

    /// <summary>Elements from one state to the next: [states, steps + 1, batch, units].</summary>
    public nint StateStep => (Steps + 1) * BatchUnits;

    /// <summary>The samples and units of an item.</summary>
    public RecurrentBlock Block(RecurrentPlan plan, int item)
    {
        int rowBlock = item / plan.UnitBlocks, unitBlock = item % plan.UnitBlocks;
        int row = GemmPlan.Cut(Batch, plan.RowBlocks, rowBlock), unit = GemmPlan.Cut(Units, plan.UnitBlocks, unitBlock);
        return new(row, GemmPlan.Cut(Batch, plan.RowBlocks, rowBlock + 1) - row, unit, GemmPlan.Cut(Units, plan.UnitBlocks, unitBlock + 1) - unit);
    }
}

/// <summary>Some samples and some units of a recurrence.</summary>
internal readonly record struct RecurrentBlock(int FirstRow, int Rows, int FirstUnit, int Units);
