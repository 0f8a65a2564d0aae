using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Blocks of one height and width for a <see cref="TileUnit"/>, taken down one by one and run in pairs as far as neighbours share their right
/// operand. There are at most four on a thread at a time.
/// </summary>
internal unsafe struct TileList
{
    private const int ScratchSlot = 5, Most = 4;

    private readonly TileBlock* pairs, singles;
    private int pairCount, singleCount;

    /// <param name="capacity">The most blocks, of each list where there are several.</param>
    /// <param name="index">Which of several.</param>
    public TileList(int capacity, int index = 0)
    {
        pairs = (TileBlock*)Scratch.Get(ScratchSlot, 2 * Most * (nint)capacity * sizeof(TileBlock)) + 2 * capacity * index;
        singles = pairs + capacity;
    }

    public readonly bool IsEmpty => pairCount + singleCount == 0;

    /// <summary>Adds blocks that share a right operand: <paramref name="count"/> of them, so far apart.</summary>
    public void Add(nint left, nint leftStep, nint right, nint output, nint outputStep, int count)
    {
        for (var i = 0; i < count; i++, left += leftStep, output += outputStep)
        {
            if (i == count - 1 && count % 2 != 0) singles[singleCount++] = new(left, right, output);
            else pairs[pairCount++] = new(left, right, output);
        }
    }

    /// <summary>
    /// Adds blocks of <paramref name="height"/> rows that cover a run of <paramref name="length"/> rows (at least as many) and share a right operand. The last one
    /// reaches back into the one before where the height does not divide the length: nothing may be accumulated.
    /// </summary>
    public void AddRun(nint left, nint leftRowStep, nint right, nint output, nint outputRowStep, int length, int height)
    {
        var count = GemmPlan.Up(length, height);
        var before = length % height == 0 ? count : count - 1 & ~1;
        Add(left, height * leftRowStep, right, output, height * outputRowStep, before);
        if (before == count) return;
        int last = length - height, row = Math.Min(before * height, last);
        Add(left + row * leftRowStep, (last - row) * leftRowStep, right, output + row * outputRowStep, (last - row) * outputRowStep, count - before);
    }

    /// <summary>Runs the blocks taken down.</summary>
    public readonly void Run(TileCall* call, int rows, int columns, int depthStep)
    {
        call->Blocks = pairs;
        call->Count = pairCount / 2;
        TileUnit.RunPairs(call, rows, columns, depthStep);
        call->Blocks = singles;
        call->Count = singleCount;
        TileUnit.Run(call, rows, columns, depthStep);
    }

    public void Clear() => pairCount = singleCount = 0;
}
