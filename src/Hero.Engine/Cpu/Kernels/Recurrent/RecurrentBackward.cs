using System.Numerics;
using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The way back of <see cref="RecurrentForward{TKernel, TWeights, TV, T}"/>, cut as that is. At each step the gradients of the projections at the step after
/// it, times the kernel transposed, are added to what is carried; then come the gates' own gradients.
/// </summary>
internal unsafe struct RecurrentBackward<TKernel, TWeights, TV, T> : IParallelBody, IRelayBody
    where TKernel : struct, IRecurrentKernel<T>
    where TWeights : struct, IPackedMatrix<TWeights, T>
    where TV : struct, ISimd<TV, T>
    where T : unmanaged, INumber<T>
{
    private const int PackedSlot = 0;
    private const int CarriedSlot = 1;
    private const int SumsSlot = 3;
    private const int ZerosSlot = 6;

    /// <summary>Samples of an item of one step, at most: what fits beside the kernel's share.</summary>
    private const int StepRows = 64;

    private RecurrentShape shape;
    private RecurrentPlan plan;
    private TWeights transposed;
    private RecurrentUpstream<T> upstream;
    private T* states, kept, carried, dx, dproduct, dinitial, sums;
    private byte* mask;
    private int step;

    /// <summary>See <see cref="RecurrentSequence{T}.Backward"/>.</summary>
    public static void Run(
        RecurrentShape shape, T* kernel, byte* mask, T* states, T* kept, T* upstream, Range regionStates, Range regionTimes, T* dx, T* dproduct, T* dbias, T* dinitial)
    {
        int units = shape.Units, depth = TKernel.Gates * units;
        if (dbias != null) new Span<T>(dbias, depth).Clear();
        if (shape.Batch == 0) return;
        var plan = RecurrentPlan.Of<TWeights, T>(shape, TKernel.Gates, StepRows);
        var body = new RecurrentBackward<TKernel, TWeights, TV, T>
        {
            shape = shape, plan = plan, mask = mask, states = states, kept = kept, dx = dx, dproduct = dproduct, dinitial = dinitial,
            upstream = new(shape, upstream, Zeros(ZerosSlot, units), regionStates, regionTimes),
            transposed = TWeights.At(Scratch.Get(PackedSlot, TWeights.Bytes(depth, units)), depth, units),
            carried = Zeros(CarriedSlot, TKernel.States * shape.BatchUnits),
            sums = dbias == null ? null : Zeros(SumsSlot, (nint)plan.RowBlocks * depth),
        };
        RecurrentPacking<TWeights, T>.Run(plan, body.transposed, kernel, depth, true, units, 1);
        // One more, behind the first step, is for the first states.
        var steps = shape.Steps + (dinitial == null ? 0 : 1);
        if (!plan.IsByStep) Relay<RecurrentBackward<TKernel, TWeights, TV, T>>.Run(plan.Items, steps, body);
        else for (; body.step < steps; body.step++) WorkerTeam.Default.For(plan.Items, ref body);
        if (dbias == null) return;
        for (var block = 0; block < plan.RowBlocks; block++) RecurrentLoops<TV, T>.Add(dbias, body.sums + (nint)block * depth, depth);
    }

    private static T* Zeros(int slot, nint count)
    {
        var zeros = (T*)Scratch.Get(slot, count * sizeof(T));
        new Span<T>(zeros, checked((int)count)).Clear();
        return zeros;
    }

    public readonly void Run(int item) => Run(item, step, step + 1);

    /// <summary>Steps count from the last one back.</summary>
    public readonly void Run(int lane, int from, int to)
    {
        var block = shape.Block(plan, lane);
        for (var back = from; back < to; back++) Step(shape.Steps - 1 - back, block);
    }

    private readonly void Step(int t, in RecurrentBlock block)
    {
        int units = shape.Units, depth = TKernel.Gates * units;
        var place = (nint)block.FirstRow * units + block.FirstUnit;
        if (t < shape.Steps - 1)
            transposed.Slice(block.FirstUnit, block.Units).Multiply(
                dproduct + ((nint)(t + 1) * shape.Batch + block.FirstRow) * depth, depth, carried + place, units, block.Rows, accumulate: true);
        if (t < 0) Finish(block);
        else
        {
            Gates(t, block);
            if (sums != null) Sum(t, block);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Gates(int t, in RecurrentBlock block)
    {
        int units = shape.Units, depth = TKernel.Gates * units;
        var first = (nint)t * shape.Batch + block.FirstRow;
        var (up, upStep) = upstream.Row(0, t + 1, block.FirstRow, block.FirstUnit);
        var (second, secondStep) = upstream.Row(1, t + 1, block.FirstRow, block.FirstUnit);
        var row = new RecurrentGradientRow<T>
        {
            Before = states + first * units + block.FirstUnit, Kept = kept + first * TKernel.Kept * units + block.FirstUnit,
            Carried = carried + (nint)block.FirstRow * units + block.FirstUnit, Dx = dx + first * depth + block.FirstUnit,
            Dproduct = dproduct + first * depth + block.FirstUnit, Upstream = (T*)up, SecondUpstream = (T*)second,
            GateStep = units, StateStep = shape.StateStep, CarriedStep = shape.BatchUnits, Count = block.Units,
        };
        row.After = row.Before + shape.BatchUnits;
        for (var r = 0; r < block.Rows; r++)
        {
            if (mask == null || mask[first + r] != 0) TKernel.Backward<TV>(row);
            else Pass(row);
            row.Before += units;
            row.After += units;
            row.Kept += TKernel.Kept * units;
            row.Carried += units;
            row.Upstream += upStep;
            row.SecondUpstream += secondStep;
            row.Dx += depth;
            row.Dproduct += depth;
        }
    }

    /// <summary>A step that did not count: the states' gradients go on as they are.</summary>
    private static void Pass(in RecurrentGradientRow<T> row)
    {
        RecurrentLoops<TV, T>.Add(row.Carried, row.Upstream, row.Count);
        if (TKernel.States > 1) RecurrentLoops<TV, T>.Add(row.Carried + row.CarriedStep, row.SecondUpstream, row.Count);
        for (var gate = 0; gate < TKernel.Gates; gate++)
        {
            new Span<T>(row.Dx + gate * row.GateStep, (int)row.Count).Clear();
            new Span<T>(row.Dproduct + gate * row.GateStep, (int)row.Count).Clear();
        }
    }

    /// <summary>Adds the step to the sums for the bias, those of each block of samples apart, while the first-level cache has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Sum(int t, in RecurrentBlock block)
    {
        var depth = TKernel.Gates * shape.Units;
        for (var gate = 0; gate < TKernel.Gates; gate++)
        {
            var first = gate * shape.Units + block.FirstUnit;
            T* source = dproduct + ((nint)t * shape.Batch + block.FirstRow) * depth + first, target = sums + (nint)block.RowBlock * depth + first;
            for (nint at = 0; at < block.Units; at += TV.Count)
            {
                var left = block.Units - at;
                var sum = RecurrentLoops<TV, T>.Load(target + at, left);
                for (nint r = 0; r < block.Rows; r++) sum += RecurrentLoops<TV, T>.Load(source + r * depth + at, left);
                RecurrentLoops<TV, T>.Store(sum, target + at, left);
            }
        }
    }

    /// <summary>The first states' gradients: what was carried to them, and their own.</summary>
    private readonly void Finish(in RecurrentBlock block)
    {
        for (var s = 0; s < TKernel.States; s++)
        {
            var (up, upStep) = upstream.Row(s, 0, block.FirstRow, block.FirstUnit);
            for (var r = 0; r < block.Rows; r++)
            {
                var at = s * shape.BatchUnits + (nint)(block.FirstRow + r) * shape.Units + block.FirstUnit;
                new ReadOnlySpan<T>(carried + at, block.Units).CopyTo(new Span<T>(dinitial + at, block.Units));
                RecurrentLoops<TV, T>.Add(dinitial + at, (T*)up + r * upStep, block.Units);
            }
        }
    }
}
