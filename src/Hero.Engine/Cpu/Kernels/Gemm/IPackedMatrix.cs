using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The right operand [depth, columns] of matrix products, packed for what multiplies by it: <see cref="PackedMatrix{T}"/>, or <see cref="BFloat16Matrix"/>
/// for the matrix unit. It holds no memory of its own.
/// </summary>
internal unsafe interface IPackedMatrix<TSelf, T>
    where TSelf : struct, IPackedMatrix<TSelf, T>
    where T : unmanaged, INumber<T>
{
    /// <summary>Columns that lie together; slices begin at multiples of it.</summary>
    static abstract int PanelWidth { get; }

    /// <summary>Bytes of an element.</summary>
    static abstract int ElementSize { get; }

    /// <summary>Bytes of the packed form, padding included.</summary>
    static abstract nint Bytes(int depth, int columns);

    /// <summary>The matrix whose packed form is at <paramref name="data"/>.</summary>
    static abstract TSelf At(void* data, int depth, int columns);

    /// <summary>
    /// Packs, on the team. The source is [depth, columns], or [columns, depth] when it is <paramref name="transposed"/>; its rows are
    /// <paramref name="step"/> elements apart.
    /// </summary>
    void Pack(T* source, nint step, bool transposed);

    /// <summary>Columns <paramref name="start"/> (a multiple of <see cref="PanelWidth"/>) to start + <paramref name="count"/>, a
    /// multiple of it too unless they are the last.</summary>
    TSelf Slice(int start, int count);

    /// <summary>
    /// C = A B, or C += A B with <paramref name="accumulate"/>, on the calling thread alone, so that the bodies of parallel kernels may
    /// use it. A is [rows, depth] and C [rows, columns]; their rows are so many elements apart. C overlaps neither operand.
    /// </summary>
    void Multiply(T* a, nint stepA, T* c, nint stepC, int rows, bool accumulate);

    /// <summary>
    /// C = A B + a number for each column of B (none where <paramref name="bias"/> is null), as <see cref="Multiply"/>, for some columns, which
    /// lie side by side in C. Depth must be at least 1.
    /// </summary>
    void MultiplyBiased(T* a, nint stepA, T* c, nint stepC, int rows, T* bias, in ColumnSlices slices);
}

/// <summary>
/// Slices of columns of a <see cref="IPackedMatrix{TSelf, T}"/>: the first from <paramref name="Start"/> on, each <paramref name="Step"/> columns after the
/// one before.
/// </summary>
internal readonly record struct ColumnSlices(int Start, int Width, int Step, int Count);
