using System.Runtime.CompilerServices;

namespace Hero.Vision.Codecs;

/// <summary>
/// Colour to grey: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601) in 16-bit fixed point, rounded; Pillow's and libjpeg's numbers.
/// </summary>
internal static class Luma
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Of(int red, int green, int blue) => (byte)((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
}
