using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>One matrix product cut into items: block of rows x block of columns x chunk of the inner dimension.</summary>
internal unsafe struct GemmBody<TSimd, TVector, T, TEpilogue> : IParallelBody
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
    where TEpilogue : struct, IEpilogue
{
    /// <summary>Up to this depth all panels of a usual right operand stay in the first-level cache.</summary>
    private const int ShortDepth = 16;

    public T* A, B, C;
    public int M, N, K;
    public bool TransposeA, TransposeB;
    public GemmPlan Plan;

    /// <summary>The right operand in panels; null when every item packs what it needs, or reads it where it is.</summary>
    public T* PackedB;

    /// <summary>Whether items pack panels of the right operand for themselves.</summary>
    public bool PackPanels;

    /// <summary>Sums of the second chunk, the third ...; the first chunk's go to <see cref="C"/>.</summary>
    public T* Partials;

    public TEpilogue Epilogue;

    /// <summary>Where <see cref="C"/> begins in the output the epilogue knows.</summary>
    public nint OutputStart;

    private static int Lanes => sizeof(TVector) / sizeof(T);

    private static int PanelWidth => 2 * sizeof(TVector) / sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int item)
    {
        var columnBlock = item % Plan.ColumnBlocks;
        var rowBlock = item / Plan.ColumnBlocks % Plan.RowBlocks;
        var chunk = item / (Plan.ColumnBlocks * Plan.RowBlocks);
        int rowStart = GemmPlan.Cut(M, Plan.RowBlocks, rowBlock), rowEnd = GemmPlan.Cut(M, Plan.RowBlocks, rowBlock + 1);
        var panels = GemmPlan.Up(N, PanelWidth);
        int panelStart = GemmPlan.Cut(panels, Plan.ColumnBlocks, columnBlock);
        int panelEnd = GemmPlan.Cut(panels, Plan.ColumnBlocks, columnBlock + 1);
        int depthStart = GemmPlan.Cut(K, Plan.DepthChunks, chunk), depthEnd = GemmPlan.Cut(K, Plan.DepthChunks, chunk + 1);

        var output = chunk == 0 ? C : Partials + (nint)(chunk - 1) * M * N;
        for (var block = 0; block < Plan.DepthBlocks; block++)
        {
            var from = depthStart + GemmPlan.Cut(depthEnd - depthStart, Plan.DepthBlocks, block);
            var to = depthStart + GemmPlan.Cut(depthEnd - depthStart, Plan.DepthBlocks, block + 1);
            Multiply(output, rowStart, rowEnd, panelStart, panelEnd, from, to, accumulate: block > 0);
        }
        if (Plan.DepthChunks == 1) Finish(rowStart, rowEnd, panelStart * PanelWidth, Math.Min(N, panelEnd * PanelWidth));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Multiply(T* output, int rowStart, int rowEnd, int panelStart, int panelEnd, int from, int to, bool accumulate)
    {
        nint segment = 0;
        var operands = new TileOperands
        {
            Segments = &segment, SegmentCount = 1, SegmentLength = to - from,
            LeftRowStep = (TransposeA ? 1 : K) * (nint)sizeof(T), LeftDepthStep = (TransposeA ? M : 1) * (nint)sizeof(T),
            OutputStep = (nint)N * sizeof(T), Accumulate = accumulate,
        };
        var height = GemmPlan.TileHeight(rowEnd - rowStart, TSimd.MaxRows);

        // A transposed operand read where it is takes a line of every one of its rows for a few elements: worth it for one panel only.
        var packedA = TransposeA && panelEnd - panelStart > 1 ? PackLeft(rowStart, rowEnd, height, from, to) : null;
        if (packedA != null) operands.LeftDepthStep = GemmPacking<TSimd, TVector, T>.LeftStep(height) * (nint)sizeof(T);

        if (PackedB != null && to - from <= ShortDepth)
        {
            // The right operand's panels stay in the cache, so the output may be written row by row.
            for (var row = rowStart; row < rowEnd; row += height)
            {
                for (var panel = panelStart; panel < panelEnd; panel++)
                {
                    SetRight(&operands, panel, from, to);
                    Tile(&operands, output, row, Math.Min(height, rowEnd - row), panel, Left(packedA, row, row - rowStart, from, to, height));
                }
            }
            return;
        }
        for (var panel = panelStart; panel < panelEnd; panel++)
        {
            SetRight(&operands, panel, from, to);
            for (var row = rowStart; row < rowEnd; row += height)
            {
                Tile(&operands, output, row, Math.Min(height, rowEnd - row), panel, Left(packedA, row, row - rowStart, from, to, height));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Tile(TileOperands* operands, T* output, int row, int rows, int panel, T* left)
    {
        operands->Left = (byte*)left;
        operands->Output = (byte*)(output + (nint)row * N + panel * PanelWidth);
        GemmTiles<TSimd, TVector, T>.Run(rows, N - panel * PanelWidth > Lanes ? 2 : 1, operands);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly T* Left(T* packed, int row, int rowInBlock, int from, int to, int height)
    {
        // Tiles of a packed block follow each other; rowInBlock is a multiple of their height.
        if (packed != null) return packed + (nint)(rowInBlock / height) * (to - from) * GemmPacking<TSimd, TVector, T>.LeftStep(height);
        return TransposeA ? A + (nint)from * M + row : A + (nint)row * K + from;
    }

    private readonly T* PackLeft(int rowStart, int rowEnd, int height, int from, int to)
    {
        var rows = rowEnd - rowStart;
        var size = (nint)GemmPlan.Up(rows, height) * (to - from) * GemmPacking<TSimd, TVector, T>.LeftStep(height);
        var packed = (T*)Scratch.Get(1, size * sizeof(T));
        GemmPacking<TSimd, TVector, T>.TransposedLeft(A + (nint)from * M + rowStart, M, to - from, rows, M - rowStart, height, packed);
        return packed;
    }

    private readonly void SetRight(TileOperands* operands, int panel, int from, int to)
    {
        var columns = Math.Min(PanelWidth, N - panel * PanelWidth);
        var width = columns > Lanes ? PanelWidth : Lanes;
        operands->LastColumns = columns - width + Lanes;
        operands->RightStep = width * (nint)sizeof(T);
        if (PackedB != null)
        {
            operands->Right = (byte*)(PackedB + (nint)panel * K * PanelWidth + (nint)from * width);
        }
        else if (columns < width || PackPanels)   // whole vectors would read past the end of a narrower panel
        {
            var packed = (T*)Scratch.Get(2, (nint)(to - from) * width * sizeof(T));
            var source = TransposeB ? B + from : B + (nint)from * N;
            GemmPacking<TSimd, TVector, T>.Panel(source, TransposeB ? K : N, to - from, N, TransposeB, panel, packed);
            operands->Right = (byte*)packed;
        }
        else
        {
            operands->Right = (byte*)(B + (nint)from * N + panel * PanelWidth);
            operands->RightStep = (nint)N * sizeof(T);
        }
    }

    private readonly void Finish(int rowStart, int rowEnd, int columnStart, int columnEnd)
    {
        if (typeof(TEpilogue) == typeof(NoEpilogue)) return;
        if (columnEnd - columnStart == N)
        {
            Epilogue.Apply(OutputStart + (nint)rowStart * N, (nint)(rowEnd - rowStart) * N);
            return;
        }
        for (var row = rowStart; row < rowEnd; row++) Epilogue.Apply(OutputStart + (nint)row * N + columnStart, columnEnd - columnStart);
    }
}
