namespace Hero.Cpu.Kernels;

/// <summary>
/// What a kernel reads an operand through: its elements lie nowhere, but are made from other arrays a few rows at a time, just before the kernel
/// reads them, in the thread's own memory. None (default) where the operand lies in memory. float32.
/// </summary>
internal readonly unsafe struct Intake(IIntake? maker, void** slots)
{
    public bool Exists => maker is not null;

    /// <summary>Writes elements start .. start + length - 1 of the operand to <paramref name="target"/>.</summary>
    public void Make(nint start, nint length, void* target) => maker!.Make(slots, start, length, target);
}

/// <summary>Makes elements of an operand; may be called from any worker thread.</summary>
internal unsafe interface IIntake
{
    void Make(void** slots, nint start, nint length, void* target);
}
