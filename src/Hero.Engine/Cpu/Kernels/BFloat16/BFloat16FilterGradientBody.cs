using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The gradient of a convolution's filter: for every tap the product of the output's gradient (transposed: the left operand) and the input
/// under it (the right one), summed over pixels. Pairs of pixels that begin at an odd one are another packing of the input than those
/// that begin at an even one, and made from it; so are inputs of another phase of the stride. Each serves all taps that need it.
/// </summary>
internal unsafe struct BFloat16FilterGradientBody<T> : IParallelBody where T : unmanaged
{
    private const int Vector = 16;

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
        int pieces = W.Batch * Plan.PiecesPerImage, first = GemmPlan.Cut(pieces, Plan.Chunks, chunk), pieceEnd = GemmPlan.Cut(pieces, Plan.Chunks, chunk + 1);

        nint leftSize = (nint)(tileEnd - tileStart) * Plan.Steps * BFloat16Packing.LeftStep, listed = (nint)Plan.StretchPieces * 2 * Pairs;
        var zeroCount = Math.Max(W.InChannels, W.OutChannels);
        var left = (ushort*)Scratch.Get(1, Plan.StretchPieces * leftSize * sizeof(ushort) + listed * sizeof(T*) + (nint)zeroCount * sizeof(T));
        var listedPixels = (T**)(left + Plan.StretchPieces * leftSize);
        var zeros = (T*)(listedPixels + listed);
        new Span<T>(zeros, zeroCount).Clear();
        nint rightSize = (nint)Pairs * BFloat16Packing.PairElements, allRight = Plan.StretchPieces * rightSize;
        var right = (ushort*)Scratch.Get(2, allRight * sizeof(ushort) + (nint)W.KernelHeight * W.KernelWidth * inCount * outCount * sizeof(float));
        var sums = (float*)(right + allRight);   // [tap][output channel][input channel]

        var pixels = new BFloat16FilterGradientPixels<T>(W, Plan, X, Dy, zeros);
        var taps = new BFloat16FilterGradientTiles(W, Plan, outCount, (nint)inCount * sizeof(float));
        var segments = stackalloc nint[Plan.StretchPieces];
        for (var i = 0; i < Plan.StretchPieces; i++) segments[i] = i * leftSize * sizeof(ushort);
        var call = new TileCall
        {
            Left = (byte*)left, Right = (byte*)right, Segments = segments, StepsPerSegment = Plan.Steps,
            RightSegmentSkip = (rightSize - (nint)Plan.Steps * BFloat16Packing.RightStep) * sizeof(ushort),
            LeftRowStep = TileUnit.DepthStep * sizeof(ushort), LeftDepthStep = BFloat16Packing.LeftStep * sizeof(ushort), OutputRowStep = (nint)inCount * sizeof(float),
        };
        for (var piece = first; piece < pieceEnd; piece += Plan.StretchPieces)
        {
            var count = Math.Min(Plan.StretchPieces, pieceEnd - piece);
            for (var i = 0; i < count; i++)
            {
                pixels.ListOutputs(piece + i, listedPixels);
                PackOutputs(listedPixels, tileStart, tileEnd, left + i * leftSize);
            }
            call.SegmentCount = count;
            call.Accumulate = piece > first ? 1 : 0;
            var (comingOutputs, comingInputs) = piece + count < pieceEnd ? pixels.Memory(piece + count) : default;
            call.Fetch(comingOutputs);
            for (var phaseY = 0; phaseY < W.StrideHeight; phaseY++)
            for (var phaseX = 0; phaseX < W.StrideWidth; phaseX++)
            {
                taps.List(phaseY, phaseX);
                if (!taps.HasEven && !taps.HasOdd) continue;
                for (var i = 0; i < count; i++) pixels.ListInputs(piece + i, phaseY, phaseX, 2 * Pairs, listedPixels + i * 2 * Pairs);
                for (var panel = panelStart; panel < panelEnd; panel++)
                {
                    int start = panel * TileUnit.Columns, columns = Math.Min(TileUnit.Columns, W.InChannels - start);
                    for (var i = 0; i < count; i++) PackInputs(listedPixels + i * 2 * Pairs, start, columns, right + i * rightSize);
                    call.Output = (byte*)(sums + start - inStart);
                    for (var odd = 0; odd < 2; odd++)
                    {
                        if (odd == 0 ? !taps.HasEven : !taps.HasOdd) continue;
                        for (var i = 0; i < odd * count; i++) BFloat16Packing.NextPairs(right + i * rightSize, Pairs);
                        if (call.Ahead >= call.AheadEnd && call.AheadEnd == comingOutputs.End) call.Fetch(comingInputs);
                        taps.Run(&call, columns, odd != 0);
                    }
                }
            }
        }

        var gradient = (chunk == 0 ? Gradient : Partials + (chunk - 1) * GradientSize) + (nint)inStart * W.OutChannels + outStart;
        for (var tap = 0; tap < W.KernelHeight * W.KernelWidth; tap++)
            Store(sums + (nint)tap * inCount * outCount, outCount, inCount, gradient + (nint)tap * W.InChannels * W.OutChannels);
    }

    /// <summary>The left operand of a piece: tiles of output channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void PackOutputs(T** pixels, int tileStart, int tileEnd, ushort* target)
    {
        var tileSize = (nint)Plan.Steps * BFloat16Packing.LeftStep;
        // Tiles that are whole go along the pixels together.
        var whole = sizeof(T) == sizeof(ushort) && Plan.Height == TileUnit.Rows ? Math.Min(tileEnd, W.OutChannels / Plan.Height) : tileStart;
        for (var step = 0; step < Plan.Steps && whole > tileStart; step++)
        {
            for (var tile = tileStart; tile < whole; tile++)
                BFloat16Packing.LeftTransposed((ushort**)pixels + step * TileUnit.DepthStep, tile * Plan.Height, target + (tile - tileStart) * tileSize + (nint)step * BFloat16Packing.LeftStep);
        }
        for (var tile = whole; tile < tileEnd; tile++)
        {
            var start = tile * Plan.Height;
            BFloat16Packing.LeftTransposed<T, ListedRows<T>>(
                new(pixels), start, Math.Min(Plan.Height, W.OutChannels - start), Plan.Steps * TileUnit.DepthStep, target + (tile - tileStart) * tileSize);
        }
    }

    /// <summary>The right operand of a piece: a panel of input channels.</summary>
    private readonly void PackInputs(T** pixels, int start, int columns, ushort* target)
    {
        if (IsSplit(columns)) BFloat16Packing.RightSplit((ushort**)pixels, start, Pairs, target);
        else BFloat16Packing.Right<T, ListedRows<T>>(new(pixels), start, columns, 2 * Pairs, Pairs, target);
    }

    /// <summary>Whether a panel holds its even channels before its odd ones.</summary>
    private static bool IsSplit(int columns) => sizeof(T) == sizeof(ushort) && columns == TileUnit.Columns;

    /// <summary>Writes one tap's sums [output channel][input channel, as panels hold them] to the gradient [input channel][output channel].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Store(float* source, int rows, int columns, float* target)
    {
        var block = stackalloc Vector512<uint>[Vector];
        for (var start = 0; start < columns; start += Vector)
        {
            var panel = start / TileUnit.Columns * TileUnit.Columns;
            var isSplit = IsSplit(Math.Min(TileUnit.Columns, columns - panel));
            int channel = isSplit ? panel + (start - panel) / Vector : start, channelStep = isSplit ? 2 : 1, width = Math.Min(Vector, columns - start);
            for (var row = 0; row < rows; row += Vector)
            {
                var height = Math.Min(Vector, rows - row);
                for (var i = 0; i < Vector; i++) block[i] = i < height ? TileVector512<float>.LoadFirst(source + (nint)(row + i) * columns + start, width).AsUInt32() : default;
                BFloat16Vectors.Transpose(block);
                for (var i = 0; i < width; i++) TileVector512<float>.StoreFirst(block[i].AsSingle(), target + (nint)(channel + i * channelStep) * W.OutChannels + row, height);
            }
        }
    }
}
