using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The gradient of a filter by Winograd's convolution: the transforms of the input and of the output's gradient, 36 matrix products over the
/// tiles, and the transform back of their sums. Items are chunks of blocks of tiles, each with sums of its own.
/// </summary>
internal unsafe struct WinogradFilterGradientBody<TSimd, TVector, TLanes> : IParallelBody
    where TSimd : struct, ITileVector<TVector, float>
    where TVector : unmanaged
    where TLanes : struct, ISimd<TLanes, float>
{
    private const int Chunks = 32;

    private Conv2DPass<float>* pass;
    private WinogradPlan plan;
    private int chunks;

    /// <summary>Gradients of the second chunk, the third ...; the first chunk's go to <see cref="gradient"/>.</summary>
    private float* gradient, partials;

    private static int PanelWidth => 2 * TLanes.Count;

    private readonly nint GradientSize => (nint)pass->Depth * pass->GroupOut;

    /// <summary>The pass is the forward one; its output is the gradient that comes in.</summary>
    public static void Run(Conv2DPass<float>* pass, float* gradient)
    {
        var body = new WinogradFilterGradientBody<TSimd, TVector, TLanes>
        {
            pass = pass, plan = WinogradPlan.Of(pass, TLanes.Count, TSimd.MaxRows), gradient = gradient,
        };
        body.chunks = Math.Min(Chunks, body.plan.Blocks);
        if (body.chunks > 1) body.partials = (float*)Scratch.Get(3, (body.chunks - 1) * body.GradientSize * sizeof(float));
        WorkerTeam.Default.For(body.chunks, ref body);
        if (body.chunks > 1)
        {
            GemmReduction<TSimd, TVector, float, NoEpilogue>.Run(gradient, body.GradientSize, body.partials, body.chunks - 1, default, 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int item)
    {
        var sumStep = WinogradPlan.Step(pass->GroupIn, plan.OutWidth, TLanes.Count);
        var sums = (float*)Scratch.Get(2, WinogradPlan.Products * sumStep * sizeof(float));
        int first = GemmPlan.Cut(plan.Blocks, chunks, item), end = GemmPlan.Cut(plan.Blocks, chunks, item + 1);
        for (var index = first; index < end; index++)
        {
            var block = plan.Block(index, 0, plan.TileRows);
            nint inputStep = WinogradPlan.Step(block.Tiles, plan.InWidth, TLanes.Count);
            nint outputStep = WinogradPlan.Step(block.Tiles, plan.OutWidth, TLanes.Count);
            var inputs = (float*)Scratch.Get(1, WinogradPlan.Products * (inputStep + outputStep) * sizeof(float));
            var outputs = inputs + WinogradPlan.Products * inputStep;
            WinogradTiles<TLanes>.Input(pass, plan, block, inputs, inputStep);
            WinogradTiles<TLanes>.OutputGradient(pass, plan, block, outputs, outputStep);
            for (var product = 0; product < WinogradPlan.Products; product++)
            {
                Multiply(inputs + product * inputStep, outputs + product * outputStep, sums + product * sumStep, block.Tiles, index > first);
            }
        }
        Transform(sums, sumStep, item == 0 ? gradient : partials + (item - 1) * GradientSize);
    }

    /// <summary>sums += left^T right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Multiply(float* left, float* right, float* sums, int tiles, bool accumulate)
    {
        nint segment = 0;
        var operands = new TileOperands
        {
            Segments = &segment, SegmentCount = 1, SegmentLength = tiles,
            LeftRowStep = sizeof(float), LeftDepthStep = plan.InWidth * (nint)sizeof(float), RightStep = plan.OutWidth * (nint)sizeof(float),
            OutputStep = plan.OutWidth * (nint)sizeof(float), LastColumns = TLanes.Count, Accumulate = accumulate,
        };
        int channels = pass->GroupIn, height = GemmPlan.TileHeight(channels, TSimd.MaxRows);
        for (var column = 0; column < plan.OutWidth; column += PanelWidth)
        {
            operands.Right = (byte*)(right + column);
            var vectors = Math.Min(2, (plan.OutWidth - column) / TLanes.Count);
            for (var channel = 0; channel < channels; channel += height)
            {
                operands.Left = (byte*)(left + channel);
                operands.Output = (byte*)(sums + (nint)channel * plan.OutWidth + column);
                GemmTiles<TSimd, TVector, float>.Run(Math.Min(height, channels - channel), vectors, &operands);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    private readonly void Transform(float* sums, nint sumStep, float* target)
    {
        var middleMemory = stackalloc float[WinogradTransform<TLanes>.PatchSize];
        var middle = WinogradTransform<TLanes>.Aligned(middleMemory);
        var patchMemory = stackalloc float[WinogradTransform<TLanes>.PatchSize];
        var patch = WinogradTransform<TLanes>.Aligned(patchMemory);
        nint tap = (nint)pass->GroupIn * pass->GroupOut;
        for (var channel = 0; channel < pass->GroupIn; channel++, sums += plan.OutWidth, target += pass->GroupOut)
        {
            for (var column = 0; column < pass->GroupOut; column += TLanes.Count)
            {
                var count = pass->GroupOut - column;
                if (count >= TLanes.Count)
                {
                    WinogradTransform<TLanes>.Run<WinogradFilterGradient>(
                        sums + column, WinogradPlan.InputSide * sumStep, sumStep, target + column, 3 * tap, tap, middle);
                    continue;
                }
                WinogradTransform<TLanes>.Run<WinogradFilterGradient>(
                    sums + column, WinogradPlan.InputSide * sumStep, sumStep, patch, 3 * TLanes.Count, TLanes.Count, middle);
                for (var i = 0; i < 9; i++) TLanes.StoreFirst(TLanes.Load(patch + i * TLanes.Count), target + i * tap + column, count);
            }
        }
    }
}
