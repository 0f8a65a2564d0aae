using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The input gradient of a depthwise convolution with a multiplier: an input channel sums over its output channels as rows are written.
/// </summary>
internal unsafe struct ContractedRows<T> : IWindowRows<T>
    where T : unmanaged, INumber<T>
{
    private readonly DirectRows<T, NoEpilogue> source;
    private readonly T* target;
    private readonly int multiplier;
    private readonly nint targetRow;

    public ContractedRows(in Window2D w, T* dy, T* dx, int multiplier)
    {
        source = new DirectRows<T, NoEpilogue>(dy, w.OutHeight, (nint)w.OutWidth * w.OutChannels, null, 0, default);
        target = dx;
        (this.multiplier, targetRow) = (multiplier, (nint)w.InWidth * w.InChannels);
    }

    public readonly void Begin() { }

    public readonly T* Source(int image, int row, int count, int distance, out nint step) =>
        source.Source(image, row, count, distance, out step);

    public readonly T* Target(nint row) => (T*)Scratch.Get(WindowScratch.Target, targetRow * multiplier * sizeof(T));

    public readonly void Finished(nint row)
    {
        var repeated = Target(row);
        var sums = target + row * targetRow;
        for (nint i = 0; i < targetRow; i++)
        {
            var sum = *repeated++;
            for (var q = 1; q < multiplier; q++) sum += *repeated++;
            sums[i] = sum;
        }
    }
}
