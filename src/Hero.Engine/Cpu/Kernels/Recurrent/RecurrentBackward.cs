using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The way back of <see cref="RecurrentForward{TKernel, T}"/>, cut as that is. At each step the gradients of the projections at the step after
/// it, times the kernel transposed, are added to what is carried; then come the gates' own gradients.
/// </summary>
internal unsafe struct RecurrentBackward<TKernel, T> : IParallelBody
    where TKernel : struct, IRecurrentKernel<T>
    where T : unmanaged, INumber<T>
{
    private const int PackedSlot = 0;
    private const int CarriedSlot = 1;

    private RecurrentShape shape;
    private RecurrentPlan plan;
    private PackedMatrix<T> packed;
    private T* states, kept, upstream, carried, dx, dproduct, dinitial;
    private byte* mask;
    private int step;

    /// <summary>Computes the gradients of the projections and, where wanted, of the first states.</summary>
    /// <param name="shape">Steps, samples, units.</param>
    /// <param name="kernel">[units, gates * units].</param>
    /// <param name="mask">As on the way forward.</param>
    /// <param name="states">What the way forward gave.</param>
    /// <param name="kept">What the way forward gave.</param>
    /// <param name="upstream">The gradient of the states: [states, steps + 1, batch, units].</param>
    /// <param name="dx">Output: the gradient of the projected inputs, [steps, batch, gates * units].</param>
    /// <param name="dproduct">Output: the gradient of the projected states, of the same shape; dx itself where the cell has no other.</param>
    /// <param name="dinitial">Output: [states, batch, units], or null.</param>
    public static void Run(RecurrentShape shape, T* kernel, byte* mask, T* states, T* kept, T* upstream, T* dx, T* dproduct, T* dinitial)
    {
        if (shape.Batch == 0) return;
        var depth = TKernel.Gates * shape.Units;
        var body = new RecurrentBackward<TKernel, T>
        {
            shape = shape, plan = RecurrentPlan.Of(shape.Batch, shape.Units, TKernel.Gates, sizeof(T), PackedMatrix<T>.PanelWidth),
            mask = mask, states = states, kept = kept, upstream = upstream, dx = dx, dproduct = dproduct, dinitial = dinitial,
            packed = new PackedMatrix<T>((T*)Scratch.Get(PackedSlot, PackedMatrix<T>.Size(depth, shape.Units) * sizeof(T)), depth, shape.Units),
            carried = (T*)Scratch.Get(CarriedSlot, TKernel.States * shape.BatchUnits * sizeof(T)),
        };
        body.packed.Pack(kernel, depth, transposed: true);
        new Span<T>(body.carried, checked((int)(TKernel.States * shape.BatchUnits))).Clear();
        if (!body.plan.IsByStep) WorkerTeam.Default.For(body.plan.Items, ref body);
        else for (body.step = shape.Steps - 1; body.step >= body.LastStep; body.step--) WorkerTeam.Default.For(body.plan.Items, ref body);
    }

    /// <summary>-1, behind the first step, stands for the first states.</summary>
    private readonly int LastStep => dinitial == null ? 0 : -1;

    public readonly void Run(int item)
    {
        if (Vector512.IsHardwareAccelerated) Run<Simd512<T>>(item);
        else if (Vector256.IsHardwareAccelerated) Run<Simd256<T>>(item);
        else if (Vector128.IsHardwareAccelerated) Run<Simd128<T>>(item);
        else Run<Simd1<T>>(item);
    }

    private readonly void Run<TV>(int item) where TV : struct, ISimd<TV, T>
    {
        var block = shape.Block(plan, item);
        if (plan.IsByStep) Step<TV>(step, block);
        else for (var t = shape.Steps - 1; t >= LastStep; t--) Step<TV>(t, block);
    }

    private readonly void Step<TV>(int t, in RecurrentBlock block) where TV : struct, ISimd<TV, T>
    {
        int units = shape.Units, depth = TKernel.Gates * units;
        var place = (nint)block.FirstRow * units + block.FirstUnit;
        if (t < shape.Steps - 1)
            packed.Slice(block.FirstUnit, block.Units).Multiply(
                dproduct + ((nint)(t + 1) * shape.Batch + block.FirstRow) * depth, depth, carried + place, units, block.Rows, accumulate: true);
        if (t >= 0) Gates<TV>(t, block);
        else Finish<TV>(block);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Gates<TV>(int t, in RecurrentBlock block) where TV : struct, ISimd<TV, T>
    {
        int units = shape.Units, depth = TKernel.Gates * units;
        var first = (nint)t * shape.Batch + block.FirstRow;
        var row = new RecurrentGradientRow<T>
        {
            Before = states + first * units + block.FirstUnit, Kept = kept + first * TKernel.Kept * units + block.FirstUnit,
            Carried = carried + (nint)block.FirstRow * units + block.FirstUnit, Dx = dx + first * depth + block.FirstUnit,
            Dproduct = dproduct + first * depth + block.FirstUnit,
            Upstream = upstream + (first + shape.Batch) * units + block.FirstUnit,
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
            row.Upstream += units;
            row.Dx += depth;
            row.Dproduct += depth;
        }
    }

    /// <summary>A step that did not count: the states' gradients go on as they are.</summary>
    private static void Pass<TV>(in RecurrentGradientRow<T> row) where TV : struct, ISimd<TV, T>
    {
        for (var s = 0; s < TKernel.States; s++) RecurrentLoops<TV, T>.Add(row.Carried + s * row.CarriedStep, row.Upstream + s * row.StateStep, row.Count);
        for (var gate = 0; gate < TKernel.Gates; gate++)
        {
            new Span<T>(row.Dx + gate * row.GateStep, (int)row.Count).Clear();
            new Span<T>(row.Dproduct + gate * row.GateStep, (int)row.Count).Clear();
        }
    }

    /// <summary>The first states' gradients: what was carried to them, and their own.</summary>
    private readonly void Finish<TV>(in RecurrentBlock block) where TV : struct, ISimd<TV, T>
    {
        for (var s = 0; s < TKernel.States; s++)
            for (var r = 0; r < block.Rows; r++)
            {
                var at = (nint)(block.FirstRow + r) * shape.Units + block.FirstUnit;
                var target = dinitial + s * shape.BatchUnits + at;
                new ReadOnlySpan<T>(carried + s * shape.BatchUnits + at, block.Units).CopyTo(new Span<T>(target, block.Units));
                RecurrentLoops<TV, T>.Add(target, upstream + s * shape.StateStep + at, block.Units);
            }
    }
}
