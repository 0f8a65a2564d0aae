using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The gradient of a convolution's input as the forward computation run backward: the transform of the output's gradient, 36 matrix products
/// with the turned filter, the transform to the input's gradient, tile added to overlapping tile. The other way, a convolution of its own
/// with zeros around the output's gradient, has more tiles where the forward convolution made images smaller. Items are some whole images.
/// </summary>
internal unsafe struct WinogradInputGradientBody<TSimd, TVector, TLanes> : IParallelBody
    where TSimd : struct, ITileVector<TVector, float>
    where TVector : unmanaged
    where TLanes : struct, ISimd<TLanes, float>
{
    private Conv2DPass<float>* pass;
    private WinogradPlan plan;
    private float* filter;
    private nint filterStep;

    /// <summary>The pass is the forward one with the gradients of its input and output in their places.</summary>
    public static void Run(Conv2DPass<float>* pass)
    {
        var turned = *pass;
        (turned.GroupIn, turned.GroupOut, turned.Transposed) = (pass->GroupOut, pass->GroupIn, true);
        var body = new WinogradInputGradientBody<TSimd, TVector, TLanes>
        {
            pass = pass, plan = WinogradPlan.OfImages(pass, TLanes.Count),
            filter = (float*)Scratch.Get(0, WinogradFilterPacking<TSimd, TVector, TLanes>.Size(&turned) * sizeof(float)),
            filterStep = WinogradFilterPacking<TSimd, TVector, TLanes>.Step(&turned),
        };
        WinogradFilterPacking<TSimd, TVector, TLanes>.Pack(&turned, body.filter);
        WorkerTeam.Default.For(body.plan.Blocks, ref body);
    }

    public readonly void Run(int item)
    {
        var block = plan.Block(item, 0, plan.TileRows);
        nint inputStep = WinogradPlan.Step(block.Tiles, plan.InWidth, TLanes.Count);
        nint outputStep = WinogradPlan.Step(block.Tiles, plan.OutWidth, TLanes.Count);
        var inputs = (float*)Scratch.Get(1, WinogradPlan.Products * (inputStep + outputStep) * sizeof(float));
        var outputs = inputs + WinogradPlan.Products * inputStep;
        WinogradTiles<TLanes>.OutputGradient(pass, plan, block, outputs, outputStep);
        for (var product = 0; product < WinogradPlan.Products; product++)
        {
            GemmBlock<TSimd, TVector, float>.Packed(
                new PackedMatrix<float>(filter + product * filterStep, pass->GroupOut, pass->GroupIn), outputs + product * outputStep,
                plan.OutWidth, inputs + product * inputStep, plan.InWidth, block.Tiles, accumulate: false);
        }
        WinogradTiles<TLanes>.InputGradient(pass, plan, block, inputs, inputStep);
    }
}
