namespace Hero.Cpu.Kernels;

/// <summary>A rectangle of an image [height, width, channels], which may reach over its edges: zeros are there.</summary>
internal static unsafe class Conv2DView
{
    /// <summary>Copies rows x columns pixels from (row, column) on to <paramref name="target"/>, dense.</summary>
    public static void Copy<T>(
        T* image, int height, int width, int channels, int row, int column, int rows, int columns, T* target) where T : unmanaged
    {
        var left = Math.Clamp(-column, 0, columns);
        var inside = Math.Clamp(width - column, left, columns) - left;
        var line = (nint)columns * channels;
        for (var y = row; y < row + rows; y++, target += line)
        {
            if (y < 0 || y >= height || inside == 0)
            {
                Clear(target, line);
                continue;
            }
            var source = image + ((nint)y * width + column + left) * channels;
            var bytes = (nint)inside * channels * sizeof(T);
            Clear(target, (nint)left * channels);
            Buffer.MemoryCopy(source, target + (nint)left * channels, bytes, bytes);
            Clear(target + (nint)(left + inside) * channels, (nint)(columns - left - inside) * channels);
        }
    }

    private static void Clear<T>(T* target, nint count) where T : unmanaged => new Span<T>(target, (int)count).Clear();
}
