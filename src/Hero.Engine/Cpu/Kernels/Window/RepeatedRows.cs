using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Forward depthwise convolution with a multiplier: every input channel is repeated for its output channels as rows are read.
/// </summary>
internal unsafe struct RepeatedRows<T, TEpilogue> : IWindowRows<T>
    where T : unmanaged, INumber<T>
    where TEpilogue : struct, IEpilogue
{
    private readonly T* source;
    private readonly int multiplier;
    private readonly nint sourceRow;
    private readonly int sourceHeight;
    private DirectRows<T, TEpilogue> target;

    public RepeatedRows(in Window2D w, T* x, T* y, int multiplier, TEpilogue epilogue)
    {
        source = x;
        (this.multiplier, sourceRow, sourceHeight) = (multiplier, (nint)w.InWidth * w.InChannels, w.InHeight);
        target = new DirectRows<T, TEpilogue>(null, 0, 0, y, (nint)w.OutWidth * w.OutChannels, epilogue);
    }

    public readonly void Begin() { }

    public readonly T* Source(int image, int row, int count, int distance, out nint step)
    {
        step = sourceRow * multiplier;
        var repeated = (T*)Scratch.Get(WindowScratch.Source, step * count * sizeof(T));
        for (var i = 0; i < count; i++)
        {
            var values = source + ((nint)image * sourceHeight + row + (nint)i * distance) * sourceRow;
            Repeat(values, sourceRow, multiplier, repeated + i * step);
        }
        return repeated;
    }

    public readonly T* Target(nint row) => target.Target(row);

    public void Finished(nint row) => target.Finished(row);

    public static void Repeat(T* values, nint count, int times, T* repeated)
    {
        for (nint i = 0; i < count; i++)
        {
            for (var q = 0; q < times; q++) *repeated++ = values[i];
        }
    }
}
