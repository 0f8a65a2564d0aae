using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>A product of packed operands (see <see cref="BFloat16Packing"/>), on the calling thread: tiles of rows by panels of columns.</summary>
internal unsafe struct BFloat16Block
{
    public int Rows, Columns;

    /// <summary>Rows of a tile; the last may have fewer.</summary>
    public int Height;

    /// <summary>Steps of depth.</summary>
    public int Steps;

    /// <summary>Bytes from one tile of the left operand to the next, and from one panel of the right one to the next.</summary>
    public nint TileStep, PanelStep;

    /// <summary>C = A B, or C += A B; rows of C are <paramref name="stepC"/> elements apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Multiply(byte* left, byte* right, float* c, nint stepC, bool accumulate)
    {
        nint segment = 0;
        var rowStep = stepC * sizeof(float);
        var call = new TileCall
        {
            Left = left, Right = right, Output = (byte*)c, Segments = &segment, SegmentCount = 1, StepsPerSegment = Steps,
            LeftRowStep = TileUnit.DepthStep * sizeof(ushort), LeftDepthStep = BFloat16Packing.LeftStep * sizeof(ushort),
            OutputRowStep = rowStep, Accumulate = accumulate ? 1 : 0,
        };
        // Tiles and panels of whole size, and what is left at the lower and right edges.
        int tiles = GemmPlan.Up(Rows, Height), panels = GemmPlan.Up(Columns, TileUnit.Columns);
        int lastRows = Rows - (tiles - 1) * Height, lastColumns = Columns - (panels - 1) * TileUnit.Columns;
        int wholeTiles = lastRows < Height ? tiles - 1 : tiles, wholePanels = lastColumns < TileUnit.Columns ? panels - 1 : panels;
        var list = new TileList(tiles * panels);
        for (var edge = 0; edge < 4; edge++)
        {
            bool below = edge > 1, beside = edge % 2 != 0;
            if ((below ? wholeTiles == tiles : wholeTiles == 0) || (beside ? wholePanels == panels : wholePanels == 0)) continue;
            int firstTile = below ? wholeTiles : 0, endTile = below ? tiles : wholeTiles, firstPanel = beside ? wholePanels : 0, endPanel = beside ? panels : wholePanels;
            list.Clear();
            for (var panel = firstPanel; panel < endPanel; panel++)
            {
                var start = firstTile * Height * rowStep + panel * TileUnit.Columns * (nint)sizeof(float);
                list.Add(firstTile * TileStep, TileStep, panel * PanelStep, start, Height * rowStep, endTile - firstTile);
            }
            list.Run(&call, below ? lastRows : Height, beside ? lastColumns : TileUnit.Columns, TileUnit.DepthStep);
        }
    }
}
