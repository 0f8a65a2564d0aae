using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Blocks of one height and width for a <see cref="TileUnit"/>, taken down one by one and run in pairs as far as neighbours share their right
/// operand. There is one on a thread at a time.
/// </summary>
internal unsafe struct TileList
{
    private const int ScratchSlot = 5;

    private readonly TileBlock* pairs, singles;
    private int pairCount, singleCount;

    /// <param name="capacity">The most blocks.</param>
    public TileList(int capacity)
    {
        pairs = (TileBlock*)Scratch.Get(ScratchSlot, 2 * (nint)capacity * sizeof(TileBlock));
        singles = pairs + capacity;
    }

    /// <summary>Adds blocks that share a right operand: <paramref name="count"/> of them, so far apart.</summary>
    public void Add(nint left, nint leftStep, nint right, nint output, nint outputStep, int count)
    {
        for (var i = 0; i < count; i++, left += leftStep, output += outputStep)
        {
            if (i == count - 1 && count % 2 != 0) singles[singleCount++] = new(left, right, output);
            else pairs[pairCount++] = new(left, right, output);
        }
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
