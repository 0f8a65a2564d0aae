using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The gradient of a filter by Winograd's convolution: the transforms of the input and of the output's gradient, 36 matrix products over the
/// tiles, and the transform back of their sums. With a small filter an item takes a chunk of the blocks of tiles through all of these, with
/// sums of its own. The sums of a large filter exist once: then each step is done for many blocks before the next.
/// </summary>
internal unsafe struct WinogradFilterGradientBody<TSimd, TVector, TLanes> : IParallelBody
    where TSimd : struct, ITileVector<TVector, float>
    where TVector : unmanaged
    where TLanes : struct, ISimd<TLanes, float>
{
    private const int Chunks = 32;

    /// <summary>Channels whose sums one item transforms back.</summary>
    private const int ItemChannels = 8;

    /// <summary>Scratch held while a matrix product uses its own.</summary>
    private const int StageSlot = 6, PartialSlot = 7;

    private Conv2DPass<float>* pass;
    private WinogradPlan plan;

    /// <summary>Chunks or stages, each with a gradient of its own: the first one's is <see cref="gradient"/>.</summary>
    private int parts;

    private float* gradient, partials;

    private WinogradStage stage;
    private int part, firstRow, endRow;
    private float* inputs, outputs, sums;
    private nint inputStep, outputStep;

    private static int PanelWidth => 2 * TLanes.Count;

    private readonly nint GradientSize => (nint)pass->Depth * pass->GroupOut;

    /// <summary>The pass is the forward one; its output is the gradient that comes in.</summary>
    public static void Run(Conv2DPass<float>* pass, float* gradient)
    {
        var body = new WinogradFilterGradientBody<TSimd, TVector, TLanes>
        {
            pass = pass, plan = WinogradPlan.Of(pass, TLanes.Count, TSimd.MaxRows), gradient = gradient,
        };
        body.endRow = body.plan.TileRows;
        body.parts = body.plan.Stages > 0 ? body.plan.Stages : Math.Min(Chunks, body.plan.Blocks);
        if (body.parts > 1) body.partials = (float*)Scratch.Get(PartialSlot, (body.parts - 1) * body.GradientSize * sizeof(float));
        if (body.plan.Stages == 0) WorkerTeam.Default.For(body.parts, ref body);
        else for (body.part = 0; body.part < body.parts; body.part++) body.RunStages();
        if (body.parts > 1)
        {
            GemmReduction<TSimd, TVector, float, NoEpilogue>.Run(gradient, body.GradientSize, body.partials, body.parts - 1, default, 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int item)
    {
        if (stage == WinogradStage.Inputs)
        {
            var block = plan.Block(item, firstRow, endRow);
            var before = (nint)(block.FirstRow - firstRow) * plan.TilesX;
            WinogradTiles<TLanes>.Input(pass, plan, block, inputs + before * plan.InWidth, inputStep);
            WinogradTiles<TLanes>.OutputGradient(pass, plan, block, outputs + before * plan.OutWidth, outputStep);
        }
        else if (stage == WinogradStage.Outputs)
        {
            var channel = item * ItemChannels;
            Transform(sums, (nint)plan.InWidth * plan.OutWidth, channel, Math.Min(pass->GroupIn, channel + ItemChannels), Target(part));
        }
        else
        {
            RunChunk(item);
        }
    }

    private readonly float* Target(int index) => index == 0 ? gradient : partials + (index - 1) * GradientSize;

    private readonly void RunChunk(int chunk)
    {
        var sumStep = WinogradPlan.Step(pass->GroupIn, plan.OutWidth, TLanes.Count);
        var ownSums = (float*)Scratch.Get(2, WinogradPlan.Products * sumStep * sizeof(float));
        int first = GemmPlan.Cut(plan.Blocks, parts, chunk), end = GemmPlan.Cut(plan.Blocks, parts, chunk + 1);
        for (var index = first; index < end; index++)
        {
            var block = plan.Block(index, 0, plan.TileRows);
            nint ownInputStep = WinogradPlan.Step(block.Tiles, plan.InWidth, TLanes.Count);
            nint ownOutputStep = WinogradPlan.Step(block.Tiles, plan.OutWidth, TLanes.Count);
            var ownInputs = (float*)Scratch.Get(1, WinogradPlan.Products * (ownInputStep + ownOutputStep) * sizeof(float));
            var ownOutputs = ownInputs + WinogradPlan.Products * ownInputStep;
            WinogradTiles<TLanes>.Input(pass, plan, block, ownInputs, ownInputStep);
            WinogradTiles<TLanes>.OutputGradient(pass, plan, block, ownOutputs, ownOutputStep);
            for (var product = 0; product < WinogradPlan.Products; product++)
            {
                Multiply(
                    ownInputs + product * ownInputStep, ownOutputs + product * ownOutputStep, ownSums + product * sumStep, block.Tiles, index > first);
            }
        }
        Transform(ownSums, sumStep, 0, pass->GroupIn, Target(chunk));
    }

    private void RunStages()
    {
        firstRow = GemmPlan.Cut(plan.TileRows, plan.Stages, part);
        endRow = GemmPlan.Cut(plan.TileRows, plan.Stages, part + 1);
        var tiles = (endRow - firstRow) * plan.TilesX;
        inputStep = WinogradPlan.Step(tiles, plan.InWidth, TLanes.Count);
        outputStep = WinogradPlan.Step(tiles, plan.OutWidth, TLanes.Count);
        nint operandSize = WinogradPlan.Products * (inputStep + outputStep), sumSize = (nint)plan.InWidth * plan.OutWidth;
        inputs = (float*)Scratch.Get(StageSlot, (operandSize + WinogradPlan.Products * sumSize) * sizeof(float));
        outputs = inputs + WinogradPlan.Products * inputStep;
        sums = inputs + operandSize;

        stage = WinogradStage.Inputs;
        WorkerTeam.Default.For(plan.Blocks, ref this);
        Gemm.Run(
            inputs, outputs, sums, plan.InWidth, plan.OutWidth, tiles, transposeA: true, transposeB: false,
            WinogradPlan.Products, inputStep, outputStep, sumSize, default(NoEpilogue));
        stage = WinogradStage.Outputs;
        WorkerTeam.Default.For(GemmPlan.Up(pass->GroupIn, ItemChannels), ref this);
    }

    /// <summary>target = left^T right, or the sum of both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Multiply(float* left, float* right, float* target, int tiles, bool accumulate)
    {
        nint segment = 0;
        var operands = new TileOperands
        {
            Segments = &segment, SegmentCount = 1, SegmentLength = tiles,
            LeftStep = plan.InWidth * (nint)sizeof(float), LeftTransposed = true, RightStep = plan.OutWidth * (nint)sizeof(float),
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
                operands.Output = (byte*)(target + (nint)channel * plan.OutWidth + column);
                GemmTiles<TSimd, TVector, float>.Run(Math.Min(height, channels - channel), vectors, &operands);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    private readonly void Transform(float* source, nint step, int channel, int endChannel, float* target)
    {
        var middleMemory = stackalloc float[WinogradTransform<TLanes>.PatchSize];
        var middle = WinogradTransform<TLanes>.Aligned(middleMemory);
        var patchMemory = stackalloc float[WinogradTransform<TLanes>.PatchSize];
        var patch = WinogradTransform<TLanes>.Aligned(patchMemory);
        nint tap = (nint)pass->GroupIn * pass->GroupOut;
        source += (nint)channel * plan.OutWidth;
        target += (nint)channel * pass->GroupOut;
        for (; channel < endChannel; channel++, source += plan.OutWidth, target += pass->GroupOut)
        {
            for (var column = 0; column < pass->GroupOut; column += TLanes.Count)
            {
                var count = pass->GroupOut - column;
                if (count >= TLanes.Count)
                {
                    WinogradTransform<TLanes>.Run<WinogradFilterGradient>(
                        source + column, WinogradPlan.InputSide * step, step, target + column, 3 * tap, tap, middle);
                    continue;
                }
                WinogradTransform<TLanes>.Run<WinogradFilterGradient>(
                    source + column, WinogradPlan.InputSide * step, step, patch, 3 * TLanes.Count, TLanes.Count, middle);
                for (var i = 0; i < 9; i++) TLanes.StoreFirst(TLanes.Load(patch + i * TLanes.Count), target + i * tap + column, count);
            }
        }
    }
}
