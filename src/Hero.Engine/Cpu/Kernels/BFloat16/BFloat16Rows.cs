using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hero.Cpu.Kernels;

/// <summary>Rows of a picture [height, width, channels] as bfloat16; where it reaches over the edges there are zeros.</summary>
internal static unsafe class BFloat16Rows
{
    /// <summary>Elements behind the target that may be written, too.</summary>
    public const int Slack = 32;

    /// <summary>Copies rows x columns pixels from (row, column) on to <paramref name="target"/>, dense.</summary>
    public static void Copy<T>(
        T* image, int height, int width, int channels, int row, int column, int rows, int columns, ushort* target) where T : unmanaged
    {
        var left = Math.Clamp(-column, 0, columns);
        var inside = Math.Clamp(width - column, left, columns) - left;
        var line = (nint)columns * channels;
        for (var y = row; y < row + rows; y++, target += line)
        {
            if (y < 0 || y >= height || inside == 0)
            {
                new Span<ushort>(target, (int)line).Clear();
                continue;
            }
            new Span<ushort>(target, left * channels).Clear();
            Round(image + ((nint)y * width + column + left) * channels, (nint)inside * channels, target + (nint)left * channels);
            new Span<ushort>(target + (nint)(left + inside) * channels, (columns - left - inside) * channels).Clear();
        }
    }

    /// <summary>Elements as bfloat16; whole vectors are written, so up to <see cref="Slack"/> elements behind them become zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Round<T>(T* source, nint count, ushort* target) where T : unmanaged
    {
        for (nint i = 0; i < count; i += 32) BFloat16Vectors.Along(source + i, (int)Math.Min(32, count - i)).Store((uint*)(target + i));
    }
}
