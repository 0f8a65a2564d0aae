using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// What one thread does of a matrix product: a block of rows, columns and inner dimension, in tiles. Pieces of the right operand that
/// stay in the second-level cache meet all rows of the left one, a tile's height at a time; each tile of the output is finished over
/// the piece's whole depth before the next. While a tile is computed, the operands of later ones are brought nearer.
/// </summary>
internal unsafe struct GemmBlock<TSimd, TVector, T>
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged, INumber<T>
{
    /// <summary>The longest inner dimension a tile goes through at once.</summary>
    private const int MaxDepth = 1024;

    /// <summary>Bytes of packed right operand that all rows meet before the next piece: half of a usual second-level cache.</summary>
    private const int PackedBytes = 512 * 1024;

    /// <summary>The same where it is read in place: rows far apart crowd into few sets of the cache ...</summary>
    private const int DirectBytes = 256 * 1024;

    /// <summary>... and this much memory they may be spread over.</summary>
    private const int DirectReach = 512 * 1024;

    /// <summary>The longest inner dimension where its steps are far apart: read in place, or down a transposed left operand.</summary>
    private const int MaxFarDepth = 256;

    /// <summary>Elements of finished output after which the epilogue gets them while they are in the first-level cache.</summary>
    private const int FinishElements = 4096;

    private const int CacheLine = 64;

    /// <summary>op(A) is m x k: [m, k], or [k, m] when it is transposed; rows <see cref="StepA"/> elements apart.</summary>
    public T* A;

    /// <summary>op(B) is k x n: [k, n], or [n, k] when it is transposed; rows <see cref="StepB"/> elements apart.</summary>
    public T* B;

    public T* C;
    public nint StepA, StepB, StepC;
    public int M, N, K;
    public bool TransposeA, TransposeB;

    /// <summary>op(B) packed (see <see cref="PackedMatrix{T}"/>), which is read instead of <see cref="B"/>; or null.</summary>
    public T* PackedB;

    /// <summary>A number for each column of C that its sums begin with, and two that they are held between; or null, as with a transposed A.</summary>
    public T* Bias, Range;

    /// <summary>Whether the packed columns of a range are few enough to meet all rows over their whole depth at once.</summary>
    public bool Narrow;

    /// <summary>Whether A is in a cache: only the rows at hand may be read.</summary>
    public bool LeftIsNear;

    /// <summary>How many columns behind these the thread will mostly pack next, which rows of a transposed B are brought near for; 0 for none.</summary>
    public int ComingColumns;

    /// <summary>Whether B is read where it is.</summary>
    public bool Direct;

    private static int Lanes => sizeof(TVector) / sizeof(T);

    private static int PanelWidth => 2 * sizeof(TVector) / sizeof(T);

    /// <summary>How many packed columns all rows of a left operand meet at once.</summary>
    public static int PieceColumns(int depth, bool transposeA) => PackedBytes / (Math.Min(depth, transposeA ? MaxFarDepth : MaxDepth) * sizeof(T));

    /// <summary>C = A B or C += A B; see <see cref="PackedMatrix{T}"/>.</summary>
    public static void Packed(PackedMatrix<T> b, T* a, nint stepA, T* c, nint stepC, int rows, bool accumulate, T* bias = null, T* range = null)
    {
        if (b.Depth == 0 && !accumulate) for (var row = 0; row < rows; row++) new Span<T>(c + row * stepC, b.Columns).Clear();
        if (rows == 0 || b.Depth == 0) return;
        var block = new GemmBlock<TSimd, TVector, T>
        {
            A = a, StepA = stepA, PackedB = b.Data, C = c, StepC = stepC, M = rows, N = b.Columns, K = b.Depth, Bias = bias, Range = range,
        };
        block.Run(c, 0, rows, 0, GemmPlan.Up(b.Columns, PanelWidth), 0, b.Depth, accumulate, default(NoEpilogue), 0);
    }

    /// <summary>
    /// output = op(A) op(B) over a range of rows, panels of columns and inner dimension, or += with <paramref name="accumulate"/>. The
    /// epilogue gets each range of finished output; its ranges count from <paramref name="outputStart"/> at <paramref name="output"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TEpilogue>(
        T* output, int rowStart, int rowEnd, int panelStart, int panelEnd, int depthStart, int depthEnd, bool accumulate,
        in TEpilogue epilogue, nint outputStart)
        where TEpilogue : struct, IEpilogue
    {
        int depth = depthEnd - depthStart, most = Narrow ? depth : Direct ? DirectDepth(panelEnd - panelStart) : TransposeA ? MaxFarDepth : MaxDepth;
        var blocks = GemmPlan.Up(depth, most);
        var panels = panelEnd - panelStart;
        // Down a transposed left operand, a thread mostly goes on to the next chunk, unless there are no more than threads.
        var goesOn = TransposeA && !TransposeB && depthEnd < K && depth < K / GemmPlan.MinItems;
        if (!Narrow && !Direct) panels = GemmPlan.TileHeight(panels, Math.Max(1, PackedBytes / (2 * sizeof(TVector) * GemmPlan.Up(depth, blocks))));
        for (var panel = panelStart; panel < panelEnd; panel += panels)
        {
            for (var block = 0; block < blocks; block++)
            {
                int from = depthStart + GemmPlan.Cut(depth, blocks, block), to = depthStart + GemmPlan.Cut(depth, blocks, block + 1);
                var piece = new Piece
                {
                    Output = output, FirstPanel = panel, EndPanel = Math.Min(panelEnd, panel + panels), From = from, To = to,
                    Next = block + 1 < blocks || goesOn ? to : -1, Last = block + 1 == blocks, Accumulate = accumulate || block > 0,
                };
                if (block + 1 < blocks) Multiply(piece, rowStart, rowEnd, default(NoEpilogue), 0);
                else Multiply(piece, rowStart, rowEnd, epilogue, outputStart);
            }
        }
    }

    /// <summary>The range of the inner dimension over which so many panels of B read in place keep to their share of the cache.</summary>
    private readonly int DirectDepth(int panels)
    {
        var wide = Math.Min(DirectBytes / (panels * PanelWidth * sizeof(T)), DirectReach / Math.Max(1, StepB * sizeof(T)));
        return (int)Math.Clamp(wide, 32, MaxFarDepth);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Multiply<TEpilogue>(in Piece piece, int rowStart, int rowEnd, in TEpilogue epilogue, nint outputStart)
        where TEpilogue : struct, IEpilogue
    {
        int from = piece.From, depth = piece.To - piece.From, panels = piece.EndPanel - piece.FirstPanel;
        nint segment = 0;
        var operands = new TileOperands
        {
            Segments = &segment, SegmentCount = 1, SegmentLength = depth,
            LeftStep = StepA * sizeof(T), LeftTransposed = TransposeA,
            OutputStep = StepC * sizeof(T), Accumulate = piece.Accumulate, Range = piece.Last ? (byte*)Range : null,
        };
        var packedB = PackedB == null ? PackRight(piece) : null;
        var height = GemmPlan.TileHeight(rowEnd - rowStart, TSimd.MaxRows);
        var endLeft = Narrow ? M : rowEnd;   // these columns mostly meet the rows below next

        // A transposed operand read where it is takes a line of every one of its rows for a few elements: worth it for one panel only.
        var packedA = TransposeA && panels > 1 ? (T*)Scratch.Get(1, depth * GemmPacking<TSimd, TVector, T>.LeftStep(height) * sizeof(T)) : null;
        var coming = ComingColumns > 0 ? ComingRows(piece, rowEnd - rowStart, height)
            : piece.Next >= 0 && PackedB == null && !TransposeB ? Coming(piece, rowStart, rowEnd, height) : default;
        var finished = rowStart;
        for (var row = rowStart; row < rowEnd; row += height)
        {
            operands.Left = (byte*)(TransposeA ? A + from * StepA + row : A + row * StepA + from);
            if (packedA != null)
            {
                GemmPacking<TSimd, TVector, T>.TransposedLeft((T*)operands.Left, StepA, depth, Math.Min(height, rowEnd - row), M - row, packedA);
                operands.Left = (byte*)packedA;
                operands.LeftStep = GemmPacking<TSimd, TVector, T>.LeftStep(Math.Min(height, rowEnd - row)) * sizeof(T);
            }
            for (var panel = piece.FirstPanel; panel < piece.EndPanel; panel++)
            {
                SetRight(&operands, piece, panel, packedB);
                operands.Output = (byte*)(piece.Output + row * StepC + panel * PanelWidth);
                if (Bias != null) operands.Bias = (byte*)(Bias + panel * PanelWidth);
                // A transposed left operand has come while the range before was computed, but for the first.
                if (panel == piece.FirstPanel && !(TransposeA && !TransposeB && from > 0)) NextLeft(&operands, from, depth, row + height, Math.Min(height, endLeft - row - height));
                else operands.Ahead = null;
                coming.Fetch(&operands);
                if (piece.Accumulate) FetchOutput(piece, row, panel, height);
                GemmTiles<TSimd, TVector, T>.Run(Math.Min(height, rowEnd - row), N - panel * PanelWidth > Lanes ? 2 : 1, &operands);
            }
            var done = Math.Min(row + height, rowEnd);
            if (typeof(TEpilogue) != typeof(NoEpilogue) && ((done - finished) * panels * PanelWidth >= FinishElements || done == rowEnd))
            {
                Finish(piece, finished, done, epilogue, outputStart);
                finished = done;
            }
        }
    }

    /// <summary>Sums go on from what the output holds: that of the tile after this one is brought near while this one is computed.</summary>
    private readonly void FetchOutput(in Piece piece, int row, int panel, int height)
    {
        if (!Sse.IsSupported) return;
        if (++panel == piece.EndPanel) (row, panel) = (row + height, piece.FirstPanel);
        for (var end = Math.Min(row + height, M); row < end; row++)
        {
            var output = piece.Output + row * StepC + panel * PanelWidth;
            Sse.Prefetch0(output);
            Sse.Prefetch0(output + Lanes);
        }
    }

    /// <summary>Has a tile fetch the left operand of the next one below it, which is <paramref name="rows"/> high.</summary>
    private readonly void NextLeft(TileOperands* operands, int from, int depth, int row, int rows)
    {
        operands->Ahead = null;
        if (rows <= 0 || LeftIsNear) return;
        if (TransposeA)
        {
            operands->Ahead = (byte*)(A + from * StepA + row + rows - 1);   // what lies before came with this tile, but for one line
            operands->AheadStep = StepA * sizeof(T);
        }
        else if (depth == StepA)
        {
            operands->Ahead = (byte*)(A + row * StepA);   // whole rows are one stretch of memory
            operands->AheadStep = CacheLine;
        }
    }

    /// <summary>What tiles of the next range of the inner dimension read of the right operand, and of the left one if it is transposed.</summary>
    private readonly ComingRange Coming(in Piece piece, int rowStart, int rowEnd, int height)
    {
        int depth = piece.To - piece.From, panels = piece.EndPanel - piece.FirstPanel, column = piece.FirstPanel * PanelWidth;
        return new ComingRange(
            TransposeA && !LeftIsNear ? new CacheLines((byte*)(A + piece.Next * StepA + rowStart), StepA * sizeof(T), (rowEnd - rowStart) * sizeof(T), depth) : default,
            new CacheLines((byte*)(B + piece.Next * StepB + column), StepB * sizeof(T), Math.Min(panels * PanelWidth, N - column) * sizeof(T), depth),
            panels * GemmPlan.Up(rowEnd - rowStart, height));
    }

    /// <summary>The rows of a transposed right operand that are packed after these columns: one stretch of memory.</summary>
    private readonly ComingRange ComingRows(in Piece piece, int rows, int height)
    {
        int depth = piece.To - piece.From, column = piece.EndPanel * PanelWidth, count = Math.Min(ComingColumns, N - column);
        if (count <= 0) return default;
        var bytes = (int)(count * StepB * sizeof(T) / depth);
        return new ComingRange(default, new CacheLines((byte*)(B + column * StepB), bytes, bytes, depth), (piece.EndPanel - piece.FirstPanel) * GemmPlan.Up(rows, height));
    }

    /// <summary>Panels of the right operand over its whole depth, packed by this thread now or for an item before; what <see cref="PackedB"/> is to be.</summary>
    public readonly T* Kept(long product, int panelStart, int panelEnd)
    {
        var packed = (T*)Scratch.Get(2, (nint)(panelEnd - panelStart) * K * PanelWidth * sizeof(T));
        if (!KeptColumns.Has(product, panelStart)) GemmPacking<TSimd, TVector, T>.Panels(B, StepB, K, N, TransposeB, panelStart, panelEnd, packed);
        return packed - (nint)panelStart * K * PanelWidth;
    }

    /// <summary>The piece's panels one after the other, unless they are read in place.</summary>
    private readonly T* PackRight(in Piece piece)
    {
        // In place, whole vectors would read past the end of a last panel that is narrower.
        var first = !Direct ? piece.FirstPanel : piece.EndPanel * PanelWidth > N ? piece.EndPanel - 1 : piece.EndPanel;
        if (first == piece.EndPanel) return null;
        nint depth = piece.To - piece.From;
        var packed = (T*)Scratch.Get(2, (piece.EndPanel - first) * depth * PanelWidth * sizeof(T));
        var source = TransposeB ? B + piece.From : B + piece.From * StepB;
        GemmPacking<TSimd, TVector, T>.Panels(source, StepB, (int)depth, N, TransposeB, first, piece.EndPanel, packed);
        return packed - (first - piece.FirstPanel) * depth * PanelWidth;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void SetRight(TileOperands* operands, in Piece piece, int panel, T* packed)
    {
        var columns = Math.Min(PanelWidth, N - panel * PanelWidth);
        var width = columns > Lanes ? PanelWidth : Lanes;
        operands->LastColumns = columns - width + Lanes;
        operands->RightStep = width * (nint)sizeof(T);
        if (PackedB != null)
        {
            operands->Right = (byte*)(PackedB + (nint)panel * K * PanelWidth + (nint)piece.From * width);
        }
        else if (Direct && columns == PanelWidth)
        {
            operands->Right = (byte*)(B + piece.From * StepB + panel * PanelWidth);
            operands->RightStep = StepB * sizeof(T);
        }
        else
        {
            operands->Right = (byte*)(packed + (nint)(panel - piece.FirstPanel) * (piece.To - piece.From) * PanelWidth);
        }
    }

    private readonly void Finish<TEpilogue>(in Piece piece, int rowStart, int rowEnd, in TEpilogue epilogue, nint outputStart)
        where TEpilogue : struct, IEpilogue
    {
        int start = piece.FirstPanel * PanelWidth, end = Math.Min(N, piece.EndPanel * PanelWidth);
        epilogue.ApplyRows(outputStart + rowStart * StepC + start, end - start, rowEnd - rowStart, StepC);
    }

    /// <summary>Panels of the right operand over a range of the inner dimension.</summary>
    private struct Piece
    {
        public T* Output;
        public int FirstPanel, EndPanel, From, To;

        /// <summary>Where the next range of the inner dimension begins, of this item or probably of the thread's next one; -1 for none.</summary>
        public int Next;

        /// <summary>Whether this is the item's last range of the inner dimension.</summary>
        public bool Last;

        public bool Accumulate;
    }
}
