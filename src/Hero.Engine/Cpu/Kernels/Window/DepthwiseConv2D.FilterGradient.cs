using System.Numerics;

namespace Hero.Cpu.Kernels;

internal static unsafe partial class DepthwiseConv2D
{
    /// <summary>
    /// dfilter = the gradient of sum(y * dy) with respect to the filter. Overwrites all of dfilter. The output rows are cut into chunks
    /// by shape; each chunk has sums of its own, which are then added in order. x may be an intake where the multiplier is 1.
    /// </summary>
    public static void FilterGradient<T>(in Window2D w, T* x, T* dy, T* dfilter, in Intake intake = default)
        where T : unmanaged, INumber<T>
    {
        var multiplier = Multiplier(w);
        if (multiplier > 1)
        {
            var rows = new RepeatedRows<T, NoEpilogue>(w, x, null, multiplier, default);
            var chunk = new DepthwiseFilterRuns<T, RepeatedRows<T, NoEpilogue>>(w, rows, dy);
            DepthwiseFilterPass<T, DepthwiseFilterRuns<T, RepeatedRows<T, NoEpilogue>>>.Run(w, chunk, dfilter);
        }
        else if (Slides(w))
        {
            DepthwiseFilterPass<T, DepthwiseFilterPairs<T>>.Run(w, new DepthwiseFilterPairs<T>(w, x, dy, intake), dfilter);
        }
        else if (intake.Exists)
        {
            var chunk = new DepthwiseFilterRuns<T, TakenRows<T, NoEpilogue>>(w, new TakenRows<T, NoEpilogue>(w, intake, null, default), dy);
            DepthwiseFilterPass<T, DepthwiseFilterRuns<T, TakenRows<T, NoEpilogue>>>.Run(w, chunk, dfilter);
        }
        else
        {
            var rows = new DirectRows<T, NoEpilogue>(x, w.InHeight, (nint)w.InWidth * w.InChannels, null, 0, default);
            var chunk = new DepthwiseFilterRuns<T, DirectRows<T, NoEpilogue>>(w, rows, dy);
            DepthwiseFilterPass<T, DepthwiseFilterRuns<T, DirectRows<T, NoEpilogue>>>.Run(w, chunk, dfilter);
        }
    }
}
