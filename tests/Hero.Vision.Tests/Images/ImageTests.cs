namespace Hero.Vision.Tests.Images;

public class ImageTests
{
    [Fact]
    public void Pixels_lie_row_by_row_and_interleaved()
    {
        var image = new Image(3, 2, 4);
        image[1, 2, 3] = 7;
        Assert.Equal(7, image.Pixels[(1 * 3 + 2) * 4 + 3]);
        Assert.Equal(7, image.Row(1)[11]);
        Assert.Equal(24, image.Pixels.Length);
        Assert.Equal("Image 3 x 2 x 4", image.ToString());
        var copy = image.Clone();
        copy[0, 0, 0] = 1;
        Assert.Equal(0, image[0, 0, 0]);
    }

    [Fact]
    public void Wrong_sizes_and_places_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(1, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(int.MaxValue, int.MaxValue));
        Assert.Contains("needs 12 bytes, got 11", Assert.Throws<ArgumentException>(() => new Image(2, 2, 3, new byte[11])).Message, StringComparison.Ordinal);
        var image = new Image(3, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => image[2, 0, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => image[0, 3, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => image[0, 0, 3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => image[0, -1, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Row(2).Length);
    }

    [Fact]
    public void The_format_is_told_by_the_content_and_a_failure_names_the_file()
    {
        var folder = Directory.CreateTempSubdirectory("hero-load-");
        try
        {
            var (picture, text, empty) = (Path.Combine(folder.FullName, "a.jpg"), Path.Combine(folder.FullName, "b.jpg"), Path.Combine(folder.FullName, "c.png"));
            File.WriteAllBytes(picture, Pictures.Draw(5, 4).EncodePng());
            File.WriteAllText(text, "This is no picture.");
            File.WriteAllBytes(empty, []);
            Assert.Equal(5, Image.Load(picture).Width);
            var refusal = Assert.Throws<ImageFormatException>(() => Image.Load(text));
            Assert.Equal(text, refusal.FileName);
            Assert.StartsWith(text + ": This is no JPEG, PNG or BMP picture", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("empty", Assert.Throws<ImageFormatException>(() => Image.Load(empty)).Message, StringComparison.Ordinal);
            Assert.Throws<FileNotFoundException>(() => Image.Load(Path.Combine(folder.FullName, "d.png")));
            Assert.Throws<DirectoryNotFoundException>(() => Image.Load(Path.Combine(folder.FullName, "none", "d.png")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("GIF89a..........", "GIF"), InlineData("RIFF....WEBPVP8 ", "WebP"), InlineData("II*\0............", "TIFF"), InlineData("....ftypheic....", "HEIF")]
    public void Other_formats_are_called_by_their_name(string start, string name)
    {
        var data = System.Text.Encoding.Latin1.GetBytes(start);
        Assert.Contains(name, Assert.Throws<ImageFormatException>(() => Image.Decode(data)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Streams_are_read_to_their_end_whatever_they_are()
    {
        var image = Pictures.Noise(60, 50, 3, 5);
        var data = image.EncodePng();
        using var memory = new MemoryStream([1, 2, 3, .. data]) { Position = 3 };
        Assert.Equal(0, Pictures.LargestDifference(image, Image.Decode(memory)));
        using var trickle = new TrickleStream(data);
        Assert.Equal(0, Pictures.LargestDifference(image, Image.Decode(trickle)));
    }

    [Fact]
    public void An_endless_stream_is_given_up_at_the_limit()
    {
        using var noPicture = new TrickleStream(new byte[100], endless: true);
        Assert.Throws<ImageFormatException>(() => Image.Decode(noPicture));
        Assert.InRange(noPicture.Position, 0, 64);
        using var endless = new TrickleStream(Pictures.Draw(4, 4).EncodePng(), endless: true);
        Assert.Contains("more than", Assert.Throws<ImageFormatException>(() => Image.Decode(endless, new() { MaxPixels = 1000 })).Message, StringComparison.Ordinal);
        Assert.InRange(endless.Position, 0, 2 << 20);
    }

    [Fact]
    public void The_limit_is_the_callers()
    {
        var data = Pictures.Draw(40, 30).EncodePng();
        Assert.Equal(40, Image.Decode(data, new() { MaxPixels = 1200 }).Width);
        var refusal = Assert.Throws<ImageFormatException>(() => Image.Decode(data, new() { MaxPixels = 1199 }));
        Assert.Contains("40 x 30 pixels, the limit is 1199", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Gives at most 7 bytes at a time and cannot be sought; an endless one repeats its last byte for ever.</summary>
    private sealed class TrickleStream(byte[] data, bool endless = false) : Stream
    {
        private long position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            count = Math.Min(count, endless && position >= data.Length ? 4096 : 7);
            if (!endless) count = (int)Math.Min(count, data.Length - position);
            for (var i = 0; i < count; i++) buffer[offset + i] = data[Math.Min(position++, data.Length - 1)];
            return count;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
