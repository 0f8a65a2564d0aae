using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// A run of pooling windows with the same taps: <see cref="Rows"/> x <see cref="Columns"/>, the first of the first window at
/// <see cref="X"/> and <see cref="Dx"/>, its result at <see cref="Y"/> and <see cref="Dy"/>. Steps are in elements.
/// </summary>
internal unsafe struct MaxPoolGrid<T>
    where T : unmanaged, INumber<T>
{
    public T* X;
    public T* Dx;
    public T* Y;
    public T* Dy;
    public int Windows, Rows, Columns;

    /// <summary>The first rows of taps are looked at but not written: they belong to another band.</summary>
    public int SkippedRows;

    public nint RowStep, ColumnStep, Advance;
}
