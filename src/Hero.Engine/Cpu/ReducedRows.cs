using System.Runtime.CompilerServices;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>
/// A chain over rows, and sums of its values over them, as one loop: the values that are summed never leave the processor's registers, and what is the same for all
/// rows lies in the cache once. Narrow rows are taken several side by side.
/// </summary>
internal sealed unsafe class ReducedRows
{
    // Fewer elements are not worth making code for.
    private const long LeastSize = 32768;

    // Elements of a row, those of several side by side included: with what is the same for all rows and the sums it stays in the L1 cache.
    private const nint MostColumns = 2048;

    private const int ScratchSlot = 4;

    private readonly ProgramOperand[] operands;
    private readonly FusedLoop.RowsBody loop;
    private readonly int[] same;
    private readonly int sums;
    private readonly nint columns;
    private readonly nint rowBytes;

    private ReducedRows(ProgramOperand[] operands, FusedLoop.RowsBody loop, int[] same, int sums, nint columns, nint beside, int elementSize)
    {
        (this.operands, this.loop, this.same, this.sums, this.columns) = (operands, loop, same, sums, columns);
        Beside = beside;
        rowBytes = (columns * elementSize + 63) & ~63;
    }

    /// <summary>How many rows are taken side by side.</summary>
    public nint Beside { get; }

    /// <summary>The loop for a unit's chain and reductions; null where it cannot be one.</summary>
    public static ReducedRows? Of(Unit unit, ProgramInstruction[] instructions, ProgramOperand[] operands, int[] reduced)
    {
        if (unit.Reductions.Count == 0 || !unit.Reductions.TrueForAll(node => node.DType == instructions[0].Type && node.Op is ReduceOp { Function: ReduceFunction.Sum })) return null;
        return Of((nint)((ReduceOp)unit.Reductions[0].Op!).Split(unit.Reductions[0].Inputs[0].Shape).Inner, unit.Scalars[0].Size, instructions, operands, reduced);
    }

    /// <summary>The loop for a chain over so many elements, in rows of <paramref name="inner"/>, and the sums of some operands; null where it cannot be one.</summary>
    public static ReducedRows? Of(nint inner, long size, ProgramInstruction[] instructions, ProgramOperand[] operands, int[] reduced)
    {
        if (size < LeastSize || !FusedLoop.IsSupported) return null;
        var type = instructions[0].Type;
        if (!Array.TrueForAll(instructions, instruction => FusedLoop.Takes(instruction, type))) return null;
        nint lanes = FusedLoop.Lanes(type);
        var beside = ReduceLoops.Side(inner, lanes);
        if (inner * beside < ReduceLoops.Narrow) beside = ReduceLoops.Wide(inner, beside);
        var columns = inner * beside;
        if (columns > MostColumns) return null;
        int[] same = [.. Enumerable.Range(0, operands.Length).Where(i => operands[i].IsLoad)];
        if (!Array.TrueForAll(same, i => operands[i].RepeatsAfter(columns))) return null;

        var stored = instructions.Select(instruction => instruction.Target).Where(target => operands[target].Register < 0).ToHashSet();
        var loop = FusedLoop.OfRows(instructions, stored, ProgramPart.Fetched(operands, size), new RowOperands(same.ToHashSet(), reduced, operands.Length));
        return new ReducedRows(operands, loop, same, reduced.Length, columns, beside, DTypes.Size(type));
    }

    /// <summary>How many rows of so many elements fit the loop.</summary>
    public nint Whole(nint elements) => elements / columns * Beside;

    /// <summary>Elements of so many rows.</summary>
    public nint Elements(nint rows) => rows / Beside * columns;

    /// <summary>
    /// Runs over so many rows, a multiple of <see cref="Beside"/>; the sink gets sums of a few rows each. A result that has no slot is written to <paramref name="output"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSink>(void** slots, nint start, nint rows, ref TSink sink, byte* output = null) where TSink : struct, IRowSink
    {
        var scratch = Scratch.Get(ScratchSlot, (same.Length + sums) * rowBytes);
        var pointers = stackalloc byte*[operands.Length + sums];
        for (var i = 0; i < operands.Length; i++)
            if (operands[i].Register < 0) pointers[i] = operands[i].Slot < 0 ? output : (byte*)slots[operands[i].Slot] + start * operands[i].ElementSize;
        for (var i = 0; i < same.Length; i++)
        {
            pointers[same[i]] = scratch + i * rowBytes;
            operands[same[i]].Load(pointers[same[i]], slots, start, columns);
        }
        for (var i = 0; i < sums; i++) pointers[operands.Length + i] = scratch + (same.Length + i) * rowBytes;

        for (var left = rows / Beside; left > 0; left -= ReduceLoops.LeafRows)
        {
            var count = Math.Min(left, ReduceLoops.LeafRows);
            if (sums > 0) new Span<byte>(pointers[operands.Length], (int)(sums * rowBytes)).Clear();
            loop(pointers, columns, count);
            for (var i = 0; i < sums; i++) sink.Take(i, pointers[operands.Length + i], Beside);
            for (var i = 0; i < operands.Length; i++)
                if (operands[i].Register < 0) pointers[i] += count * columns * operands[i].ElementSize;
        }
    }
}

/// <summary>Takes sums of rows.</summary>
internal unsafe interface IRowSink
{
    /// <summary>Takes so many rows of sums, which follow each other, into those of a reduction.</summary>
    void Take(int reduction, byte* partial, nint rows);
}
