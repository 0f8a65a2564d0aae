using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The transformed filter of a pass: for each of the 36 products, <see cref="Step"/> elements apart, a right operand in panels (see
/// <see cref="GemmPacking{TSimd, TVector, T}"/>).
/// </summary>
internal unsafe struct WinogradFilterPacking<TSimd, TVector, TLanes> : IParallelBody
    where TSimd : struct, ITileVector<TVector, float>
    where TVector : unmanaged
    where TLanes : struct, ISimd<TLanes, float>
{
    private const int ItemElements = 4096;

    private float* taps, target;
    private nint tapSize, step;
    private int cuts;

    private static int PanelWidth => 2 * TLanes.Count;

    public static nint Size(Conv2DPass<float>* pass) => WinogradPlan.Products * Step(pass);

    public static nint Step(Conv2DPass<float>* pass) =>
        WinogradPlan.Step(GemmPlan.Up(pass->GroupOut, PanelWidth) * pass->GroupIn, PanelWidth, TLanes.Count);

    public static void Pack(Conv2DPass<float>* pass, float* target)
    {
        var taps = (float*)Scratch.Get(1, Conv2DFilterPacking<TSimd, TVector, float>.Size(pass) * sizeof(float));
        Conv2DFilterPacking<TSimd, TVector, float>.Pack(pass, taps);
        var panels = GemmPlan.Up(pass->GroupOut, PanelWidth);
        var body = new WinogradFilterPacking<TSimd, TVector, TLanes> { step = Step(pass) };
        for (var panel = 0; panel < panels; panel++)
        {
            body.taps = taps + (nint)panel * PanelWidth * pass->Depth;
            body.target = target + (nint)panel * PanelWidth * pass->GroupIn;
            body.tapSize = (nint)GemmPacking<TSimd, TVector, float>.Width(pass->GroupOut, panel) * pass->GroupIn;
            body.cuts = (int)((body.tapSize + ItemElements - 1) / ItemElements);
            WorkerTeam.Default.For(body.cuts, ref body);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public readonly void Run(int item)
    {
        var middleMemory = stackalloc float[WinogradTransform<TLanes>.PatchSize];
        var middle = WinogradTransform<TLanes>.Aligned(middleMemory);
        var end = Math.Min(tapSize, (nint)(item + 1) * ItemElements);
        for (var i = (nint)item * ItemElements; i < end; i += TLanes.Count)
        {
            WinogradTransform<TLanes>.Run<WinogradFilter>(
                taps + i, 3 * tapSize, tapSize, target + i, WinogradPlan.InputSide * step, step, middle);
        }
    }
}
