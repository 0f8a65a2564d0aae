namespace Hero.Vision.Codecs;

/// <summary>Turns a picture as its EXIF orientation asks.</summary>
internal static class Orientation
{
    /// <summary>
    /// 1 as it is, 2 mirrored left-right, 3 turned by 180 degrees, 4 mirrored top-bottom, 5 rows and columns exchanged, 6 turned right by
    /// 90 degrees, 7 rows and columns exchanged and turned by 180 degrees, 8 turned left by 90 degrees.
    /// </summary>
    public static Image Apply(Image image, int orientation)
    {
        if (orientation is < 2 or > 8) return image;
        var isExchanged = orientation >= 5;
        var (fromRight, fromBottom) = (orientation is 2 or 3 or 7 or 8, orientation is 3 or 4 or 6 or 7);
        var (channels, width, height) = (image.Channels, image.Width, image.Height);
        var result = isExchanged ? new Image(height, width, channels) : new Image(width, height, channels);
        for (var y = 0; y < result.Height; y++)
        {
            var target = result.Row(y);
            for (var x = 0; x < result.Width; x++)
            {
                var (sourceX, sourceY) = isExchanged ? (y, x) : (x, y);
                if (fromRight) sourceX = width - 1 - sourceX;
                if (fromBottom) sourceY = height - 1 - sourceY;
                image.Pixels.Slice((sourceY * width + sourceX) * channels, channels).CopyTo(target[(x * channels)..]);
            }
        }
        return result;
    }
}
