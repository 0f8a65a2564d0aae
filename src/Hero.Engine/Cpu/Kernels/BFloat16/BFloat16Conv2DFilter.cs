using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>The filter of a pass in panels: [panel][kernel row][kernel column][in channel / 2][32][2], taps in the order of the axes.</summary>
internal unsafe struct BFloat16Conv2DFilter<T> : IParallelBody where T : unmanaged
{
    private const int ItemElements = 32 * 1024;

    private BFloat16Conv2DPass<T>* pass;
    private ushort* target;
    private int tapsPerItem;

    /// <summary>Elements of a packed panel.</summary>
    public static nint PanelSize(BFloat16Conv2DPass<T>* pass) => (nint)pass->Depth * TileUnit.Columns;

    /// <summary>Elements of the packed filter.</summary>
    public static nint Size(BFloat16Conv2DPass<T>* pass) => GemmPlan.Up(pass->OutChannels, TileUnit.Columns) * PanelSize(pass);

    public static void Pack(BFloat16Conv2DPass<T>* pass, ushort* target)
    {
        var body = new BFloat16Conv2DFilter<T>
        {
            pass = pass, target = target, tapsPerItem = Math.Clamp(ItemElements / (pass->InChannels * TileUnit.Columns), 1, pass->Taps),
        };
        WorkerTeam.Default.For(GemmPlan.Up(pass->OutChannels, TileUnit.Columns) * GemmPlan.Up(pass->Taps, body.tapsPerItem), ref body);
    }

    public readonly void Run(int item)
    {
        var blocks = GemmPlan.Up(pass->Taps, tapsPerItem);
        int panel = item / blocks, first = item % blocks * tapsPerItem;
        int inChannels = pass->InChannels, outChannels = pass->OutChannels, start = panel * TileUnit.Columns;
        var columns = Math.Min(TileUnit.Columns, outChannels - start);
        for (var tap = first; tap < Math.Min(pass->Taps, first + tapsPerItem); tap++)
        {
            int row = tap / pass->Columns.Taps, column = tap % pass->Columns.Taps;
            var kernel = (nint)(pass->Rows.FirstKernel + row * pass->Rows.KernelStep) * pass->FilterWidth
                + pass->Columns.FirstKernel + column * pass->Columns.KernelStep;
            var source = pass->Filter + kernel * inChannels * outChannels;
            var to = target + panel * PanelSize(pass) + (nint)tap * inChannels * TileUnit.Columns;
            if (pass->Transposed) BFloat16Packing.RightTransposed<T, EvenRows<T>>(new(source + (nint)start * inChannels, inChannels, columns), columns, inChannels, inChannels / 2, to);
            else BFloat16Packing.Right<T, EvenRows<T>>(new(source, outChannels, inChannels), start, columns, inChannels, inChannels / 2, to);
        }
    }
}
