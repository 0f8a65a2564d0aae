using System.Numerics;
using Hero.Vision.Samples;

namespace Hero.Vision;

/// <summary>
/// Pictures to try Hero with where there are none: four cartoon characters, drawn by code in varied pose, colour, light and
/// surroundings. Invented for this project, free to use. The same seed gives the same pictures.
/// </summary>
public static class SampleSet
{
    private static readonly string[] Names = ["cat", "owl", "robot", "snowman"];

    /// <summary>The characters: "cat", "owl", "robot", "snowman".</summary>
    public static IReadOnlyList<string> Classes => Names;

    /// <summary>Draws one picture.</summary>
    /// <param name="label">One of <see cref="Classes"/>.</param>
    /// <param name="number">Which picture of the class; any number gives one.</param>
    /// <param name="size">Width and height in pixels, at least 16.</param>
    /// <param name="seed">Another seed gives another set.</param>
    /// <exception cref="ArgumentException">There is no such class, or the size is too small.</exception>
    public static Image Draw(string label, int number, int size = 64, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 16);
        var index = Array.IndexOf(Names, label);
        if (index < 0) throw new ArgumentException($"Expected one of {string.Join(", ", Names)}, got '{label}'.", nameof(label));
        var random = new SeededRandom(seed, index, number);
        var canvas = new Canvas(size) { Transform = Matrix3x2.CreateScale(size) };
        Backdrop.Draw(canvas, ref random);

        // The characters are drawn in a box from -1 to 1: nearer or farther, aside, tilted, mirrored.
        var scale = random.Range(0.27f, 0.44f);
        var place = new Vector2(0.5f, 0.53f) + random.InBox(0.16f, 0.1f);
        canvas.Transform = Matrix3x2.CreateScale(random.Chance(0.5f) ? scale : -scale, scale * random.Range(0.9f, 1.1f))
            * Matrix3x2.CreateRotation(random.Normal() * 0.12f) * Matrix3x2.CreateTranslation(place) * Matrix3x2.CreateScale(size);
        switch (index)
        {
            case 0: Cat.Draw(canvas, ref random); break;
            case 1: Owl.Draw(canvas, ref random); break;
            case 2: Robot.Draw(canvas, ref random); break;
            default: Snowman.Draw(canvas, ref random); break;
        }
        Light(canvas, ref random);
        return canvas.ToImage();
    }

    /// <summary>Writes a folder with one sub-folder of PNG files per class.</summary>
    /// <param name="folder">The folder; made when it is not there.</param>
    /// <param name="perClass">Pictures of each class.</param>
    /// <param name="size">Width and height of a picture in pixels.</param>
    /// <param name="seed">Another seed gives other pictures.</param>
    /// <param name="cancellationToken">Stops between two pictures.</param>
    /// <exception cref="IOException">The folder cannot be written, for example because the disk is full.</exception>
    public static void Write(string folder, int perClass = 100, int size = 64, long seed = 0, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(perClass, 1);
        foreach (var label in Names) Directory.CreateDirectory(Path.Combine(folder, label));
        var options = new ParallelOptions { CancellationToken = cancellationToken };
        Parallel.For(0, Names.Length * perClass, options, i =>
        {
            var (label, number) = (Names[i / perClass], i % perClass);
            File.WriteAllBytes(Path.Combine(folder, label, $"{label}-{number:d3}.png"), Draw(label, number, size, seed).EncodePng());
        });
    }

    // Bright or dim, warm or cold, lit from one side, and the noise of a small camera.
    private static void Light(Canvas canvas, ref SeededRandom random)
    {
        var tint = new Vector3(random.Range(0.88f, 1.1f), random.Range(0.92f, 1.06f), random.Range(0.88f, 1.1f)) * random.Range(0.7f, 1.12f);
        var (sin, cos) = MathF.SinCos(random.Range(0, MathF.Tau));
        var (slope, haze) = (random.Range(0, 0.3f), random.Range(0, 0.12f));
        var noise = random.Single() * random.Range(0, 0.05f);
        var pixels = canvas.Pixels;
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y) = ((float)(i % canvas.Size) / canvas.Size - 0.5f, (float)(i / canvas.Size) / canvas.Size - 0.5f);
            var lit = Vector3.Lerp(pixels[i], new Vector3(0.75f), haze) * tint * (1 + slope * (x * cos + y * sin));
            pixels[i] = lit + new Vector3(random.Normal(), random.Normal(), random.Normal()) * noise;
        }
    }
}
