using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>The gradient of the gradient of max pooling: parallel over bands of output rows, which are independent.</summary>
internal unsafe struct MaxPoolPickPass<T> : IParallelBody
    where T : unmanaged, INumber<T>
{
    private Window2D w;
    private MaxPoolWindows<T> windows;
    private T* x;
    private T* y;
    private T* ddx;
    private T* ddy;
    private int bandRows;
    private nint totalRows;

    public static void Run(in Window2D w, T* x, T* y, T* ddx, T* ddy)
    {
        var pass = new MaxPoolPickPass<T>
        {
            w = w,
            windows = new MaxPoolWindows<T>(w),
            x = x, y = y, ddx = ddx, ddy = ddy,
            totalRows = (nint)w.Batch * w.OutHeight,
        };
        if (pass.totalRows * w.OutWidth * w.InChannels == 0) return;
        pass.bandRows = WindowScratch.BandRows(pass.totalRows, (nint)w.OutWidth * w.InChannels);
        WorkerTeam.Default.For((int)((pass.totalRows + pass.bandRows - 1) / pass.bandRows), ref pass);
    }

    public void Run(int item)
    {
        switch (SimdWidth.For<T>(w.InChannels))
        {
            case 512: Band<Simd512<T>>(item); break;
            case 256: Band<Simd256<T>>(item); break;
            case 128: Band<Simd128<T>>(item); break;
            default: Band<Simd1<T>>(item); break;
        }
    }

    private void Band<TVec>(int item)
        where TVec : struct, ISimd<TVec, T>
    {
        var grid = windows.Grid();
        var end = Math.Min(totalRows, (nint)(item + 1) * bandRows);
        for (var at = (nint)item * bandRows; at < end; at++)
        {
            int image = (int)(at / w.OutHeight), row = (int)(at % w.OutHeight);
            var vertical = windows.Rows.At(row);
            grid.Rows = vertical.Count;
            for (var i = 0; i < windows.Runs; i++)
            {
                windows.Place(ref grid, i, image, row, vertical.Source, x, ddx, y, ddy);
                MaxPoolLoops.Pick<T, TVec>(grid, w.InChannels);
            }
        }
    }
}
