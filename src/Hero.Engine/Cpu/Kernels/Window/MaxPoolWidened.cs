using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The gradient of max pooling for bfloat16 in memory: each band of input rows is widened to scratch memory, with the output rows of
/// the windows that reach into it, worked on in float32, and rounded at the end.
/// </summary>
internal unsafe struct MaxPoolWidened<TEpilogue> : IParallelBody
    where TEpilogue : struct, IEpilogue
{
    private MaxPoolGradientPass<float> pass;
    private TEpilogue epilogue;
    private BFloat16* x;
    private BFloat16* y;
    private BFloat16* dy;
    private BFloat16* dx;

    public static void Run(in Window2D w, BFloat16* x, BFloat16* y, BFloat16* dy, BFloat16* dx, TEpilogue epilogue)
    {
        if (!MaxPoolGradientPass<float>.TryPrepare(w, out var pass)) return;
        var body = new MaxPoolWidened<TEpilogue> { pass = pass, epilogue = epilogue, x = x, y = y, dy = dy, dx = dx };
        WorkerTeam.Default.For(pass.Items, ref body);
    }

    public void Run(int item)
    {
        var (input, output) = pass.Reach(item);
        var (band, bandRows) = pass.Band(item);
        nint inLength = input.Rows * pass.InRow, outLength = output.Rows * pass.OutRow, bandLength = bandRows * pass.InRow;
        var memory = (float*)Scratch.Get(WindowScratch.Source, (inLength + 2 * outLength + bandLength) * sizeof(float));
        float* wideX = memory, wideY = wideX + inLength, wideDy = wideY + outLength, wideDx = wideDy + outLength;
        BFloat16Loops.Widen(wideX, x + input.First * pass.InRow, inLength);
        BFloat16Loops.Widen(wideY, y + output.First * pass.OutRow, outLength);
        BFloat16Loops.Widen(wideDy, dy + output.First * pass.OutRow, outLength);
        pass.Run(item, wideX - input.First * pass.InRow, wideY - output.First * pass.OutRow, wideDy - output.First * pass.OutRow, wideDx - band * pass.InRow);
        BFloat16Loops.Narrow(dx + band * pass.InRow, wideDx, bandLength);
        epilogue.Apply(band * pass.InRow, bandLength);
    }
}
