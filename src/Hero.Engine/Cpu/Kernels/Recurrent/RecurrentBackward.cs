using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The way back of <see cref="RecurrentForward{TKernel, T}"/>, cut as that is. At each step the gradients of the projections at the step after
/// it, times the kernel transposed, are added to what is carried; then come the gates' own gradients.
/// </summary>
internal unsafe struct RecurrentBackward<TKernel, T> : IParallelBody, IRelayBody
    where TKernel : struct, IRecurrentKernel<T>
    where T : unmanaged, INumber<T>
{
    private const int PackedSlot = 0;
    private const int CarriedSlot = 1;
    private const int ZerosSlot = 2;
    private const int SumsSlot = 3;

    /// <summary>Samples of an item of one step, at most: what fits beside the kernel's share.</summary>
    private const int StepRows = 64;

    private RecurrentShape shape;
    private RecurrentPlan plan;
    private PackedMatrix<T> packed;
    private RecurrentUpstream<T> upstream;
    private T* states, kept, carried, dx, dproduct, dinitial, sums;
    private byte* mask;
    private int step;

    /// <summary>Computes the gradients of the projections and, where wanted, of bias and first states.</summary>
    /// <param name="shape">Steps, samples, units.</param>
    /// <param name="kernel">[units, gates * units].</param>
    /// <param name="mask">As on the way forward.</param>
    /// <param name="states">What the way forward gave.</param>
    /// <param name="kept">What the way forward gave.</param>
    /// <param name="upstream">The gradient of the states: that of a region, [states, times, batch, units]; the others' is zero.</param>
    /// <param name="regionStates">The states of the region.</param>
    /// <param name="regionTimes">Its times, of steps + 1.</param>
    /// <param name="dx">Output: the gradient of the projected inputs, [steps, batch, gates * units].</param>
    /// <param name="dproduct">Output: the gradient of the projected states, of the same shape; dx itself where the cell has no other.</param>
    /// <param name="dbias">Output: the sums of dproduct, [gates * units], or null.</param>
    /// <param name="dinitial">Output: [states, batch, units], or null.</param>
    public static void Run(
        RecurrentShape shape, T* kernel, byte* mask, T* states, T* kept, T* upstream, Range regionStates, Range regionTimes, T* dx, T* dproduct, T* dbias, T* dinitial)
    {
        int units = shape.Units, depth = TKernel.Gates * units;
        if (dbias != null) new Span<T>(dbias, depth).Clear();
        if (shape.Batch == 0) return;
        var plan = RecurrentPlan.Of(shape.Batch, units, TKernel.Gates, sizeof(T), PackedMatrix<T>.PanelWidth, StepRows);
        var body = new RecurrentBackward<TKernel, T>
        {
            shape = shape, plan = plan, mask = mask, states = states, kept = kept, dx = dx, dproduct = dproduct, dinitial = dinitial,
            upstream = new(shape, upstream, Zeros(ZerosSlot, units), regionStates, regionTimes),
            packed = new PackedMatrix<T>((T*)Scratch.Get(PackedSlot, PackedMatrix<T>.Size(depth, units) * sizeof(T)), depth, units),
            carried = Zeros(CarriedSlot, TKernel.States * shape.BatchUnits),
            sums = dbias == null ? null : Zeros(SumsSlot, (nint)plan.RowBlocks * depth),
        };
        body.packed.Pack(kernel, depth, transposed: true);
        // One more, behind the first step, is for the first states.
        var steps = shape.Steps + (dinitial == null ? 0 : 1);
        if (!plan.IsByStep) Relay<RecurrentBackward<TKernel, T>>.Run(plan.Items, steps, body);
        else for (; body.step < steps; body.step++) WorkerTeam.Default.For(plan.Items, ref body);
        if (dbias == null) return;
        for (var block = 0; block < plan.RowBlocks; block++) AddTo(dbias, body.sums + (nint)block * depth, depth);
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
        for (var back = from; back < to; back++)
        {
            var t = shape.Steps - 1 - back;
            if (Vector512.IsHardwareAccelerated) Step<Simd512<T>>(t, block);
            else if (Vector256.IsHardwareAccelerated) Step<Simd256<T>>(t, block);
            else if (Vector128.IsHardwareAccelerated) Step<Simd128<T>>(t, block);
            else Step<Simd1<T>>(t, block);
        }
    }

    private readonly void Step<TV>(int t, in RecurrentBlock block) where TV : struct, ISimd<TV, T>
    {
        int units = shape.Units, depth = TKernel.Gates * units;
        var place = (nint)block.FirstRow * units + block.FirstUnit;
        if (t < shape.Steps - 1)
            packed.Slice(block.FirstUnit, block.Units).Multiply(
                dproduct + ((nint)(t + 1) * shape.Batch + block.FirstRow) * depth, depth, carried + place, units, block.Rows, accumulate: true);
        if (t < 0) Finish<TV>(block);
        else
        {
            Gates<TV>(t, block);
            if (sums != null) Sum<TV>(t, block);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Gates<TV>(int t, in RecurrentBlock block) where TV : struct, ISimd<TV, T>
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
            else Pass<TV>(row);
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
    private static void Pass<TV>(in RecurrentGradientRow<T> row) where TV : struct, ISimd<TV, T>
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
    private readonly void Sum<TV>(int t, in RecurrentBlock block) where TV : struct, ISimd<TV, T>
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

    private static void AddTo(T* target, T* source, int n)
    {
        if (Vector512.IsHardwareAccelerated) RecurrentLoops<Simd512<T>, T>.Add(target, source, n);
        else if (Vector256.IsHardwareAccelerated) RecurrentLoops<Simd256<T>, T>.Add(target, source, n);
        else if (Vector128.IsHardwareAccelerated) RecurrentLoops<Simd128<T>, T>.Add(target, source, n);
        else RecurrentLoops<Simd1<T>, T>.Add(target, source, n);
    }

    /// <summary>The first states' gradients: what was carried to them, and their own.</summary>
    private readonly void Finish<TV>(in RecurrentBlock block) where TV : struct, ISimd<TV, T>
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
