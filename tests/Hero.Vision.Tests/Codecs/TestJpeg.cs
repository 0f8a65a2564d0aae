using Hero.Vision.Codecs.Jpeg;

namespace Hero.Vision.Tests.Codecs;

/// <summary>A JPEG encoder for tests: slow, plain, in double precision, with every freedom of the format that the decoder must cope with.</summary>
internal sealed record TestJpeg
{
    /// <summary>Sampling factors of each component.</summary>
    public (int Horizontal, int Vertical)[] Sampling { get; init; } = [(1, 1), (1, 1), (1, 1)];

    public bool Progressive { get; init; }

    /// <summary>Whether a sequential picture has its components in one scan.</summary>
    public bool Interleaved { get; init; } = true;

    public int RestartInterval { get; init; }

    /// <summary>The quantization step of all coefficients; beyond 255 the table has 16 bits.</summary>
    public int Step { get; init; } = 1;

    /// <summary>Whether the components are red, green and blue.</summary>
    public bool IsRgb { get; init; }

    public byte[] Ids { get; init; } = [1, 2, 3];

    /// <summary>Segments (marker, body) behind the start of the file.</summary>
    public (byte Marker, byte[] Body)[] Segments { get; init; } = [];

    public byte FrameMarker { get; init; }

    public byte[] Encode(Image image)
    {
        var count = image.Channels == 1 ? 1 : 3;
        var sampling = count == 1 ? [(1, 1)] : Sampling;
        var (maxHorizontal, maxVertical) = (sampling.Max(s => s.Item1), sampling.Max(s => s.Item2));
        var (unitsX, unitsY) = (Up(image.Width, 8 * maxHorizontal), Up(image.Height, 8 * maxVertical));
        var components = new List<Component>();
        for (var c = 0; c < count; c++)
        {
            var (h, v) = sampling[c];
            var component = new Component(h, v, unitsX * h, Up(image.Width * h, 8 * maxHorizontal), Up(image.Height * v, 8 * maxVertical), new short[unitsX * h * unitsY * v][]);
            for (var i = 0; i < component.Blocks.Length; i++)
                component.Blocks[i] = Transform(image, c, (double)maxHorizontal / h, (double)maxVertical / v, i % component.Stride * 8, i / component.Stride * 8);
            components.Add(component);
        }

        var file = new List<byte> { 0xFF, 0xD8 };
        foreach (var (marker, body) in Segments) Segment(file, marker, body);
        Segment(file, 0xDB, Step > 255 ? [0x10, .. Enumerable.Repeat(new[] { (byte)(Step >> 8), (byte)Step }, 64).SelectMany(b => b)] : [0, .. Enumerable.Repeat((byte)Step, 64)]);
        var frameMarker = FrameMarker != 0 ? FrameMarker : (byte)(Progressive ? 0xC2 : 0xC0);
        Segment(file, frameMarker, [8, (byte)(image.Height >> 8), (byte)image.Height, (byte)(image.Width >> 8), (byte)image.Width, (byte)count,
            .. components.SelectMany((component, c) => new[] { Ids[c], (byte)(component.Horizontal << 4 | component.Vertical), (byte)0 })]);
        Segment(file, 0xC4, [.. TestJpegBits.Table(0, 0), .. TestJpegBits.Table(1, 0)]);
        if (RestartInterval > 0) Segment(file, 0xDD, [(byte)(RestartInterval >> 8), (byte)RestartInterval]);
        var all = Enumerable.Range(0, count).ToArray();
        foreach (var (which, first, last, high, low) in Progressive ? ProgressiveScans(all) : SequentialScans(all))
        {
            Segment(file, 0xDA, [(byte)which.Length, .. which.SelectMany(c => new byte[] { Ids[c], 0 }), (byte)first, (byte)last, (byte)(high << 4 | low)]);
            WriteScan(file, new TestJpegScan(new TestJpegBits(file), Progressive, first, last, high, low), [.. which.Select(c => components[c])], unitsX, unitsY);
        }
        file.AddRange([0xFF, 0xD9]);
        return [.. file];
    }

    public static void Segment(List<byte> file, byte marker, byte[] body)
    {
        file.AddRange([0xFF, marker, (byte)((body.Length + 2) >> 8), (byte)(body.Length + 2)]);
        file.AddRange(body);
    }

    private IEnumerable<(int[] Components, int First, int Last, int High, int Low)> SequentialScans(int[] all) =>
        Interleaved ? [(all, 0, 63, 0, 0)] : all.Select(c => (new[] { c }, 0, 63, 0, 0));

    private static IEnumerable<(int[] Components, int First, int Last, int High, int Low)> ProgressiveScans(int[] all) =>
        [(all, 0, 0, 0, 1), .. all.SelectMany(c => new[] { (new[] { c }, 1, 5, 0, 2), (new[] { c }, 6, 63, 0, 2), (new[] { c }, 1, 63, 2, 1) }),
            (all, 0, 0, 1, 0), .. all.Select(c => (new[] { c }, 1, 63, 1, 0))];

    private void WriteScan(List<byte> file, TestJpegScan scan, Component[] components, int unitsX, int unitsY)
    {
        var single = components.Length == 1;
        var (columns, rows) = single ? (components[0].Columns, components[0].Rows) : (unitsX, unitsY);
        for (var unit = 0; unit < columns * rows; unit++)
        {
            if (RestartInterval > 0 && unit > 0 && unit % RestartInterval == 0)
            {
                scan.Finish();
                file.AddRange([0xFF, (byte)(0xD0 + (unit / RestartInterval - 1) % 8)]);
            }
            var (column, row) = (unit % columns, unit / columns);
            foreach (var component in components)
            {
                var (h, v) = single ? (1, 1) : (component.Horizontal, component.Vertical);
                for (var y = 0; y < v; y++)
                    for (var x = 0; x < h; x++) scan.Block(component, component.Blocks[(row * v + y) * component.Stride + column * h + x]);
            }
        }
        scan.Finish();
    }

    /// <summary>The coefficients of the block of samples at (x0, y0) of a component that has one sample for sx x sy pixels.</summary>
    private short[] Transform(Image image, int component, double sx, double sy, int x0, int y0)
    {
        var samples = new double[8, 8];
        for (var y = 0; y < 8; y++)
            for (var x = 0; x < 8; x++) samples[y, x] = Average(image, component, (x0 + x) * sx, (y0 + y) * sy, sx, sy) - 128;
        var block = new short[64];
        for (var k = 0; k < 64; k++)
        {
            var (v, u) = (JpegTables.Zigzag[k] / 8, JpegTables.Zigzag[k] % 8);
            var sum = 0.0;
            for (var y = 0; y < 8; y++)
                for (var x = 0; x < 8; x++) sum += samples[y, x] * Math.Cos((2 * x + 1) * u * Math.PI / 16) * Math.Cos((2 * y + 1) * v * Math.PI / 16);
            block[k] = (short)Math.Round(sum / 4 * (u == 0 ? Math.Sqrt(0.5) : 1) * (v == 0 ? Math.Sqrt(0.5) : 1) / Step);
        }
        return block;
    }

    private double Average(Image image, int component, double x0, double y0, double sx, double sy)
    {
        var (sum, count) = (0.0, 0);
        for (var y = (int)y0; y < Math.Max((int)y0 + 1, y0 + sy - 0.001); y++)
            for (var x = (int)x0; x < Math.Max((int)x0 + 1, x0 + sx - 0.001); x++, count++)
                sum += Sample(image, component, Math.Min(x, image.Width - 1), Math.Min(y, image.Height - 1));
        return sum / count;
    }

    private double Sample(Image image, int component, int x, int y)
    {
        if (image.Channels == 1 || IsRgb) return image[y, x, component];
        double r = image[y, x, 0], g = image[y, x, 1], b = image[y, x, 2];
        var luma = 0.299 * r + 0.587 * g + 0.114 * b;
        return component switch { 0 => luma, 1 => (b - luma) / 1.772 + 128, _ => (r - luma) / 1.402 + 128 };
    }

    private static int Up(int value, int divisor) => (value + divisor - 1) / divisor;

    private sealed record Component(int Horizontal, int Vertical, int Stride, int Columns, int Rows, short[][] Blocks);
}
