namespace Hero.Cpu.Slicing;

/// <summary>
/// One of several units that values go through a few rows at a time. What it sums up over all rows it keeps in accumulators, one lot for each
/// piece of the rows, which are joined in their order.
/// </summary>
internal abstract unsafe class SliceStage
{
    /// <summary>Slices begin and end at multiples of so many rows.</summary>
    public virtual int Granule => 1;

    /// <summary>Bytes that all slices read, filled by <see cref="Prepare"/>.</summary>
    public virtual nint SharedBytes => 0;

    /// <summary>Bytes of the accumulators of a piece.</summary>
    public virtual nint AccumulatorBytes => 0;

    /// <summary>Makes ready what all slices read, on the team.</summary>
    public virtual void Prepare(void** slots, byte* shared) { }

    public virtual void Begin(byte* accumulators) { }

    /// <summary>Goes over some rows, on the calling thread.</summary>
    public abstract void Run(void** slots, byte* shared, byte* accumulators, nint row, nint rows);

    /// <summary>Takes in the accumulators of the rows that follow.</summary>
    public virtual void Combine(byte* accumulators, byte* later) { }

    /// <summary>Writes what the accumulators of all rows hold.</summary>
    public virtual void Finish(void** slots, byte* accumulators) { }
}
