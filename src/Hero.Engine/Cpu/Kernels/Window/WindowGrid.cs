using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The taps of one run of windows: <see cref="Rows"/> x <see cref="Columns"/> of them, the first at <see cref="Source"/>; steps are in
/// elements and may be negative. Window j of the run reads <see cref="Advance"/> * j further on and belongs at
/// <see cref="Target"/> + <see cref="TargetAdvance"/> * j.
/// </summary>
internal unsafe struct WindowGrid<T>
    where T : unmanaged, INumber<T>
{
    public T* Source;
    public T* Filter;
    public T* Target;
    public int Windows, Rows, Columns;
    public nint RowStep, ColumnStep, FilterRowStep, FilterColumnStep, Advance, TargetAdvance;
}
