using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Input pixels as the filter's gradient reads them for all taps: [tile of channels][row][pixel][<see cref="GemmPacking{TSimd, TVector, T}.LeftStep"/>],
/// zeros around the image. A tile of a few channels of many pixels is then one run of memory instead of a piece of a line here and there.
/// </summary>
internal static unsafe class Conv2DInputPacking<TSimd, TVector, T>
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    private static int Lanes => sizeof(TVector) / sizeof(T);

    /// <summary>
    /// Packs <paramref name="columns"/> pixels of an image row from <paramref name="column"/> on, for channels <paramref name="channel"/>
    /// to channel + <paramref name="height"/>, fewer where there are no more. What is behind these is arbitrary.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Row(T* row, bool inside, int width, int channels, int column, int columns, int channel, int height, T* target)
    {
        var step = GemmPacking<TSimd, TVector, T>.LeftStep(height);
        var left = inside ? Math.Clamp(-column, 0, columns) : columns;
        var end = inside ? Math.Clamp(width - column, left, columns) : columns;
        new Span<T>(target, left * step).Clear();
        new Span<T>(target + (nint)end * step, (columns - end) * step).Clear();
        var source = row + (nint)(column + left) * channels + channel;
        var to = target + (nint)left * step;
        for (var pixel = left; pixel < end; pixel++, source += channels, to += step)
        {
            for (var i = 0; i < step; i += Lanes)
            {
                var count = channels - channel - i;
                TSimd.Store(count >= Lanes ? TSimd.Load(source + i) : TSimd.LoadFirst(source + i, Math.Max(count, 0)), to + i);
            }
        }
    }
}
