using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// A pass by Winograd's convolution: the transform of the input, 36 matrix products over the channels, the transform to the output.
/// With a small filter an item takes a block of tiles through all three in memory of its own. A large filter would be read again by every
/// block: then each step is done for many blocks before the next.
/// </summary>
internal unsafe struct WinogradBody<TSimd, TVector, TLanes, TEpilogue> : IParallelBody
    where TSimd : struct, ITileVector<TVector, float>
    where TVector : unmanaged
    where TLanes : struct, ISimd<TLanes, float>
    where TEpilogue : struct, IEpilogue
{
    /// <summary>Multiply-adds of an item of products.</summary>
    private const double ItemWork = 4_000_000;

    private Conv2DPass<float>* pass;
    private WinogradPlan plan;
    private float* filter;
    private nint filterStep;
    private TEpilogue epilogue;

    private WinogradStage stage;
    private int firstRow, endRow, panelBlocks;
    private float* inputs, outputs;
    private nint inputStep, outputStep;

    private static int PanelWidth => 2 * TLanes.Count;

    /// <summary>Computes the pass with a filter packed by <see cref="WinogradFilterPacking{TSimd, TVector, TLanes}"/>.</summary>
    public static void Run(Conv2DPass<float>* pass, float* packedFilter, in TEpilogue epilogue)
    {
        var body = new WinogradBody<TSimd, TVector, TLanes, TEpilogue>
        {
            pass = pass, plan = WinogradPlan.Of(pass, TLanes.Count, TSimd.MaxRows), filter = packedFilter,
            filterStep = WinogradFilterPacking<TSimd, TVector, TLanes>.Step(pass), epilogue = epilogue,
        };
        body.endRow = body.plan.TileRows;
        if (body.plan.Stages == 0)
        {
            WorkerTeam.Default.For(body.plan.Blocks, ref body);
            return;
        }
        for (var part = 0; part < body.plan.Stages; part++) body.RunStages(part);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int item)
    {
        if (stage == WinogradStage.Products)
        {
            int product = item / panelBlocks, block = item % panelBlocks, panels = GemmPlan.Up(pass->GroupOut, PanelWidth);
            Multiply(
                inputs + product * inputStep, filter + product * filterStep, outputs + product * outputStep, (endRow - firstRow) * plan.TilesX,
                GemmPlan.Cut(panels, panelBlocks, block), GemmPlan.Cut(panels, panelBlocks, block + 1));
            return;
        }

        var tiles = plan.Block(item, firstRow, endRow);
        var before = (nint)(tiles.FirstRow - firstRow) * plan.TilesX;
        if (stage == WinogradStage.Inputs)
        {
            WinogradTiles<TLanes>.Input(pass, plan, tiles, inputs + before * plan.InWidth, inputStep);
        }
        else if (stage == WinogradStage.Outputs)
        {
            WinogradTiles<TLanes>.Output(pass, plan, tiles, outputs + before * plan.OutWidth, outputStep, epilogue);
        }
        else
        {
            RunBlock(tiles);
        }
    }

    private void RunStages(int part)
    {
        firstRow = GemmPlan.Cut(plan.TileRows, plan.Stages, part);
        endRow = GemmPlan.Cut(plan.TileRows, plan.Stages, part + 1);
        var tiles = (endRow - firstRow) * plan.TilesX;
        inputStep = WinogradPlan.Step(tiles, plan.InWidth, TLanes.Count);
        outputStep = WinogradPlan.Step(tiles, plan.OutWidth, TLanes.Count);
        inputs = (float*)Scratch.Get(1, WinogradPlan.Products * (inputStep + outputStep) * sizeof(float));
        outputs = inputs + WinogradPlan.Products * inputStep;
        panelBlocks = (int)Math.Clamp((double)tiles * pass->GroupIn * pass->GroupOut / ItemWork, 1, GemmPlan.Up(pass->GroupOut, PanelWidth));

        stage = WinogradStage.Inputs;
        WorkerTeam.Default.For(plan.Blocks, ref this);
        stage = WinogradStage.Products;
        WorkerTeam.Default.For(WinogradPlan.Products * panelBlocks, ref this);
        stage = WinogradStage.Outputs;
        WorkerTeam.Default.For(plan.Blocks, ref this);
    }

    private readonly void RunBlock(in WinogradBlock block)
    {
        nint ownInputStep = WinogradPlan.Step(block.Tiles, plan.InWidth, TLanes.Count);
        nint ownOutputStep = WinogradPlan.Step(block.Tiles, plan.OutWidth, TLanes.Count);
        var ownInputs = (float*)Scratch.Get(1, WinogradPlan.Products * (ownInputStep + ownOutputStep) * sizeof(float));
        var ownOutputs = ownInputs + WinogradPlan.Products * ownInputStep;
        WinogradTiles<TLanes>.Input(pass, plan, block, ownInputs, ownInputStep);
        for (var product = 0; product < WinogradPlan.Products; product++)
        {
            Multiply(
                ownInputs + product * ownInputStep, filter + product * filterStep, ownOutputs + product * ownOutputStep, block.Tiles,
                0, GemmPlan.Up(pass->GroupOut, PanelWidth));
        }
        WinogradTiles<TLanes>.Output(pass, plan, block, ownOutputs, ownOutputStep, epilogue);
    }

    /// <summary>One product of some tiles with some panels of the filter.</summary>
    private readonly void Multiply(float* left, float* right, float* output, int tiles, int panelStart, int panelEnd)
    {
        var columns = Math.Min(pass->GroupOut, panelEnd * PanelWidth) - panelStart * PanelWidth;
        var matrix = new PackedMatrix<float>(right + (nint)panelStart * PanelWidth * pass->GroupIn, pass->GroupIn, columns);
        GemmBlock<TSimd, TVector, float>.Packed(
            matrix, left, plan.InWidth, output + panelStart * PanelWidth, plan.OutWidth, tiles, accumulate: false);
    }
}

/// <summary>What an item of a Winograd convolution does: everything for its block, or one step of it.</summary>
internal enum WinogradStage
{
    Everything,
    Inputs,
    Products,
    Outputs,
}
