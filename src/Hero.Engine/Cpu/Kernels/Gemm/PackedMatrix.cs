using System.Numerics;
using System.Runtime.Intrinsics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The right operand B [depth, columns] of matrix products in the order in which tiles read it, for weights that are used more often
/// than they change: <see cref="Pack"/> once, multiply many times, from any thread. Holds no memory of its own: whoever packs provides
/// <see cref="Size"/> elements, best aligned to 64 bytes. The order is this processor's and never leaves the process.
/// </summary>
internal readonly unsafe struct PackedMatrix<T>(T* data, int depth, int columns) : IPackedMatrix<PackedMatrix<T>, T> where T : unmanaged, INumber<T>
{
    public T* Data { get; } = data;

    public int Depth { get; } = depth;

    public int Columns { get; } = columns;

    /// <inheritdoc/>
    public static int PanelWidth => 2 * (
        Vector512.IsHardwareAccelerated ? Vector512<T>.Count
        : Vector256.IsHardwareAccelerated ? Vector256<T>.Count
        : Vector128.IsHardwareAccelerated ? Vector128<T>.Count
        : 1);

    /// <summary>Elements of the packed form, padding included.</summary>
    public static nint Size(int depth, int columns) => (nint)GemmPlan.Up(columns, PanelWidth) * PanelWidth * depth;

    public static int ElementSize => sizeof(T);

    public static nint Bytes(int depth, int columns) => Size(depth, columns) * sizeof(T);

    public static PackedMatrix<T> At(void* data, int depth, int columns) => new((T*)data, depth, columns);

    /// <inheritdoc/>
    public void Pack(T* source, nint step, bool transposed)
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double)) throw Gemm.Unsupported(typeof(T));
        if (Vector512.IsHardwareAccelerated) GemmPacking<TileVector512<T>, Vector512<T>, T>.Right(source, step, Depth, Columns, transposed, Data);
        else if (Vector256.IsHardwareAccelerated) GemmPacking<TileVector256<T>, Vector256<T>, T>.Right(source, step, Depth, Columns, transposed, Data);
        else if (Vector128.IsHardwareAccelerated) GemmPacking<TileVector128<T>, Vector128<T>, T>.Right(source, step, Depth, Columns, transposed, Data);
        else GemmPacking<TileVector1<T>, T, T>.Right(source, step, Depth, Columns, transposed, Data);
    }

    /// <inheritdoc/>
    public PackedMatrix<T> Slice(int start, int count) => new(Data + (nint)start * Depth, Depth, count);

    /// <inheritdoc/>
    public void Multiply(T* a, nint stepA, T* c, nint stepC, int rows, bool accumulate) => Run(a, stepA, c, stepC, rows, accumulate, null, null);

    /// <inheritdoc/>
    public void MultiplyBiased(T* a, nint stepA, T* c, nint stepC, int rows, T* bias, in ColumnSlices slices)
    {
        for (var i = 0; i < slices.Count; i++)
        {
            var start = slices.Start + i * slices.Step;
            Slice(start, slices.Width).Run(a, stepA, c + i * slices.Width, stepC, rows, false, bias == null ? null : bias + start, null);
        }
    }

    /// <summary>C = hold(A B + bias), as <see cref="Multiply"/>: a number for each column, and two that results are held between. Depth must be at least 1.</summary>
    public void MultiplyHeld(T* a, nint stepA, T* c, nint stepC, int rows, T* bias, T* range) => Run(a, stepA, c, stepC, rows, false, bias, range);

    private void Run(T* a, nint stepA, T* c, nint stepC, int rows, bool accumulate, T* bias, T* range)
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double)) throw Gemm.Unsupported(typeof(T));
        if (Vector512.IsHardwareAccelerated) GemmBlock<TileVector512<T>, Vector512<T>, T>.Packed(this, a, stepA, c, stepC, rows, accumulate, bias, range);
        else if (Vector256.IsHardwareAccelerated) GemmBlock<TileVector256<T>, Vector256<T>, T>.Packed(this, a, stepA, c, stepC, rows, accumulate, bias, range);
        else if (Vector128.IsHardwareAccelerated) GemmBlock<TileVector128<T>, Vector128<T>, T>.Packed(this, a, stepA, c, stepC, rows, accumulate, bias, range);
        else GemmBlock<TileVector1<T>, T, T>.Packed(this, a, stepA, c, stepC, rows, accumulate, bias, range);
    }
}
