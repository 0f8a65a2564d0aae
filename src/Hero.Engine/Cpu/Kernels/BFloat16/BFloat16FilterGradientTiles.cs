namespace Hero.Cpu.Kernels;

/// <summary>
/// The tiles of one panel's sums for the taps of a phase, apart for distances along the grid that are even and odd. Two tiles of output channels at a time: those
/// stay in the first-level cache.
/// </summary>
internal unsafe struct BFloat16FilterGradientTiles
{
    private readonly Window2D w;
    private readonly BFloat16FilterGradientPlan plan;
    private readonly int outCount;
    private readonly nint rowStep;

    // Tiles of whole height and what is left over, each of taps an even and an odd distance away.
    private TileList evenWhole, evenRest, oddWhole, oddRest;
    private (int Y, int X) phase = (-1, -1);

    /// <param name="w">The convolution.</param>
    /// <param name="plan">How its filter's gradient is cut.</param>
    /// <param name="outCount">Output channels.</param>
    /// <param name="rowStep">Bytes from the sums of one output channel to those of the next.</param>
    public BFloat16FilterGradientTiles(in Window2D w, in BFloat16FilterGradientPlan plan, int outCount, nint rowStep)
    {
        (this.w, this.plan, this.outCount, this.rowStep) = (w, plan, outCount, rowStep);
        var most = w.KernelHeight * w.KernelWidth * GemmPlan.Up(outCount, plan.Height);
        (evenWhole, evenRest, oddWhole, oddRest) = (new(most), new(most, 1), new(most, 2), new(most, 3));
    }

    public readonly bool HasEven => !evenWhole.IsEmpty || !evenRest.IsEmpty;

    public readonly bool HasOdd => !oddWhole.IsEmpty || !oddRest.IsEmpty;

    /// <summary>Takes down the tiles of a phase, where the one before was another.</summary>
    public void List(int phaseY, int phaseX)
    {
        if ((phaseY, phaseX) == phase) return;
        phase = (phaseY, phaseX);
        evenWhole.Clear();
        evenRest.Clear();
        oddWhole.Clear();
        oddRest.Clear();
        var tiles = outCount / plan.Height;
        for (var tile = 0; tile < tiles; tile += 2) List(ref evenWhole, ref oddWhole, tile, Math.Min(2, tiles - tile));
        if (outCount % plan.Height != 0) List(ref evenRest, ref oddRest, tiles, 1);
    }

    /// <summary>Computes those of even distances, or of odd ones.</summary>
    public readonly void Run(TileCall* call, int columns, bool odd)
    {
        (odd ? oddWhole : evenWhole).Run(call, plan.Height, columns, TileUnit.DepthStep);
        (odd ? oddRest : evenRest).Run(call, outCount % plan.Height, columns, TileUnit.DepthStep);
    }

    private readonly void List(ref TileList even, ref TileList odd, int tile, int count)
    {
        nint tileSize = (nint)plan.Steps * BFloat16Packing.LeftStep * sizeof(ushort), outputStep = plan.Height * rowStep;
        for (var tap = 0; tap < w.KernelHeight * w.KernelWidth; tap++)
        {
            var distance = Distance(tap);
            if (distance < 0) continue;
            var right = distance / 2 * (nint)BFloat16Packing.PairElements * sizeof(ushort);
            var output = tap * outCount * rowStep + tile * outputStep;
            if (distance % 2 == 0) even.Add(tile * tileSize, tileSize, right, output, outputStep, count);
            else odd.Add(tile * tileSize, tileSize, right, output, outputStep, count);
        }
    }

    /// <summary>How far along the grid a tap's input lies from its output; -1 for a tap of another phase.</summary>
    private readonly int Distance(int tap)
    {
        int y = tap / w.KernelWidth * w.DilationHeight, x = tap % w.KernelWidth * w.DilationWidth;
        if (y % w.StrideHeight != phase.Y || x % w.StrideWidth != phase.X) return -1;
        return y / w.StrideHeight * plan.GridWidth + x / w.StrideWidth;
    }
}
