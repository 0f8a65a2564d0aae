using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>The rows of an operand that a thread has made last, so that windows that share rows do not make them twice.</summary>
internal unsafe struct IntakeRows
{
    private readonly Intake intake;
    private readonly nint elements;
    private readonly long* made;
    private readonly float* rows;
    private readonly int count;

    /// <param name="intake">What makes rows.</param>
    /// <param name="elements">Elements of a row.</param>
    /// <param name="count">How many rows are kept, in scratch memory of the thread.</param>
    public IntakeRows(in Intake intake, nint elements, int count)
    {
        (this.intake, this.elements, this.count) = (intake, elements, count);
        var header = (count * sizeof(long) + 63) & ~63;
        made = (long*)Scratch.Get(WindowScratch.Source, header + count * elements * sizeof(float));
        rows = (float*)((byte*)made + header);
        for (var i = 0; i < count; i++) made[i] = -1;
    }

    /// <summary>A row, valid until one is asked for that is a multiple of the count away.</summary>
    public readonly float* Row(nint index) => At((int)(index % count), index);

    /// <summary>
    /// Some rows <paramref name="distance"/> apart, no more than the count, as rows <paramref name="step"/> elements apart. Those of the last call
    /// that began with what this one begins with, or ended with it, are not made again.
    /// </summary>
    public readonly float* Rows(nint first, int number, int distance, out nint step)
    {
        var isTurned = made[count - 1] == first;
        step = isTurned ? -elements : elements;
        for (var i = 0; i < number; i++) At(isTurned ? count - 1 - i : i, first + (nint)i * distance);
        return isTurned ? rows + (count - 1) * elements : rows;
    }

    private readonly float* At(int place, nint index)
    {
        var row = rows + place * elements;
        if (made[place] == index) return row;
        intake.Make(index * elements, elements, row);
        made[place] = index;
        return row;
    }
}
