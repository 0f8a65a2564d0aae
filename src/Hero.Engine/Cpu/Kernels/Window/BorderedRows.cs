using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>The rows of pictures in memory or of an intake, with a row of zeros in place of those above and below them.</summary>
internal unsafe struct BorderedRows<T>
    where T : unmanaged, INumber<T>
{
    private readonly T* source;
    private readonly T* zeros;
    private readonly Intake intake;
    private readonly int height;
    private readonly nint elements;
    private IntakeRows made;

    /// <param name="source">[batch, height, elements]; not read where there is an intake.</param>
    /// <param name="intake">What makes the rows, of float32.</param>
    /// <param name="height">Rows of a picture.</param>
    /// <param name="elements">Elements of a row.</param>
    /// <param name="zeros">As many zeros.</param>
    public BorderedRows(T* source, in Intake intake, int height, nint elements, T* zeros)
    {
        (this.intake, this.height, this.elements) = (intake, height, elements);
        this.source = source;
        this.zeros = zeros;
    }

    /// <summary>Called on a copy of its own for every thread and band of rows, before all else: so many rows that follow each other are valid at a time.</summary>
    public void Begin(int count)
    {
        if (intake.Exists) made = new IntakeRows(intake, elements, count);
    }

    public readonly bool IsInside(int row) => row >= 0 && row < height;

    public readonly T* Row(nint image, int row)
    {
        if (!IsInside(row)) return zeros;
        return intake.Exists ? (T*)made.Row(image * height + row) : source + (image * height + row) * elements;
    }
}
