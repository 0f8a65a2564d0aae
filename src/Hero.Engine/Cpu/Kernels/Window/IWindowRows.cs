using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>Where a <see cref="WindowPass{T, TOperation, TRows}"/> reads source rows and writes target rows.</summary>
internal unsafe interface IWindowRows<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>Called on a copy of its own for every thread and band of rows, before all else.</summary>
    void Begin();

    /// <summary>
    /// The source row <paramref name="row"/> of image <paramref name="image"/>; <paramref name="step"/> elements further lies the row
    /// <paramref name="distance"/> rows below it, and so on for <paramref name="count"/> rows. Valid until the next call on this thread.
    /// </summary>
    T* Source(int image, int row, int count, int distance, out nint step);

    /// <summary>Where target row <paramref name="row"/>, counted through all images, is to be written.</summary>
    T* Target(nint row);

    /// <summary>The target row has been written.</summary>
    void Finished(nint row);
}
