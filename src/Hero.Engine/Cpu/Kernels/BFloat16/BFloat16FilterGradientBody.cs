using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The gradient of a convolution's filter: for every tap the product of the output's gradient (transposed: the left operand) and the input
/// under it (the right one), summed over pixels. Pairs of pixels that begin at an odd one are another packing of the input than those
/// that begin at an even one, and made from it; so are inputs of another phase of the stride. Each serves all taps that need it.
/// </summary>
internal unsafe struct BFloat16FilterGradientBody<T> : IParallelBody where T : unmanaged
{
    public Window2D W;
    public BFloat16FilterGradientPlan Plan;
    public T* X, Dy;

    /// <summary>Sums of the second chunk, the third ...; the first chunk's go to <see cref="Gradient"/>.</summary>
    public float* Gradient, Partials;

    private readonly nint GradientSize => (nint)W.KernelHeight * W.KernelWidth * W.InChannels * W.OutChannels;

    /// <summary>Pairs of pixels of a piece that some tap reads.</summary>
    private readonly int Pairs => Plan.Steps * TileUnit.DepthStep / 2 + (Plan.ReachRows * Plan.GridWidth + Plan.ReachColumns) / 2 + 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int item)
    {
        int inBlock = item % Plan.InBlocks, outBlock = item / Plan.InBlocks % Plan.OutBlocks, chunk = item / Plan.InBlocks / Plan.OutBlocks;
        int panels = GemmPlan.Up(W.InChannels, TileUnit.Columns), tiles = GemmPlan.Up(W.OutChannels, Plan.Height);
        int panelStart = GemmPlan.Cut(panels, Plan.InBlocks, inBlock), panelEnd = GemmPlan.Cut(panels, Plan.InBlocks, inBlock + 1);
        int tileStart = GemmPlan.Cut(tiles, Plan.OutBlocks, outBlock), tileEnd = GemmPlan.Cut(tiles, Plan.OutBlocks, outBlock + 1);
        int inStart = panelStart * TileUnit.Columns, inCount = Math.Min(W.InChannels, panelEnd * TileUnit.Columns) - inStart;
        int outStart = tileStart * Plan.Height, outCount = Math.Min(W.OutChannels, tileEnd * Plan.Height) - outStart;
        int pieces = W.Batch * Plan.PiecesPerImage, pieceEnd = GemmPlan.Cut(pieces, Plan.Chunks, chunk + 1), taps = W.KernelHeight * W.KernelWidth;

        var leftSize = (nint)(tileEnd - tileStart) * Plan.Steps * BFloat16Packing.LeftStep;
        var left = (ushort*)Scratch.Get(1, (Plan.StretchPieces * leftSize * sizeof(ushort)) + (nint)2 * Pairs * sizeof(T*));
        var rows = (T**)(left + Plan.StretchPieces * leftSize);
        var rightSize = (nint)Plan.StretchPieces * Pairs * BFloat16Packing.PairElements;
        var right = (ushort*)Scratch.Get(2, rightSize * sizeof(ushort) + (nint)taps * inCount * outCount * sizeof(float));
        var sums = (float*)(right + rightSize);   // [tap][output channel][input channel]

        var first = GemmPlan.Cut(pieces, Plan.Chunks, chunk);
        for (var piece = first; piece < pieceEnd; piece += Plan.StretchPieces)
        {
            var count = Math.Min(Plan.StretchPieces, pieceEnd - piece);
            for (var i = 0; i < count; i++)
            {
                ListOutputs(piece + i, rows);
                for (var tile = tileStart; tile < tileEnd; tile++)
                {
                    var start = tile * Plan.Height;
                    BFloat16Packing.LeftTransposed<T, ListedRows<T>>(
                        new(rows), start, Math.Min(Plan.Height, W.OutChannels - start), Plan.Steps * TileUnit.DepthStep,
                        left + i * leftSize + (nint)(tile - tileStart) * Plan.Steps * BFloat16Packing.LeftStep);
                }
            }
            for (var panel = panelStart; panel < panelEnd; panel++)
                Multiply(piece, count, panel, left, leftSize, right, rows, sums + panel * TileUnit.Columns - inStart, inCount, outCount, accumulate: piece > first);
        }

        var gradient = (chunk == 0 ? Gradient : Partials + (chunk - 1) * GradientSize) + (nint)inStart * W.OutChannels + outStart;
        for (var tap = 0; tap < taps; tap++)
            Store(sums + (nint)tap * inCount * outCount, outCount, inCount, gradient + (nint)tap * W.InChannels * W.OutChannels, W.OutChannels);
    }

    /// <summary>All taps for one panel of input channels and some pieces.</summary>
    private readonly void Multiply(
        int piece, int count, int panel, ushort* left, nint leftSize, ushort* right, T** rows, float* sums, int inCount, int outCount, bool accumulate)
    {
        var segments = stackalloc nint[count];
        for (var i = 0; i < count; i++) segments[i] = i * leftSize * sizeof(ushort);
        var pieceSize = (nint)Pairs * BFloat16Packing.PairElements;
        var call = new TileCall
        {
            Left = (byte*)left, Right = (byte*)right, Output = (byte*)sums, Segments = segments, SegmentCount = count, StepsPerSegment = Plan.Steps,
            RightSegmentSkip = (Pairs - Plan.Steps * TileUnit.DepthStep / 2) * BFloat16Packing.PairElements * sizeof(ushort),
            LeftRowStep = TileUnit.DepthStep * sizeof(ushort), LeftDepthStep = BFloat16Packing.LeftStep * sizeof(ushort),
            OutputRowStep = (nint)inCount * sizeof(float), Accumulate = accumulate ? 1 : 0,
        };
        int start = panel * TileUnit.Columns, columns = Math.Min(TileUnit.Columns, W.InChannels - start);
        for (var phaseY = 0; phaseY < W.StrideHeight; phaseY++)
        for (var phaseX = 0; phaseX < W.StrideWidth; phaseX++)
        {
            bool even = HasTaps(phaseY, phaseX, 0), odd = HasTaps(phaseY, phaseX, 1);
            if (!even && !odd) continue;
            for (var i = 0; i < count; i++)
            {
                ListInputs(piece + i, phaseY, phaseX, rows);
                BFloat16Packing.Right<T, ListedRows<T>>(new(rows), start, columns, 2 * Pairs, Pairs, right + i * pieceSize);
            }
            if (even) MultiplyTaps(&call, outCount, columns, phaseY, phaseX, 0);
            if (!odd) continue;
            for (var i = 0; i < count; i++) BFloat16Packing.NextPairs(right + i * pieceSize, Pairs);
            MultiplyTaps(&call, outCount, columns, phaseY, phaseX, 1);
        }
    }

    /// <summary>All taps of a phase an even or odd distance away, two tiles of output channels at a time: those stay in the first-level cache.</summary>
    private readonly void MultiplyTaps(TileCall* call, int outCount, int columns, int phaseY, int phaseX, int odd)
    {
        int tiles = outCount / Plan.Height, rest = outCount % Plan.Height;
        var list = new TileList(W.KernelHeight * W.KernelWidth * Math.Max(tiles, 1));
        for (var tile = 0; tile < tiles; tile += 2) List(ref list, call, outCount, tile, Math.Min(2, tiles - tile), phaseY, phaseX, odd);
        list.Run(call, Plan.Height, columns, TileUnit.DepthStep);
        if (rest == 0) return;
        list.Clear();
        List(ref list, call, outCount, tiles, 1, phaseY, phaseX, odd);
        list.Run(call, rest, columns, TileUnit.DepthStep);
    }

    /// <summary>Takes down all such taps for some tiles.</summary>
    private readonly void List(ref TileList list, TileCall* call, int outCount, int tile, int count, int phaseY, int phaseX, int odd)
    {
        nint tileSize = (nint)Plan.Steps * BFloat16Packing.LeftStep * sizeof(ushort), outputStep = Plan.Height * call->OutputRowStep;
        for (var tap = 0; tap < W.KernelHeight * W.KernelWidth; tap++)
        {
            var distance = Distance(tap, phaseY, phaseX);
            if (distance < 0 || distance % 2 != odd) continue;
            var right = distance / 2 * (nint)BFloat16Packing.PairElements * sizeof(ushort);
            list.Add(tile * tileSize, tileSize, right, tap * outCount * call->OutputRowStep + tile * outputStep, outputStep, count);
        }
    }

    /// <summary>How far along the grid a tap's input lies from its output; -1 for a tap of another phase.</summary>
    private readonly int Distance(int tap, int phaseY, int phaseX)
    {
        int y = tap / W.KernelWidth * W.DilationHeight, x = tap % W.KernelWidth * W.DilationWidth;
        if (y % W.StrideHeight != phaseY || x % W.StrideWidth != phaseX) return -1;
        return y / W.StrideHeight * Plan.GridWidth + x / W.StrideWidth;
    }

    private readonly bool HasTaps(int phaseY, int phaseX, int odd)
    {
        for (var tap = 0; tap < W.KernelHeight * W.KernelWidth; tap++)
            if (Distance(tap, phaseY, phaseX) is >= 0 and var distance && distance % 2 == odd) return true;
        return false;
    }

    /// <summary>Where the output's pixels of a piece lie, along the grid; null between rows and behind the last.</summary>
    private readonly void ListOutputs(int piece, T** rows)
    {
        var (image, start, end) = Rows(piece);
        var from = Dy + ((nint)image * W.OutHeight + start) * W.OutWidth * W.OutChannels;
        var next = rows;
        for (var row = start; row < end; row++)
        {
            for (var column = 0; column < W.OutWidth; column++, from += W.OutChannels) *next++ = from;
            for (var column = W.OutWidth; column < Plan.GridWidth; column++) *next++ = null;
        }
        for (var all = rows + Plan.Steps * TileUnit.DepthStep; next < all; next++) *next = null;
    }

    /// <summary>Where the input's pixels of one phase under a piece lie, along the grid; null outside of the picture.</summary>
    private readonly void ListInputs(int piece, int phaseY, int phaseX, T** rows)
    {
        var (image, start, _) = Rows(piece);
        var from = X + (nint)image * W.InHeight * W.InWidth * W.InChannels;
        T** next = rows, all = rows + 2 * Pairs;
        for (var row = start; next < all; row++)
        {
            var y = row * W.StrideHeight + phaseY - W.PadTop;
            var line = y >= 0 && y < W.InHeight ? from + (nint)y * W.InWidth * W.InChannels : null;
            for (var column = 0; column < Plan.GridWidth && next < all; column++)
            {
                var x = column * W.StrideWidth + phaseX - W.PadLeft;
                *next++ = line != null && x >= 0 && x < W.InWidth ? line + (nint)x * W.InChannels : null;
            }
        }
    }

    private readonly (int Image, int Start, int End) Rows(int piece)
    {
        int image = piece / Plan.PiecesPerImage, start = piece % Plan.PiecesPerImage * Plan.PieceRows;
        return (image, start, Math.Min(W.OutHeight, start + Plan.PieceRows));
    }

    /// <summary>target[j, i] = source[i, j], rows of the target so many elements apart.</summary>
    private static void Store(float* source, int rows, int columns, float* target, nint step)
    {
        for (var j = 0; j < columns; j++)
            for (var i = 0; i < rows; i++) target[j * step + i] = source[i * columns + j];
    }
}
