using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>
/// A chain of scalar operations compiled to block kernels: the elements are walked in blocks small enough that all values
/// between the operations stay in the L1 cache. Immutable; used by many threads at once.
/// </summary>
internal sealed unsafe class ElementwiseProgram : IIntake
{
    // Half of a common L1 data cache: the rest is for the streams that come and go.
    private const int RegisterBytes = 24 * 1024;
    private const int LargestBlock = 2048;
    private const int SmallestBlock = 64;
    private const int ScratchSlot = 4;

    // Blocks begin on a new cache line: so many elements of float32 fill one.
    private const int Alignment = 16;

    // Work below this many elements is not worth waking a thread for.
    private const int ParallelThreshold = 8192;
    private const int ChunkElements = 32768;

    // Results of so many bytes go past the caches: their memory is not read first, which is more than the next reader loses.
    private const long StreamBytes = Ahead.LeastBytes;

    private readonly ProgramOperand[] operands;
    private readonly ProgramPart[] parts;
    private readonly int block;
    private readonly nint registerBytes;
    private readonly int registers;
    private readonly bool streams;

    // The loop over whole rows of a result that has no slot.
    private readonly ReducedRows? madeRows;

    public ElementwiseProgram(Unit unit, Layout layout, MemoryPlan memory)
    {
        Size = checked((nint)unit.Scalars[0].Size);
        var builder = new ElementwiseProgramBuilder(layout, memory);
        builder.Compile(unit);
        ReducedOperands = [.. unit.Reductions.Select(reduction => builder.Flat(layout.DenseBase(reduction.Inputs[0])))];
        operands = [.. builder.Operands];
        ReducedRows = ReducedRows.Of(unit, [.. builder.Instructions], operands, ReducedOperands);
        streams = unit.Main is null && unit.Reductions.Count == 0 && Size * DTypes.Size(unit.Scalars[0].DType) >= StreamBytes && unit.Results.TrueForAll(result => IsNew(result, unit, memory));
        if (unit is { Main: null, Results: [var result] } && memory.SlotOfBase(result) == MemoryPlan.NoSlot) madeRows = ReducedRows.Of(result.Shape[^1], Size, [.. builder.Instructions], operands, []);
        parts = ProgramPart.Cut([.. builder.Instructions], operands, ReducedOperands, Size, streams);
        registers = builder.RegisterCount;
        var width = 1;
        foreach (ref readonly var operand in operands.AsSpan()) width = Math.Max(width, operand.ElementSize);
        var row = unit.Reductions.Count == 0 ? 1 : ((ReduceOp)unit.Reductions[0].Op!).Split(unit.Reductions[0].Inputs[0].Shape).Inner;
        block = ChooseBlock(Math.Max(operands.Length, 1) * width, row, operands);
        registerBytes = ((nint)block * width + 63) & ~63;
    }

    /// <summary>Number of elements.</summary>
    public nint Size { get; }

    /// <summary>The operands that the unit's reductions take in, in their order.</summary>
    public int[] ReducedOperands { get; }

    /// <summary>The loop over whole rows where the unit's reductions are sums; null for others.</summary>
    public ReducedRows? ReducedRows { get; }

    /// <summary>Runs over all elements, on all threads where that pays.</summary>
    public void Run(void** slots)
    {
        if (Size < ParallelThreshold)
        {
            Run(slots, 0, Size);
            return;
        }
        var chunk = (nint)Math.Max(ChunkElements / block, 1) * block;
        var work = new Chunks { Program = this, Slots = slots, Chunk = chunk };
        WorkerTeam.Default.For((int)((Size + chunk - 1) / chunk), ref work);
    }

    /// <summary>Runs over the elements start .. start + length - 1 on this thread.</summary>
    public void Run(void** slots, nint start, nint length)
    {
        var nobody = default(NoSink);
        Run(slots, start, length, ref nobody);
    }

    /// <summary>As <see cref="Run(void**, nint, nint)"/>, for a chain whose result has no slot: it is written to <paramref name="target"/>.</summary>
    public void Make(void** slots, nint start, nint length, void* target)
    {
        var nobody = default(NoSink);
        var output = (byte*)target;
        if (madeRows is not null)
        {
            var rows = madeRows.Whole(length);
            madeRows.Run(slots, start, rows, ref nobody, output);
            var done = madeRows.Elements(rows);
            start += done;
            length -= done;
            output += done * sizeof(float);
        }
        Run(slots, start, length, ref nobody, output);
    }

    /// <summary>
    /// Runs over several ranges of one length, whose starts lie <paramref name="step"/> elements apart: parts of the rows of a matrix, or whole
    /// rows, which are one range. What is the same for all of them is made ready once: a few dozen elements take no longer than that.
    /// A kernel's output that has no slot is read from <paramref name="output"/> on, its ranges <paramref name="outputStep"/> elements apart.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void RunRows(void** slots, nint start, nint length, nint rows, nint step, byte* output = null, nint outputStep = 0)
    {
        if (rows <= 0 || length <= 0) return;
        var nobody = default(NoSink);
        if (rows == 1 || (length == step && (output == null || length == outputStep)))
        {
            Run(slots, start, rows * length, ref nobody, output);
            return;
        }
        var pointers = stackalloc byte*[operands.Length];
        Prepare(pointers, slots, start, Math.Min(block, length), step, length > block);
        for (; rows > 0; start += step, output += outputStep * sizeof(float), rows--)
        {
            for (nint from = 0; from < length; from += block)
            {
                var count = Math.Min(block, length - from);
                Place(pointers, slots, start + from, count, step, length > block, output + from * sizeof(float));
                foreach (var part in parts) part.Run(pointers, count);
            }
        }
    }

    /// <summary>
    /// As the other overload; the sink sees the operands of every block, of whole rows where the unit has reductions. A kernel's output that has
    /// no slot is read from <paramref name="output"/> on.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSink>(void** slots, nint start, nint length, ref TSink sink, byte* output = null) where TSink : struct, IBlockSink
    {
        if (length <= 0) return;
        var pointers = stackalloc byte*[operands.Length];
        Prepare(pointers, slots, start, Math.Min(block, length), block, inBlocks: true);
        var end = start + length;
        for (var at = start; at < end; at += block)
        {
            var count = Math.Min(block, end - at);
            Place(pointers, slots, at, count, block, inBlocks: true, output + (at - start) * sizeof(float));
            foreach (var part in parts) part.Run(pointers, count, streams);
            sink.Take(pointers, at, count);
        }
    }

    /// <summary>
    /// Gives registers their places, and fills those that are the same in all ranges, which lie <paramref name="step"/> elements apart, and in
    /// all blocks of a range where these have several.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prepare(byte** pointers, void** slots, nint start, nint length, nint step, bool inBlocks)
    {
        var scratch = Scratch.Get(ScratchSlot, registers * registerBytes);
        for (var i = 0; i < operands.Length; i++)
        {
            ref readonly var operand = ref operands[i];
            if (operand.Register < 0) continue;
            pointers[i] = scratch + operand.Register * registerBytes;
            if (Repeats(operand, step, inBlocks)) operand.Load(pointers[i], slots, start, length);
        }
    }

    /// <summary>Points to a range's elements in memory, and fills the registers that differ from range to range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Place(byte** pointers, void** slots, nint at, nint length, nint step, bool inBlocks, byte* output)
    {
        for (var i = 0; i < operands.Length; i++)
        {
            ref readonly var operand = ref operands[i];
            if (operand.Register < 0) pointers[i] = operand.Slot < 0 ? output : (byte*)slots[operand.Slot] + at * operand.ElementSize;
            else if (operand.IsLoad && !Repeats(operand, step, inBlocks)) operand.Load(pointers[i], slots, at, length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Repeats(in ProgramOperand operand, nint step, bool inBlocks) => operand.RepeatsAfter(step) && (!inBlocks || operand.RepeatsAfter(block));

    /// <summary>The largest block that fits, a multiple of the periods of repeated rows where that is possible.</summary>
    private static int ChooseBlock(int bytesPerElement, long row, ProgramOperand[] operands)
    {
        var block = Math.Max(Math.Clamp(RegisterBytes / bytesPerElement & -64, SmallestBlock, LargestBlock), row);
        var period = row == 1 ? Alignment : row;
        foreach (var operand in operands)
        {
            if (operand.Period <= 1 || operand.Period > block) continue;
            var common = period / Gcd(period, operand.Period) * operand.Period;
            if (common <= block) period = common;
        }
        return (int)(block / period * period);
    }

    /// <summary>Whether a result is written where nothing is that the unit reads, from the beginning of a cache line on.</summary>
    private static bool IsNew(Tensor result, Unit unit, MemoryPlan memory) =>
        memory.SlotOfBase(result) >= 0 && memory.Slots[memory.SlotOfBase(result)] is { Home: null, Input: < 0 } place
        && !unit.Reads.Exists(read => memory.Slots[memory.SlotOfBase(read)] is { Home: null, Input: < 0 } other && other.Offset == place.Offset);

    private static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);

    private struct NoSink : IBlockSink, IRowSink
    {
        public readonly void Take(byte** operands, nint start, nint count) { }

        public readonly void Take(int reduction, byte* partial, nint rows) { }
    }

    private struct Chunks : IParallelBody
    {
        public ElementwiseProgram Program;
        public void** Slots;
        public nint Chunk;

        public readonly void Run(int item)
        {
            var start = item * Chunk;
            Program.Run(Slots, start, Math.Min(Chunk, Program.Size - start));
            if (Program.streams && Sse.IsSupported) Sse.StoreFence();
        }
    }
}

/// <summary>Sees the values of a block of elements just after they were computed.</summary>
internal unsafe interface IBlockSink
{
    /// <summary>The pointers are the operands', at the elements start .. start + count - 1.</summary>
    void Take(byte** operands, nint start, nint count);
}
