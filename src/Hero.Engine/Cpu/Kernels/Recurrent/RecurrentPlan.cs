namespace Hero.Cpu.Kernels;

/// <summary>
/// How a recurrence is cut into items, by its shape alone. Samples do not depend on each other, so where each core's cache can hold the
/// kernel every item takes some samples through the whole sequence, and threads never wait for each other (see <see cref="Hero.Cpu.Runtime.Relay{TBody}"/>). A larger kernel is cut by units:
/// then each step is a parallel loop of its own, in which a core reads its share of the kernel only.
/// </summary>
internal readonly struct RecurrentPlan
{
    /// <summary>Bytes of the kernel up to which samples are kept apart: a part of the second-level cache.</summary>
    private const long LargestShared = 768 * 1024;

    /// <summary>Samples of an item that takes them through the sequence.</summary>
    private const int SequenceRows = 8;

    private RecurrentPlan(int rowBlocks, int unitBlocks, bool byStep) => (RowBlocks, UnitBlocks, IsByStep) = (rowBlocks, unitBlocks, byStep);

    public int RowBlocks { get; }

    public int UnitBlocks { get; }

    /// <summary>Whether all items of a step end before the next step begins.</summary>
    public bool IsByStep { get; }

    public int Items => RowBlocks * UnitBlocks;

    /// <param name="batch">Samples.</param>
    /// <param name="units">Units.</param>
    /// <param name="gates">Projections per unit.</param>
    /// <param name="elementSize">Bytes of a number.</param>
    /// <param name="panelWidth">Columns of the packed kernel that cannot be cut apart.</param>
    /// <param name="stepRows">Samples of an item of one step, at most.</param>
    public static RecurrentPlan Of(int batch, int units, int gates, int elementSize, int panelWidth, int stepRows)
    {
        var isLarge = (long)units * units * gates * elementSize > LargestShared;
        return isLarge && units % panelWidth == 0
            ? new RecurrentPlan(GemmPlan.Up(batch, stepRows), units / panelWidth, byStep: true)
            : new RecurrentPlan(GemmPlan.Up(batch, SequenceRows), 1, byStep: false);
    }
}
