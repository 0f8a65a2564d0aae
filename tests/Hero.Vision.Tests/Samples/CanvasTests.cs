using System.Numerics;
using Hero.Vision.Samples;

namespace Hero.Vision.Tests.Samples;

public class CanvasTests
{
    [Fact]
    public void A_fill_covers_each_pixel_by_the_area_inside()
    {
        var canvas = new Canvas(8);
        canvas.Fill([new(1.25f, 2), new(4, 2), new(4, 4.5f), new(1.25f, 4.5f)], Ink.White);
        for (var y = 0; y < 8; y++)
            for (var x = 0; x < 8; x++)
            {
                var expected = Math.Clamp(Math.Min(4, x + 1) - Math.Max(1.25f, x), 0, 1) * Math.Clamp(Math.Min(4.5f, y + 1) - Math.Max(2, y), 0, 1);
                Assert.Equal(expected, canvas.Pixels[y * 8 + x].X, 5);
            }
    }

    // Against 64 x 64 points in each pixel, for outlines that lean, cross pixels and reach beyond the canvas.
    [Fact]
    public void Slanted_outlines_agree_with_counted_points()
    {
        var random = new Random(5);
        for (var round = 0; round < 20; round++)
        {
            var triangle = Enumerable.Range(0, 3).Select(_ => new Vector2(random.NextSingle() * 12 - 3, random.NextSingle() * 10 - 1)).ToArray();
            if (triangle.Any(point => point.X is < 0 or > 6)) continue; // beyond the sides outlines are pushed in, which bends them
            var canvas = new Canvas(6);
            canvas.Fill(triangle, Ink.White);
            for (var y = 0; y < 6; y++)
                for (var x = 0; x < 6; x++)
                {
                    var inside = 0;
                    for (var i = 0; i < 64 * 64; i++) inside += Inside(triangle, new Vector2(x + (i % 64 + 0.5f) / 64, y + (i / 64 + 0.5f) / 64)) ? 1 : 0;
                    Assert.InRange(canvas.Pixels[y * 6 + x].X, inside / 4096f - 0.02f, inside / 4096f + 0.02f);
                }
        }
    }

    [Fact]
    public void A_line_is_as_wide_as_asked_and_reaches_beyond_the_canvas_without_harm()
    {
        var canvas = new Canvas(20);
        canvas.Draw([new(-50, 10), new(70, 10)], 4, Ink.White);
        for (var y = 0; y < 20; y++) Assert.Equal(y is >= 8 and < 12 ? 1 : 0, canvas.Pixels[y * 20 + 7].X, 5);
    }

    private static bool Inside(Vector2[] triangle, Vector2 point)
    {
        var sides = Enumerable.Range(0, 3).Select(i => Cross(triangle[(i + 1) % 3] - triangle[i], point - triangle[i]) > 0).ToArray();
        return sides[0] == sides[1] && sides[1] == sides[2];
    }

    private static float Cross(Vector2 a, Vector2 b) => a.X * b.Y - a.Y * b.X;
}
