using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>Rows as they lie in memory, and an epilogue on each finished row.</summary>
internal unsafe struct DirectRows<T, TEpilogue> : IWindowRows<T>
    where T : unmanaged, INumber<T>
    where TEpilogue : struct, IEpilogue
{
    private readonly T* source;
    private readonly T* target;
    private readonly nint sourceRow, targetRow;
    private readonly int sourceHeight;
    private TEpilogue epilogue;

    /// <param name="source">[batch, source height, source row elements].</param>
    /// <param name="sourceHeight">Rows of a source image.</param>
    /// <param name="sourceRow">Elements of a source row.</param>
    /// <param name="target">[batch, target height, target row elements].</param>
    /// <param name="targetRow">Elements of a target row.</param>
    /// <param name="epilogue">Applied to each target row.</param>
    public DirectRows(T* source, int sourceHeight, nint sourceRow, T* target, nint targetRow, TEpilogue epilogue)
    {
        (this.sourceHeight, this.sourceRow, this.targetRow, this.epilogue) = (sourceHeight, sourceRow, targetRow, epilogue);
        this.source = source;
        this.target = target;
    }

    public readonly void Begin() { }

    public readonly T* Source(int image, int row, int count, int distance, out nint step)
    {
        step = distance * sourceRow;
        return source + ((nint)image * sourceHeight + row) * sourceRow;
    }

    public readonly T* Target(nint row) => target + row * targetRow;

    public void Finished(nint row) => epilogue.Apply(row * targetRow, targetRow);
}
