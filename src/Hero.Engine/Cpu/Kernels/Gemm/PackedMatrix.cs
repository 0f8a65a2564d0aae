using System.Numerics;
using System.Runtime.Intrinsics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The right operand B [depth, columns] of matrix products in the order in which tiles read it, for weights that are used more often
/// than they change: <see cref="Pack"/> once, multiply many times, from any thread. Holds no memory of its own: whoever packs provides
/// <see cref="Size"/> elements, best aligned to 64 bytes. The order is this processor's and never leaves the process.
/// </summary>
internal readonly unsafe struct PackedMatrix<T>(T* data, int depth, int columns) where T : unmanaged, INumber<T>
{
    public T* Data { get; } = data;

    public int Depth { get; } = depth;

    public int Columns { get; } = columns;

    /// <summary>Columns that lie together; slices begin at multiples of it.</summary>
    public static int PanelWidth => 2 * (
        Vector512.IsHardwareAccelerated ? Vector512<T>.Count
        : Vector256.IsHardwareAccelerated ? Vector256<T>.Count
        : Vector128.IsHardwareAccelerated ? Vector128<T>.Count
        : 1);

    /// <summary>Elements of the packed form, padding included.</summary>
    public static nint Size(int depth, int columns) => (nint)GemmPlan.Up(columns, PanelWidth) * PanelWidth * depth;

    /// <summary>
    /// Fills <see cref="Data"/>, on the team. The source is [depth, columns], or [columns, depth] when it is
    /// <paramref name="transposed"/>; its rows are <paramref name="step"/> elements apart.
    /// </summary>
    public void Pack(T* source, nint step, bool transposed)
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double)) throw Gemm.Unsupported(typeof(T));
        if (Vector512.IsHardwareAccelerated) GemmPacking<TileVector512<T>, Vector512<T>, T>.Right(source, step, Depth, Columns, transposed, Data);
        else if (Vector256.IsHardwareAccelerated) GemmPacking<TileVector256<T>, Vector256<T>, T>.Right(source, step, Depth, Columns, transposed, Data);
        else if (Vector128.IsHardwareAccelerated) GemmPacking<TileVector128<T>, Vector128<T>, T>.Right(source, step, Depth, Columns, transposed, Data);
        else GemmPacking<TileVector1<T>, T, T>.Right(source, step, Depth, Columns, transposed, Data);
    }

    /// <summary>Columns <paramref name="start"/> (a multiple of <see cref="PanelWidth"/>) to start + <paramref name="count"/>, a
    /// multiple of it too unless they are the last.</summary>
    public PackedMatrix<T> Slice(int start, int count) => new(Data + (nint)start * Depth, Depth, count);

    /// <summary>
    /// C = A B, or C += A B with <paramref name="accumulate"/>, on the calling thread alone, so that the bodies of parallel kernels may
    /// use it. A is [rows, depth] and C [rows, columns]; their rows are so many elements apart. C overlaps neither operand.
    /// </summary>
    public void Multiply(T* a, nint stepA, T* c, nint stepC, int rows, bool accumulate) => Run(a, stepA, c, stepC, rows, accumulate, null, null);

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
