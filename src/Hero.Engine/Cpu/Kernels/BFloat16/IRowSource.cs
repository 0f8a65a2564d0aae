namespace Hero.Cpu.Kernels;

/// <summary>Where the rows of a matrix lie.</summary>
internal unsafe interface IRowSource<T> where T : unmanaged
{
    /// <summary>The first element of a row; null for a row of zeros.</summary>
    T* this[int row] { get; }
}

/// <summary>Rows that follow each other at equal distance; those from <paramref name="count"/> on are zeros.</summary>
internal readonly unsafe struct EvenRows<T>(T* first, nint step, int count) : IRowSource<T> where T : unmanaged
{
    public T* this[int row] => row < count ? first + row * step : null;
}

/// <summary>Rows that lie where a table says.</summary>
internal readonly unsafe struct ListedRows<T>(T** rows) : IRowSource<T> where T : unmanaged
{
    public T* this[int row] => rows[row];
}
