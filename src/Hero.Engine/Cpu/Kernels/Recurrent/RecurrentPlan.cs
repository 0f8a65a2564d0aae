using System.Numerics;

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

    /// <summary>Units from which the matrix unit gains more in the products than rounding and packing the states of each step cost.</summary>
    private const int LeastBFloat16Units = 96;

    private RecurrentPlan(int rowBlocks, int unitBlocks, bool byStep) => (RowBlocks, UnitBlocks, IsByStep) = (rowBlocks, unitBlocks, byStep);

    public int RowBlocks { get; }

    public int UnitBlocks { get; }

    /// <summary>Whether all items of a step end before the next step begins.</summary>
    public bool IsByStep { get; }

    public int Items => RowBlocks * UnitBlocks;

    /// <summary>Whether the matrix unit is there and a recurrence of so many units gains from it.</summary>
    public static bool PaysInBFloat16(int units) => units >= LeastBFloat16Units && TileUnit.IsSupported;

    /// <summary>The plan for a kernel that is packed as a <typeparamref name="TWeights"/>.</summary>
    /// <param name="shape">Samples and units.</param>
    /// <param name="gates">Projections per unit.</param>
    /// <param name="stepRows">Samples of an item of one step, at most.</param>
    public static RecurrentPlan Of<TWeights, T>(RecurrentShape shape, int gates, int stepRows)
        where TWeights : struct, IPackedMatrix<TWeights, T>
        where T : unmanaged, INumber<T>
    {
        var isLarge = (long)shape.Units * shape.Units * gates * TWeights.ElementSize > LargestShared;
        return isLarge && shape.Units % TWeights.PanelWidth == 0
            ? new RecurrentPlan(GemmPlan.Up(shape.Batch, stepRows), shape.Units / TWeights.PanelWidth, byStep: true)
            : new RecurrentPlan(GemmPlan.Up(shape.Batch, SequenceRows), 1, byStep: false);
    }
}
