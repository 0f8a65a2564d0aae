using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Between images and the transforms of their tiles. A transform is one matrix for each of the 36 products, <c>step</c> elements apart, with
/// a row of channels for each tile of a block, rounded up to whole registers. Tiles may reach over the image's edge, where the input
/// is zero and no output exists.
/// </summary>
internal static unsafe class WinogradTiles<TV> where TV : struct, ISimd<TV, float>
{
    private const int OutputSide = WinogradPlan.OutputSide, InputSide = WinogradPlan.InputSide;

    /// <summary>The transform of the input under a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input(Conv2DPass<float>* pass, in WinogradPlan plan, in WinogradBlock block, float* target, nint step)
    {
        int height = pass->Rows.Inputs, width = pass->Columns.Inputs, channels = pass->GroupIn;
        var image = new WinogradImage<TV>(height, width, channels, channels, (nint)width * channels);
        for (var tileRow = block.FirstRow; tileRow < block.EndRow; tileRow++)
        {
            var row = tileRow % plan.TilesY * OutputSide + pass->Rows.FirstOffset;
            var pixels = pass->Input + tileRow / plan.TilesY * ((nint)height * width * channels);
            for (var tile = block.FirstColumn; tile < block.EndColumn; tile++, target += plan.InWidth)
            {
                image.Read<WinogradInput>(pixels, row, tile * OutputSide + pass->Columns.FirstOffset, InputSide, target, step);
            }
        }
    }

    /// <summary>The transform of the gradient of a block of the output, which stands in the place of the pass' output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OutputGradient(Conv2DPass<float>* pass, in WinogradPlan plan, in WinogradBlock block, float* target, nint step)
    {
        var image = new WinogradImage<TV>(pass->Rows.Outputs, pass->Columns.Outputs, pass->GroupOut, pass->OutputPixelStep, pass->OutputRowStep);
        for (var tileRow = block.FirstRow; tileRow < block.EndRow; tileRow++)
        {
            var pixels = pass->Output + tileRow / plan.TilesY * pass->OutputImageStep;
            for (var tile = block.FirstColumn; tile < block.EndColumn; tile++, target += plan.OutWidth)
            {
                image.Read<WinogradOutputGradient>(
                    pixels, tileRow % plan.TilesY * OutputSide, tile * OutputSide, OutputSide, target, step);
            }
        }
    }

    /// <summary>The output from the transform of a block; then the epilogue.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output<TEpilogue>(
        Conv2DPass<float>* pass, in WinogradPlan plan, in WinogradBlock block, float* source, nint step, in TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        int height = pass->Rows.Outputs, width = pass->Columns.Outputs;
        var image = new WinogradImage<TV>(height, width, pass->GroupOut, pass->OutputPixelStep, pass->OutputRowStep);
        var firstColumn = block.FirstColumn * OutputSide;
        var columns = Math.Min(block.EndColumn * OutputSide, width) - firstColumn;
        for (var tileRow = block.FirstRow; tileRow < block.EndRow; tileRow++)
        {
            var row = tileRow % plan.TilesY * OutputSide;
            var pixels = pass->Output + tileRow / plan.TilesY * pass->OutputImageStep;
            for (var tile = block.FirstColumn; tile < block.EndColumn; tile++, source += plan.OutWidth)
            {
                image.Write(source, step, pixels, row, tile * OutputSide);
            }

            if (typeof(TEpilogue) == typeof(NoEpilogue)) continue;
            var rows = Math.Min(OutputSide, height - row);
            var start = (nint)(pixels - pass->Output) + row * pass->OutputRowStep + firstColumn * pass->OutputPixelStep;
            epilogue.ApplyRows(start, columns * pass->OutputPixelStep, rows, pass->OutputRowStep);
        }
    }

    /// <summary>The gradient of whole images of the input, which lies in the input's place, from the transform of its tiles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void InputGradient(Conv2DPass<float>* pass, in WinogradPlan plan, in WinogradBlock block, float* source, nint step)
    {
        int height = pass->Rows.Inputs, width = pass->Columns.Inputs, channels = pass->GroupIn;
        var image = new WinogradImage<TV>(height, width, channels, channels, (nint)width * channels);
        var size = (nint)height * width * channels;
        for (var tileRow = block.FirstRow; tileRow < block.EndRow; tileRow++)
        {
            var pixels = pass->Input + tileRow / plan.TilesY * size;
            if (tileRow % plan.TilesY == 0) new Span<float>(pixels, (int)size).Clear();
            var row = tileRow % plan.TilesY * OutputSide + pass->Rows.FirstOffset;
            for (var tile = block.FirstColumn; tile < block.EndColumn; tile++, source += plan.InWidth)
            {
                image.Add(source, step, pixels, row, tile * OutputSide + pass->Columns.FirstOffset);
            }
        }
    }
}
