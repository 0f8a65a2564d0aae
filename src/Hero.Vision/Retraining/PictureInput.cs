using System.Globalization;
using System.Text.Json;
using Hero.Saving;

namespace Hero.Vision.Retraining;

/// <summary>How a picture becomes the input of a network: its size and the numbers of its pixels. Saved with the model.</summary>
internal sealed record PictureInput(int Height, int Width, PixelNormalization Normalization)
{
    private const int LargestSide = 1024;

    /// <summary>The shape of a picture's values.</summary>
    public Shape Shape => [Height, Width, 3];

    /// <summary>How many values a picture has.</summary>
    public int Length => Height * Width * 3;

    /// <summary>How files are decoded: no larger than needed.</summary>
    public ImageDecodeOptions DecodeOptions => new() { TargetHeight = Height, TargetWidth = Width };

    /// <summary>Writes a picture's values (height, width, channel).</summary>
    public void Write(Image image, Span<float> destination) => image.ResizeTo(destination, Width, Height, Normalization);

    /// <summary>The settings as JSON.</summary>
    public string ToJson() => string.Create(CultureInfo.InvariantCulture,
        $$"""{"height":{{Height}},"width":{{Width}},"mean":[{{List(Normalization.Mean)}}],"scale":[{{List(Normalization.Scale)}}],"order":"{{Normalization.Order}}"}""");

    /// <exception cref="ModelFileException">The text is no such JSON.</exception>
    public static PictureInput Parse(string json, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var (height, width) = (root.GetProperty("height").GetInt32(), root.GetProperty("width").GetInt32());
            if (height is < 1 or > LargestSide || width is < 1 or > LargestSide) throw new FormatException($"a size of {height} x {width}");
            if (!Enum.TryParse<ChannelOrder>(root.GetProperty("order").GetString(), out var order) || !Enum.IsDefined(order)) throw new FormatException("an unknown order of colours");
            return new(height, width, new PixelNormalization(Numbers(root.GetProperty("mean")), Numbers(root.GetProperty("scale")), order));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new ModelFileException($"'{source}' does not say soundly how pictures are to be prepared for it ({error.Message}).", error);
        }
    }

    private static float[] Numbers(JsonElement array)
    {
        var numbers = new float[Math.Min(array.GetArrayLength(), 4)];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = array[i].GetSingle();
        return numbers;
    }

    private static string List(IReadOnlyList<float> numbers) => string.Join(',', numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
}
