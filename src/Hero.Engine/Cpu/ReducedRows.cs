using System.Runtime.CompilerServices;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>
/// A chain and the sums of its values over rows, as one loop: the values that are summed never leave the processor's registers. Narrow rows
/// are taken several side by side.
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
        if (unit.Reductions.Count == 0 || unit.Scalars[0].Size < LeastSize || !FusedLoop.IsSupported) return null;
        var type = instructions[0].Type;
        if (!Array.TrueForAll(instructions, instruction => FusedLoop.Takes(instruction, type))) return null;
        if (!unit.Reductions.TrueForAll(node => node.DType == type && node.Op is ReduceOp { Function: ReduceFunction.Sum })) return null;

        nint inner = (nint)((ReduceOp)unit.Reductions[0].Op!).Split(unit.Reductions[0].Inputs[0].Shape).Inner, lanes = FusedLoop.Lanes(type);
        var beside = ReduceLoops.Side(inner, lanes);
        if (inner * beside < ReduceLoops.Narrow) beside = ReduceLoops.Wide(inner, beside);
        var columns = inner * beside;
        if (columns > MostColumns) return null;
        int[] same = [.. Enumerable.Range(0, operands.Length).Where(i => operands[i].IsLoad)];
        if (!Array.TrueForAll(same, i => operands[i].RepeatsAfter(columns))) return null;

        var stored = instructions.Select(instruction => instruction.Target).Where(target => operands[target].Register < 0).ToHashSet();
        var loop = FusedLoop.OfRows(instructions, stored, ProgramPart.Fetched(operands, unit.Scalars[0].Size), new RowOperands(same.ToHashSet(), reduced, operands.Length));
        return new ReducedRows(operands, loop, same, reduced.Length, columns, beside, DTypes.Size(type));
    }

    /// <summary>Runs over so many rows, a multiple of <see cref="Beside"/>; the sink gets sums of a few rows each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSink>(void** slots, nint start, nint rows, ref TSink sink) where TSink : struct, IRowSink
    {
        var scratch = Scratch.Get(ScratchSlot, (same.Length + sums) * rowBytes);
        var pointers = stackalloc byte*[operands.Length + sums];
        for (var i = 0; i < operands.Length; i++)
            if (operands[i].Register < 0) pointers[i] = (byte*)slots[operands[i].Slot] + start * operands[i].ElementSize;
        for (var i = 0; i < same.Length; i++)
        {
            pointers[same[i]] = scratch + i * rowBytes;
            operands[same[i]].Load(pointers[same[i]], slots, start, columns);
        }
        for (var i = 0; i < sums; i++) pointers[operands.Length + i] = scratch + (same.Length + i) * rowBytes;

        for (var left = rows / Beside; left > 0; left -= ReduceLoops.LeafRows)
        {
            var count = Math.Min(left, ReduceLoops.LeafRows);
            new Span<byte>(pointers[operands.Length], (int)(sums * rowBytes)).Clear();
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
