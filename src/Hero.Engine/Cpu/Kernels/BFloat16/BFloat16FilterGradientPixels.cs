using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>Where the pixels of a piece lie, along its grid; a line of zeros stands for those outside of the pictures.</summary>
/// <param name="w">The convolution.</param>
/// <param name="plan">How its filter's gradient is cut.</param>
/// <param name="x">The input.</param>
/// <param name="dy">The output's gradient.</param>
/// <param name="zeros">As many zeros as the longer of both pixels has channels.</param>
internal readonly unsafe struct BFloat16FilterGradientPixels<T>(Window2D w, BFloat16FilterGradientPlan plan, T* x, T* dy, T* zeros) where T : unmanaged
{
    /// <summary>The output's pixels, for all steps of a piece.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ListOutputs(int piece, T** pixels)
    {
        var (image, start, end) = Rows(piece);
        var from = OutputRow(image, start);
        var next = pixels;
        for (var row = start; row < end; row++)
        {
            for (var column = 0; column < w.OutWidth; column++, from += w.OutChannels) *next++ = from;
            for (var column = w.OutWidth; column < plan.GridWidth; column++) *next++ = zeros;
        }
        for (var all = pixels + plan.Steps * TileUnit.DepthStep; next < all;) *next++ = zeros;
    }

    /// <summary>The input's pixels of one phase of the stride, <paramref name="count"/> of them from the piece's first on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ListInputs(int piece, int phaseY, int phaseX, int count, T** pixels)
    {
        var (image, start, _) = Rows(piece);
        T** next = pixels, all = pixels + count;
        for (var row = start; next < all; row++)
        {
            var y = row * w.StrideHeight + phaseY - w.PadTop;
            var line = y >= 0 && y < w.InHeight ? InputRow(image, y) : null;
            for (var column = 0; column < plan.GridWidth && next < all; column++)
            {
                var position = column * w.StrideWidth + phaseX - w.PadLeft;
                *next++ = line != null && position >= 0 && position < w.InWidth ? line + (nint)position * w.InChannels : zeros;
            }
        }
    }

    /// <summary>The memory that a piece is made of.</summary>
    public (MemoryRange Outputs, MemoryRange Inputs) Memory(int piece)
    {
        var (image, start, end) = Rows(piece);
        int first = Math.Clamp(start * w.StrideHeight - w.PadTop, 0, w.InHeight), last = Math.Clamp((end + plan.ReachRows) * w.StrideHeight - w.PadTop, 0, w.InHeight);
        return (new(OutputRow(image, start), OutputRow(image, end)), new(InputRow(image, first), InputRow(image, last)));
    }

    private (int Image, int Start, int End) Rows(int piece)
    {
        int image = piece / plan.PiecesPerImage, start = piece % plan.PiecesPerImage * plan.PieceRows;
        return (image, start, Math.Min(w.OutHeight, start + plan.PieceRows));
    }

    private T* OutputRow(int image, int row) => dy + ((nint)image * w.OutHeight + row) * w.OutWidth * w.OutChannels;

    private T* InputRow(int image, int row) => x + ((nint)image * w.InHeight + row) * w.InWidth * w.InChannels;
}
