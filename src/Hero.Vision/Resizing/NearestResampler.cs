using System.Runtime.CompilerServices;

namespace Hero.Vision.Resizing;

/// <summary>Takes for every output pixel the source pixel its centre falls into.</summary>
internal sealed class NearestResampler : Resampler
{
    private readonly Image image;
    private readonly int[] columns;
    private readonly int[] rows;
    private readonly bool isIdentity;

    public NearestResampler(Image image, ResizeRegion region, int width, int height)
    {
        this.image = image;
        columns = Places(image.Width, region.Left, region.Width, width);
        rows = Places(image.Height, region.Top, region.Height, height);
        if (region.Mirrored) Array.Reverse(columns);
        isIdentity = columns.Length == image.Width && !columns.Where((column, x) => column != x).Any();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Row(int y, Span<byte> target)
    {
        var channels = image.Channels;
        ReadOnlySpan<byte> source = image.Row(rows[y]);
        if (isIdentity) source.CopyTo(target);
        else
            for (int x = 0, place = 0; x < columns.Length; x++)
                for (var from = columns[x] * channels; place < (x + 1) * channels; place++, from++) target[place] = source[from];
    }

    public override void Dispose() { }

    private static int[] Places(int inputSize, double start, double length, int outputSize)
    {
        var places = new int[outputSize];
        var scale = length / outputSize;
        for (var i = 0; i < outputSize; i++) places[i] = (int)Math.Clamp(Math.Floor(start + (i + 0.5) * scale), 0, inputSize - 1);
        return places;
    }
}
