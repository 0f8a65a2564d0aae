using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>The bands of a <see cref="MaxPoolGradientPass{T}"/>, an epilogue on each when it is finished.</summary>
internal unsafe struct MaxPoolGradientBands<T, TEpilogue> : IParallelBody
    where T : unmanaged, INumber<T>
    where TEpilogue : struct, IEpilogue
{
    private MaxPoolGradientPass<T> pass;
    private TEpilogue epilogue;
    private T* x;
    private T* y;
    private T* dy;
    private T* dx;

    public static void Run(in Window2D w, T* x, T* y, T* dy, T* dx, TEpilogue epilogue)
    {
        if (!MaxPoolGradientPass<T>.TryPrepare(w, out var pass)) return;
        var bands = new MaxPoolGradientBands<T, TEpilogue> { pass = pass, epilogue = epilogue, x = x, y = y, dy = dy, dx = dx };
        WorkerTeam.Default.For(pass.Items, ref bands);
    }

    public void Run(int item)
    {
        pass.Run(item, x, y, dy, dx);
        var (first, rows) = pass.Band(item);
        epilogue.Apply(first * pass.InRow, rows * pass.InRow);
    }
}
