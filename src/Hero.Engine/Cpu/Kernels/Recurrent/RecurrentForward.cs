using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>A recurrent cell over whole sequences, time first; see <see cref="RecurrentPlan"/> for how the work is cut.</summary>
internal unsafe struct RecurrentForward<TKernel, TWeights, TV, T> : IParallelBody, IRelayBody
    where TKernel : struct, IRecurrentKernel<T>
    where TWeights : struct, IPackedMatrix<TWeights, T>
    where TV : struct, ISimd<TV, T>
    where T : unmanaged, INumber<T>
{
    private const int RowsSlot = 6;

    /// <summary>Samples of an item of one step, at most: few, so that there are enough items for threads that are not equally fast.</summary>
    private const int StepRows = 16;

    private RecurrentShape shape;
    private RecurrentPlan plan;
    private TWeights packed;
    private T* x, bias, initial, states, kept;
    private byte* mask;
    private int step;

    /// <summary>See <see cref="RecurrentSequence{T}.Forward"/>; a kernel that is not null is packed first.</summary>
    public static void Run(RecurrentShape shape, T* x, T* kernel, TWeights packed, T* bias, T* initial, byte* mask, T* states, T* kept)
    {
        if (shape.Batch == 0) return;
        var body = new RecurrentForward<TKernel, TWeights, TV, T>
        {
            shape = shape, plan = RecurrentPlan.Of<TWeights, T>(shape, TKernel.Gates, StepRows),
            packed = packed, x = x, bias = bias, initial = initial, mask = mask, states = states, kept = kept,
        };
        if (kernel != null) RecurrentPacking<TWeights, T>.Run(body.plan, packed, kernel, TKernel.Gates * shape.Units, false, shape.Units, TKernel.Gates);
        body.Begin();
        if (!body.plan.IsByStep) Relay<RecurrentForward<TKernel, TWeights, TV, T>>.Run(body.plan.Items, shape.Steps, body);
        else for (; body.step < shape.Steps; body.step++) WorkerTeam.Default.For(body.plan.Items, ref body);
    }

    public readonly void Run(int item) => Run(item, step, step + 1);

    public readonly void Run(int lane, int from, int to)
    {
        var block = shape.Block(plan, lane);
        for (var t = from; t < to; t++) Step(t, block);
    }

    /// <summary>The states before the first step.</summary>
    private readonly void Begin()
    {
        var size = shape.BatchUnits;
        for (var s = 0; s < TKernel.States; s++)
        {
            var first = new Span<T>(states + s * shape.StateStep, checked((int)size));
            if (initial == null) first.Clear();
            else new ReadOnlySpan<T>(initial + s * size, (int)size).CopyTo(first);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Step(int t, in RecurrentBlock block)
    {
        var width = block.Units;
        var product = (T*)Scratch.Get(RowsSlot, ((nint)block.Rows * TKernel.Gates + TKernel.Kept) * width * sizeof(T));
        var first = (nint)t * shape.Batch + block.FirstRow;
        if (plan.IsByStep) Prefetch(first, block);
        Project(t, block, product);
        var row = new RecurrentRow<T>
        {
            X = x + first * TKernel.Gates * shape.Units + block.FirstUnit, Product = product,
            Before = states + first * shape.Units + block.FirstUnit,
            Kept = kept != null ? kept + first * TKernel.Kept * shape.Units + block.FirstUnit : product + (nint)block.Rows * TKernel.Gates * width,
            GateStep = shape.Units, KeptStep = kept != null ? shape.Units : width, ProductStep = width, StateStep = shape.StateStep, Count = width,
        };
        row.After = row.Before + shape.BatchUnits;
        for (var r = 0; r < block.Rows; r++)
        {
            if (mask == null || mask[first + r] != 0) TKernel.Forward<TV>(row);
            else for (var s = 0; s < TKernel.States; s++) Unsafe.CopyBlockUnaligned(row.After + s * shape.StateStep, row.Before + s * shape.StateStep, (uint)(width * sizeof(T)));
            row.X += TKernel.Gates * shape.Units;
            row.Product += TKernel.Gates * width;
            row.Before += shape.Units;
            row.After += shape.Units;
            if (kept != null) row.Kept += TKernel.Kept * shape.Units;
        }
    }

    /// <summary>
    /// Has the gates' operands brought to the cache while the product is computed: a block of few units reads pieces of a few lines, which the
    /// processor does not foresee.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Prefetch(nint first, in RecurrentBlock block)
    {
        if (!Sse.IsSupported) return;
        const int Line = 64;
        for (var r = first; r < first + block.Rows; r++)
            for (var gate = 0; gate < TKernel.Gates; gate++)
                for (nint at = 0; at < block.Units * sizeof(T); at += Line)
                {
                    Sse.Prefetch1((byte*)(x + (r * TKernel.Gates + gate) * shape.Units + block.FirstUnit) + at);
                    if (kept != null && gate < TKernel.Kept) Sse.Prefetch1((byte*)(kept + (r * TKernel.Kept + gate) * shape.Units + block.FirstUnit) + at);
                }
    }

    /// <summary>The states before the step times the kernel, plus the bias: [rows, gates, units of the block].</summary>
    private readonly void Project(int t, in RecurrentBlock block, T* product)
    {
        int gates = TKernel.Gates, units = shape.Units, width = block.Units;
        if (t == 0 && initial == null)
        {
            for (var r = 0; r < block.Rows; r++)
                for (var gate = 0; gate < gates; gate++)
                {
                    var target = new Span<T>(product + ((nint)r * gates + gate) * width, width);
                    if (bias == null) target.Clear();
                    else new ReadOnlySpan<T>(bias + gate * units + block.FirstUnit, width).CopyTo(target);
                }
            return;
        }
        packed.MultiplyBiased(
            states + ((nint)t * shape.Batch + block.FirstRow) * units, units, product, gates * width, block.Rows, bias,
            width == units ? new(0, gates * units, 0, 1) : new(block.FirstUnit, width, units, gates));
    }
}
