using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>Source rows that are made as they are read; targets lie in memory. float32.</summary>
internal unsafe struct TakenRows<T, TEpilogue> : IWindowRows<T>
    where T : unmanaged, INumber<T>
    where TEpilogue : struct, IEpilogue
{
    private readonly Intake intake;
    private readonly nint sourceRow;
    private readonly int sourceHeight, kernelHeight;
    private DirectRows<T, TEpilogue> target;
    private IntakeRows made;

    public TakenRows(in Window2D w, in Intake intake, T* y, TEpilogue epilogue)
    {
        (this.intake, sourceRow, sourceHeight, kernelHeight) = (intake, (nint)w.InWidth * w.InChannels, w.InHeight, w.KernelHeight);
        target = new DirectRows<T, TEpilogue>(null, 0, 0, y, (nint)w.OutWidth * w.OutChannels, epilogue);
    }

    public void Begin() => made = new IntakeRows(intake, sourceRow, kernelHeight);

    public readonly T* Source(int image, int row, int count, int distance, out nint step) =>
        (T*)made.Rows((nint)image * sourceHeight + row, count, distance, out step);

    public readonly T* Target(nint row) => target.Target(row);

    public void Finished(nint row) => target.Finished(row);
}
