using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>Rows of bfloat16 in memory, worked on in float32: widened as they are read, rounded when they are finished.</summary>
internal unsafe struct WidenedRows<TEpilogue> : IWindowRows<float>
    where TEpilogue : struct, IEpilogue
{
    private readonly BFloat16* source;
    private readonly BFloat16* target;
    private readonly nint sourceRow, targetRow;
    private readonly int sourceHeight;
    private TEpilogue epilogue;

    public WidenedRows(in Window2D w, BFloat16* x, BFloat16* y, TEpilogue epilogue)
    {
        (sourceHeight, sourceRow, targetRow, this.epilogue) = (w.InHeight, (nint)w.InWidth * w.InChannels, (nint)w.OutWidth * w.OutChannels, epilogue);
        source = x;
        target = y;
    }

    public readonly void Begin() { }

    public readonly float* Source(int image, int row, int count, int distance, out nint step)
    {
        step = sourceRow;
        var widened = (float*)Scratch.Get(WindowScratch.Source, sourceRow * count * sizeof(float));
        for (var i = 0; i < count; i++)
            BFloat16Loops.Widen(widened + i * step, source + ((nint)image * sourceHeight + row + (nint)i * distance) * sourceRow, sourceRow);
        return widened;
    }

    public readonly float* Target(nint row) => (float*)Scratch.Get(WindowScratch.Target, targetRow * sizeof(float));

    public void Finished(nint row)
    {
        BFloat16Loops.Narrow(target + row * targetRow, Target(row), targetRow);
        epilogue.Apply(row * targetRow, targetRow);
    }
}
