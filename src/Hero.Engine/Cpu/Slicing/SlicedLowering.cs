using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Cpu.Lowering;
using Hero.Cpu.Runtime;
using Hero.Ops;

namespace Hero.Cpu.Slicing;

/// <summary>
/// Several units that values go through a few rows at a time. Rows are cut into pieces, which threads take, and those into slices that stay in
/// a core's cache: by shape, and what pieces sum up is joined in their order, so that results are the same bits for every number of threads.
/// </summary>
internal static unsafe class SlicedLowering
{
    // Bytes that the stages read and write of a slice.
    private const long SliceBytes = 512 * 1024;

    private const int MostPieces = 64;
    private const int CacheLine = 64;

    // Elements of a filter that all rows of a slice meet: it, and its gradient, lie in the cache beside them.
    private const long MostFilter = 16 * 1024;

    private const int PartialSlot = 5;
    private const int SharedSlot = 6;
    private const int TableSlot = 7;

    /// <summary>See <see cref="Device.RowsOf"/>.</summary>
    public static long RowsOf(Unit unit)
    {
        if (unit.Copy is not null || unit.Parts.Count > 0) return 0;
        if (unit.Main is { } main) return unit.Scalars.Count > 0 || unit.Reductions.Count > 0 || main.Inputs[0].DType != DType.Float32 || BFloat16Lowering.IsForUnit(main) ? 0 : main.Op switch
        {
            MomentsOp when main.Shape[1] <= Moments.ItemColumns => main.Inputs[0].Size / main.Shape[1],
            Conv2DOp op when Takes(op.Window, op.Depthwise) => op.Window.OutputShape[..3].Size,
            Conv2DInputGradientOp op when Takes(op.Window, op.Depthwise) => op.Window.InputShape[..3].Size,
            Conv2DFilterGradientOp { Depthwise: false } op when Takes(op.Window, depthwise: false) => op.Window.OutputShape[..3].Size,
            _ => 0,
        };
        if (unit.Scalars.Count == 0) return 0;
        if (unit.Reductions.Count == 0) return unit.Scalars[0].Shape.Rank > 1 ? unit.Scalars[0].Shape[..^1].Size : 0;
        var (outer, length, _) = ((ReduceOp)unit.Reductions[0].Op!).Split(unit.Reductions[0].Inputs[0].Shape);
        return outer == 1 ? length : 0;
    }

    public static Kernel Lower(Unit unit, Layout layout, MemoryPlan memory)
    {
        SliceStage[] stages = [.. unit.Stages.Select(stage => Stage(stage, layout, memory))];
        var rows = (nint)RowsOf(unit.Stages[0]);
        nint granule = stages.Max(stage => stage.Granule);
        // Slices begin on a new cache line.
        if (granule == 1) granule = CacheLine / sizeof(float);
        var bytes = Math.Max(1, unit.Reads.Concat(unit.Results).Concat(unit.Passing).Sum(tensor => tensor.Bytes) / rows);
        var sliceRows = Math.Max(1, (nint)(SliceBytes / bytes) / granule) * granule;
        var slices = (rows + sliceRows - 1) / sliceRows;
        var perPiece = (slices + MostPieces - 1) / MostPieces;
        Passing[] passing =
        [
            .. unit.Passing.Select(value => new Passing(memory.SlotOfBase(value), (nint)(value.Bytes / rows), IsKept: false)),
            .. unit.Results.Where(result => result.Bytes >= Ahead.LeastBytes && memory.Slots[memory.SlotOfBase(result)] is { Home: null, Input: < 0 })
                .Select(result => new Passing(memory.SlotOfBase(result), (nint)(result.Bytes / rows), IsKept: true)),
        ];
        var plan = new Plan(stages, passing, memory.SlotCount, rows, sliceRows, perPiece * sliceRows, (int)((slices + perPiece - 1) / perPiece));
        return plan.Run;
    }

    private static bool Takes(in Window2D window, bool depthwise) => depthwise ? window.InChannels == window.OutChannels : Conv2D.IsPointwise(window, out _) && (long)window.InChannels * window.OutChannels <= MostFilter;

    private static SliceStage Stage(Unit unit, Layout layout, MemoryPlan memory)
    {
        if (unit.Main is not { } main)
            return unit.Reductions.Count > 0
                ? new ReducedChainStage(new ReducedChain(unit, layout, memory))
                : new ChainStage(new ElementwiseProgram(unit, layout, memory, isReadNext: true), unit.Scalars[0].Shape[^1]);
        var (source, target) = (memory.SlotOf(main.Inputs[0]), memory.SlotOfBase(main));
        return main.Op switch
        {
            Conv2DOp { Depthwise: true } op => new DepthwiseStage(source, memory.SlotOf(main.Inputs[1]), target, op.Window, isGradient: false),
            Conv2DOp op => new PointwiseStage(source, memory.SlotOf(main.Inputs[1]), target, op.Window.InChannels, op.Window.OutChannels, isGradient: false),
            Conv2DInputGradientOp { Depthwise: true } op => new DepthwiseStage(source, memory.SlotOf(main.Inputs[1]), target, op.Window, isGradient: true),
            Conv2DInputGradientOp op => new PointwiseStage(source, memory.SlotOf(main.Inputs[1]), target, op.Window.OutChannels, op.Window.InChannels, isGradient: true),
            Conv2DFilterGradientOp op => new PointwiseFilterStage(source, memory.SlotOf(main.Inputs[1]), target, op.Window.InChannels, op.Window.OutChannels),
            _ => new MomentsStage(source, target, main.Shape[1]),
        };
    }

    /// <summary>
    /// A value of which a thread has the rows of the slice at hand. When all stages have seen them, those that are kept go to memory, past the
    /// caches: their memory is not read before it is written.
    /// </summary>
    private readonly record struct Passing(int Slot, nint RowBytes, bool IsKept);

    private sealed class Plan(SliceStage[] stages, Passing[] passing, int slotCount, nint rows, nint sliceRows, nint pieceRows, int pieces)
    {
        private readonly nint sharedBytes = (nint)stages.Sum(stage => Aligned(stage.SharedBytes));
        private readonly nint tableBytes = Aligned(slotCount * sizeof(void*));
        private readonly nint passingBytes = (nint)passing.Sum(value => Aligned(value.RowBytes * sliceRows));
        private readonly nint accumulatorBytes = (nint)stages.Sum(stage => Aligned(stage.AccumulatorBytes));

        public void Run(void** slots)
        {
            var work = new Work { Plan = this, Slots = slots, Shared = Scratch.Get(SharedSlot, sharedBytes), Partial = Scratch.Get(PartialSlot, pieces * accumulatorBytes) };
            var shared = work.Shared;
            foreach (var stage in stages)
            {
                stage.Prepare(slots, shared);
                shared += Aligned(stage.SharedBytes);
            }
            WorkerTeam.Default.For(pieces, ref work);
            var accumulators = work.Partial;
            foreach (var stage in stages)
            {
                for (var piece = 1; piece < pieces; piece++) stage.Combine(accumulators, accumulators + piece * accumulatorBytes);
                stage.Finish(slots, accumulators);
                accumulators += Aligned(stage.AccumulatorBytes);
            }
        }

        private void Run(int piece, void** slots, byte* shared, byte* accumulators)
        {
            var kept = slots;
            var memory = Scratch.Get(TableSlot, passing.Length == 0 ? 0 : tableBytes + passingBytes);
            if (passing.Length > 0)
            {
                Buffer.MemoryCopy(slots, memory, tableBytes, slotCount * sizeof(void*));
                slots = (void**)memory;
                memory += tableBytes;
            }
            var (start, end) = (piece * pieceRows, Math.Min(rows, (piece + 1) * pieceRows));
            var own = accumulators;
            foreach (var stage in stages)
            {
                stage.Begin(own);
                own += Aligned(stage.AccumulatorBytes);
            }
            for (var row = start; row < end; row += sliceRows)
            {
                var place = memory;
                foreach (ref readonly var value in passing.AsSpan())
                {
                    // Stages count rows from the first of all.
                    slots[value.Slot] = place - row * value.RowBytes;
                    place += Aligned(value.RowBytes * sliceRows);
                }
                var of = shared;
                var count = Math.Min(sliceRows, end - row);
                own = accumulators;
                foreach (var stage in stages)
                {
                    stage.Run(slots, of, own, row, count);
                    of += Aligned(stage.SharedBytes);
                    own += Aligned(stage.AccumulatorBytes);
                }
                foreach (ref readonly var value in passing.AsSpan())
                {
                    var from = row * value.RowBytes;
                    if (value.IsKept) StreamedCopy.Run((byte*)slots[value.Slot] + from, (byte*)kept[value.Slot] + from, count * value.RowBytes);
                }
            }
            StreamedCopy.Fence();
        }

        private static nint Aligned(nint bytes) => (bytes + 63) & ~63;

        private struct Work : IParallelBody
        {
            public Plan Plan;
            public void** Slots;
            public byte* Shared, Partial;

            public readonly void Run(int item) => Plan.Run(item, Slots, Shared, Partial + item * Plan.accumulatorBytes);
        }
    }
}
