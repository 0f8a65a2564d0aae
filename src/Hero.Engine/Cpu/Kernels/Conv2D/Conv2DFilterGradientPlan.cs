namespace Hero.Cpu.Kernels;

/// <summary>How the gradient of a filter is cut into items: by shape and instruction set only, never by the number of threads.</summary>
internal readonly struct Conv2DFilterGradientPlan
{
    private const double ItemWork = 500_000;
    private const int WantedItems = 32;

    /// <summary>Output pixels of a stretch: a panel of that many rows fits the first-level cache.</summary>
    private const int StretchPixels = 256;

    /// <summary>The same where packed input has to fit beside it.</summary>
    private const int PackedStretchPixels = 128;

    /// <summary>Elements from pixel to pixel from which tiles of channels are packed: read in place, they would crowd into few sets of the cache.</summary>
    private const int PackedStep = 128;

    /// <summary>Filter elements a block may have: its sums stay in the second-level cache.</summary>
    private const int BlockElements = 128 * 1024;

    /// <summary>Elements all chunks' sums together may have.</summary>
    private const long PartialElements = 16 * 1024 * 1024;

    /// <summary>Pieces of the rows of output pixels of all images, and the most rows in one.</summary>
    public int Stretches { get; private init; }

    public int StretchRows { get; private init; }

    /// <summary>Runs of stretches summed apart, in parallel, and added up at the end in their order.</summary>
    public int Chunks { get; private init; }

    /// <summary>Filter rows that lie side by side in the input: a tap's channels or a kernel row's.</summary>
    public int RunLength { get; private init; }

    public int RunsPerRow { get; private init; }

    public int TileHeight { get; private init; }

    public int TilesPerRun { get; private init; }

    public int Units { get; private init; }

    public int UnitBlocks { get; private init; }

    /// <summary>Whether items pack the input (see <see cref="Conv2DInputPacking{TSimd, TVector, T}"/>).</summary>
    public bool PackInput { get; private init; }

    public int ViewWidth { get; private init; }

    /// <summary>The most rows of copied input a stretch needs.</summary>
    public nint ViewRows { get; private init; }

    public nint GradientSize { get; private init; }

    public int Items => Chunks * UnitBlocks;

    public static unsafe Conv2DFilterGradientPlan Of<T>(Conv2DPass<T>* pass, int tileRows) where T : unmanaged
    {
        ref readonly var axis = ref pass->Rows;
        var rows = pass->Batch * axis.Outputs;
        var packInput = pass->Groups == 1 && pass->GroupIn * pass->Columns.OutputStep >= PackedStep;
        var stretches = GemmPlan.Up(rows, Math.Max(1, (packInput ? PackedStretchPixels : StretchPixels) / pass->Columns.Outputs));
        var stretchRows = GemmPlan.Up(rows, stretches);
        var images = Math.Min((stretchRows - 1) / axis.Outputs + 2, pass->Batch);

        var wholeRows = pass->DenseRows && !packInput;
        var runsPerRow = wholeRows ? 1 : pass->Columns.Taps;
        var runLength = wholeRows ? pass->Columns.Taps * pass->GroupIn : pass->GroupIn;
        var tileHeight = GemmPlan.TileHeight(runLength, tileRows);
        var tilesPerRun = GemmPlan.Up(runLength, tileHeight);
        var units = axis.Taps * runsPerRow * tilesPerRun;
        var size = (nint)pass->Depth * pass->GroupOut * pass->Groups;

        var wanted = (int)Math.Clamp(pass->Work / ItemWork, 1, WantedItems);
        var unitBlocks = (int)Math.Clamp((size + BlockElements - 1) / BlockElements, 1, units);
        var most = (int)Math.Clamp(PartialElements / size, 1, stretches);
        var chunks = Math.Min(most, GemmPlan.Up(wanted, unitBlocks));
        if (chunks * unitBlocks < wanted) unitBlocks = Math.Min(units, Math.Max(unitBlocks, GemmPlan.Up(wanted, chunks)));
        return new Conv2DFilterGradientPlan
        {
            Stretches = stretches, StretchRows = stretchRows, Chunks = chunks,
            RunLength = runLength, RunsPerRow = runsPerRow, TileHeight = tileHeight,
            TilesPerRun = tilesPerRun, Units = units, UnitBlocks = unitBlocks,
            PackInput = packInput,
            ViewWidth = pass->Padded || packInput ? pass->Columns.Reach(pass->Columns.Outputs) : pass->Columns.Inputs,
            // Each image's part of the stretch brings its own margin.
            ViewRows = (nint)stretchRows * axis.OutputStep + (nint)images * axis.Reach(1),
            GradientSize = size,
        };
    }
}
