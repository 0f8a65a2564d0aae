using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The filter of a pass in panels (see <see cref="GemmPacking{TSimd, TVector, T}"/>): [group][panel][kernel row][kernel column]
/// [in channel][panel width], taps in the order of the axes.
/// </summary>
internal unsafe struct Conv2DFilterPacking<TSimd, TVector, T> : IParallelBody
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    private const int ItemElements = 16 * 1024;

    private Conv2DPass<T>* pass;
    private T* target;
    private int panels, rowsPerItem;

    private static int PanelWidth => 2 * sizeof(TVector) / sizeof(T);

    /// <summary>Elements of the packed filter.</summary>
    public static nint Size(Conv2DPass<T>* pass) => (nint)pass->Groups * GroupSize(pass);

    /// <summary>Elements of one group of it.</summary>
    public static nint GroupSize(Conv2DPass<T>* pass) => (nint)GemmPlan.Up(pass->GroupOut, PanelWidth) * PanelWidth * pass->Depth;

    public static void Pack(Conv2DPass<T>* pass, T* target)
    {
        var rowSize = (long)pass->Columns.Taps * pass->GroupIn * PanelWidth;
        var body = new Conv2DFilterPacking<TSimd, TVector, T>
        {
            pass = pass, target = target, panels = GemmPlan.Up(pass->GroupOut, PanelWidth),
            rowsPerItem = (int)Math.Clamp(ItemElements / rowSize, 1, pass->Rows.Taps),
        };
        WorkerTeam.Default.For(pass->Groups * body.panels * GemmPlan.Up(pass->Rows.Taps, body.rowsPerItem), ref body);
    }

    public readonly void Run(int item)
    {
        var blocks = GemmPlan.Up(pass->Rows.Taps, rowsPerItem);
        int block = item % blocks, panel = item / blocks % panels, group = item / blocks / panels;
        int inChannels = pass->GroupIn, outChannels = pass->GroupOut;
        // The filter's last dimension is the forward convolution's output: this pass' output, or its input when transposed.
        var step = (nint)(pass->Transposed ? inChannels : outChannels) * pass->Groups;
        var rowsOfFilter = pass->Transposed ? outChannels : inChannels;
        var width = GemmPacking<TSimd, TVector, T>.Width(outChannels, panel);

        var rowEnd = Math.Min(pass->Rows.Taps, (block + 1) * rowsPerItem);
        for (var row = block * rowsPerItem; row < rowEnd; row++)
        {
            for (var column = 0; column < pass->Columns.Taps; column++)
            {
                var kernel = (nint)(pass->Rows.FirstKernel + row * pass->Rows.KernelStep) * pass->FilterWidth
                    + pass->Columns.FirstKernel + column * pass->Columns.KernelStep;
                var source = pass->Filter + kernel * rowsOfFilter * step + (nint)group * (pass->Transposed ? inChannels : outChannels);
                var to = target + group * GroupSize(pass) + (nint)panel * PanelWidth * pass->Depth
                    + (nint)(row * pass->Columns.Taps + column) * inChannels * width;
                GemmPacking<TSimd, TVector, T>.Panel(source, step, inChannels, outChannels, pass->Transposed, panel, to);
            }
        }
    }
}
