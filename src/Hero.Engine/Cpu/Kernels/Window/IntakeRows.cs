using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>The rows of an operand that a thread has made last, so that windows that share rows do not make them twice. float32.</summary>
internal unsafe struct IntakeRows
{
    private readonly Intake intake;
    private readonly float* source;
    private readonly nint before, elements, step;
    private readonly long* made;
    private readonly float* rows;
    private readonly int count;

    /// <param name="intake">What makes rows.</param>
    /// <param name="elements">Elements of a row.</param>
    /// <param name="count">How many rows are kept, in scratch memory of the thread.</param>
    public IntakeRows(in Intake intake, nint elements, int count) : this(intake, null, 0, elements, 0, count, WindowScratch.Source)
    {
    }

    /// <param name="intake">What makes rows.</param>
    /// <param name="source">What they are copied from where there is no intake.</param>
    /// <param name="before">Zeros before each row.</param>
    /// <param name="elements">Elements of a row.</param>
    /// <param name="after">Zeros behind it.</param>
    /// <param name="count">How many rows are kept, in scratch memory of the thread.</param>
    /// <param name="slot">The place of that memory.</param>
    public IntakeRows(in Intake intake, float* source, nint before, nint elements, nint after, int count, int slot)
    {
        (this.intake, this.before, this.elements, this.count, step) = (intake, before, elements, count, before + elements + after);
        this.source = source;
        var header = (count * sizeof(long) + 63) & ~63;
        made = (long*)Scratch.Get(slot, header + count * step * sizeof(float));
        rows = (float*)((byte*)made + header);
        for (var i = 0; i < count; i++)
        {
            made[i] = -1;
            new Span<float>(rows + i * step, (int)before).Clear();
            new Span<float>(rows + i * step + before + elements, (int)after).Clear();
        }
    }

    /// <summary>A row with the zeros before it, valid until one is asked for that is a multiple of the count away.</summary>
    public readonly float* Row(nint index) => At((int)(index % count), index);

    /// <summary>
    /// Some rows <paramref name="distance"/> apart, no more than the count, as rows <paramref name="step"/> elements apart. Those of the last call
    /// that began with what this one begins with, or ended with it, are not made again.
    /// </summary>
    public readonly float* Rows(nint first, int number, int distance, out nint step)
    {
        var isTurned = made[count - 1] == first;
        step = isTurned ? -this.step : this.step;
        for (var i = 0; i < number; i++) At(isTurned ? count - 1 - i : i, first + (nint)i * distance);
        return isTurned ? rows + (count - 1) * this.step : rows;
    }

    private readonly float* At(int place, nint index)
    {
        var row = rows + place * step;
        if (made[place] == index) return row;
        if (intake.Exists) intake.Make(index * elements, elements, row + before);
        else Unsafe.CopyBlockUnaligned(row + before, source + index * elements, (uint)(elements * sizeof(float)));
        made[place] = index;
        return row;
    }
}
