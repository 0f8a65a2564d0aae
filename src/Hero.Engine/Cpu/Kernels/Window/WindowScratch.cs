using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>How the window kernels use <see cref="Scratch"/>, and how they cut work.</summary>
internal static unsafe class WindowScratch
{
    /// <summary>Tables the caller makes and every worker reads.</summary>
    public const int Runs = 0;

    /// <summary>Partial results the caller owns.</summary>
    public const int Partials = 1;

    /// <summary>Source rows a worker prepares for itself.</summary>
    public const int Source = 2;

    /// <summary>A target row a worker has not finished.</summary>
    public const int Target = 3;

    /// <summary>Rows of an output's gradient a worker prepares for itself.</summary>
    public const int Gradient = 5;

    private const int ElementsPerBand = 16 * 1024;
    private const int MaxBands = 256;

    /// <summary>A row of zeros in the calling thread's scratch, in place of the tables.</summary>
    public static T* Zeros<T>(nint length)
        where T : unmanaged, INumber<T>
    {
        var zeros = (T*)Scratch.Get(Runs, length * sizeof(T));
        for (nint i = 0; i < length; i++) zeros[i] = T.Zero;
        return zeros;
    }

    /// <summary>Rows in a band, by shape alone: enough work to be worth handing out, pieces enough to keep many threads busy.</summary>
    public static int BandRows(nint rows, nint elementsPerRow)
    {
        var bands = Math.Clamp(rows * elementsPerRow / ElementsPerBand, 1, MaxBands);
        return (int)((rows + bands - 1) / bands);
    }
}
