using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>Packs a recurrence's kernel. One that is cut by units is packed in as many items, so that threads mostly pack what they read later.</summary>
internal unsafe struct RecurrentPacking<TWeights, T> : IParallelBody
    where TWeights : struct, IPackedMatrix<TWeights, T>
    where T : unmanaged, INumber<T>
{
    private TWeights packed;
    private T* source;
    private nint step;
    private bool transposed;
    private ColumnSlices slices;

    /// <summary>Packs <paramref name="source"/>, whose rows are <paramref name="step"/> elements apart.</summary>
    /// <param name="plan">How the recurrence is cut.</param>
    /// <param name="packed">Where to.</param>
    /// <param name="source">As for <see cref="IPackedMatrix{TSelf, T}.Pack"/>.</param>
    /// <param name="step">Elements from one row of the source to the next.</param>
    /// <param name="transposed">Whether rows of the source are columns of the packed matrix.</param>
    /// <param name="units">Units.</param>
    /// <param name="gates">Columns for each unit.</param>
    public static void Run(RecurrentPlan plan, TWeights packed, T* source, nint step, bool transposed, int units, int gates)
    {
        if (!plan.IsByStep)
        {
            packed.Pack(source, step, transposed);
            return;
        }
        var body = new RecurrentPacking<TWeights, T>
        {
            packed = packed, source = source, step = step, transposed = transposed, slices = new(0, units / plan.UnitBlocks, units, gates),
        };
        WorkerTeam.Default.For(plan.UnitBlocks, ref body);
    }

    public readonly void Run(int item)
    {
        for (var i = 0; i < slices.Count; i++)
        {
            var first = item * slices.Width + i * slices.Step;
            packed.Slice(first, slices.Width).Pack(source + first * (transposed ? step : 1), step, transposed);
        }
    }
}
