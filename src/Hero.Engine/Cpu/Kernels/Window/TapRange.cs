namespace Hero.Cpu.Kernels;

/// <summary>Some taps of a kernel axis: the first tap, how many, and the source cell the first one reads. Default: none.</summary>
internal readonly record struct TapRange(int First, int Count, int Source)
{
    public bool SameTaps(TapRange other) => First == other.First && Count == other.Count;
}

/// <summary>Cells of a target row, from <see cref="Target"/> on, with the same taps; <see cref="Taps"/> names those of the first.</summary>
internal struct WindowRun
{
    public int Target;
    public int Cells;
    public TapRange Taps;
}
