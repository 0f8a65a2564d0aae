using System.Numerics;

namespace Hero.Vision.Samples;

/// <summary>A colour that runs from a shape's top to its bottom, and how much of what lies below it covers.</summary>
internal readonly record struct Ink(Vector3 Top, Vector3 Bottom, float Alpha = 1)
{
    public static Ink White { get; } = Flat(1, 1, 1);

    public static Ink Line { get; } = Flat(0.13f, 0.11f, 0.15f);

    public static Ink Flat(float red, float green, float blue, float alpha = 1) => Flat(new Vector3(red, green, blue), alpha);

    public static Ink Flat(Vector3 color, float alpha = 1) => new(color, color, alpha);

    /// <summary>A colour lit from above: lighter at the top, darker at the bottom.</summary>
    public static Ink Shaded(Vector3 color) => new(Vector3.Lerp(color, Vector3.One, 0.22f), color * 0.78f);

    /// <summary>A colour by hue (in turns), saturation and value, each 0 .. 1.</summary>
    public static Vector3 Hsv(float hue, float saturation, float value)
    {
        return new(Channel(5), Channel(3), Channel(1));

        float Channel(float offset)
        {
            var k = (offset + hue * 6) % 6;
            if (k < 0) k += 6;
            return value - value * saturation * Math.Clamp(Math.Min(k, 4 - k), 0, 1);
        }
    }
}
