namespace Hero.Vision.Codecs.Jpeg;

/// <summary>Puts the decoded components together to a picture.</summary>
internal static class JpegOutput
{
    public static Image Assemble(JpegFrame frame, bool isYcc, ColorMode mode)
    {
        var isGray = frame.Components.Length == 1;
        var channels = mode == ColorMode.Grayscale || (isGray && mode == ColorMode.Unchanged) ? 1 : 3;
        var image = new Image(frame.OutputWidth, frame.OutputHeight, channels);
        var rows = Array.ConvertAll(frame.Components, component => new ChromaUpsampler(component, frame));
        var width = image.Width;
        var (red, green, blue) = (new byte[width], new byte[width], new byte[width]);
        for (var y = 0; y < image.Height; y++)
        {
            var target = image.Row(y);
            var first = rows[0].Row(y)[..width];
            if (isGray || (isYcc && channels == 1))
            {
                if (channels == 1) first.CopyTo(target);
                else JpegColor.Interleave(first, first, first, target);
                continue;
            }
            var second = rows[1].Row(y)[..width];
            var third = rows[2].Row(y)[..width];
            if (isYcc)
            {
                JpegColor.ToRgb(first, second, third, red, green, blue);
                JpegColor.Interleave(red, green, blue, target);
            }
            else if (channels == 3) JpegColor.Interleave(first, second, third, target);
            else
                for (var x = 0; x < width; x++) target[x] = Luma.Of(first[x], second[x], third[x]);
        }
        return image;
    }
}
