using System.Numerics;

namespace Hero.Vision.Samples;

/// <summary>
/// A square to draw on, with smooth edges: outlines are filled by the exact area they cover of each pixel, lines by their distance
/// from it. Coordinates are turned into pixels by <see cref="Transform"/>.
/// </summary>
internal sealed class Canvas
{
    private readonly Vector3[] pixels;
    private readonly float[] coverage; // differences along each row

    public Canvas(int size)
    {
        Size = size;
        pixels = new Vector3[size * size];
        coverage = new float[size * size];
    }

    /// <summary>Pixels in a row, and rows.</summary>
    public int Size { get; }

    /// <summary>From the drawing's coordinates to pixels.</summary>
    public Matrix3x2 Transform { get; set; } = Matrix3x2.Identity;

    /// <summary>The colours, row by row, 0 .. 1.</summary>
    public Span<Vector3> Pixels => pixels;

    /// <summary>Fills an outline, and draws its rim where a width is given.</summary>
    public void Fill(ReadOnlySpan<Vector2> outline, Ink ink, float rim = 0)
    {
        Array.Clear(coverage);
        var previous = Vector2.Transform(outline[^1], Transform);
        var (top, bottom) = (float.MaxValue, float.MinValue);
        foreach (var point in outline)
        {
            var current = Vector2.Transform(point, Transform);
            AddEdge(previous, current);
            (top, bottom) = (Math.Min(top, current.Y), Math.Max(bottom, current.Y));
            previous = current;
        }
        for (var y = Math.Max(0, (int)top); y < Math.Min(Size, bottom + 1); y++)
        {
            var color = Vector3.Lerp(ink.Top, ink.Bottom, Math.Clamp((y + 0.5f - top) / Math.Max(bottom - top, 1e-3f), 0, 1));
            var sum = 0f;
            for (var x = 0; x < Size; x++)
            {
                sum += coverage[y * Size + x];
                Blend(ref pixels[y * Size + x], color, Math.Min(Math.Abs(sum), 1) * ink.Alpha);
            }
        }
        if (rim > 0) Draw(outline, rim, Ink.Line, closed: true);
    }

    /// <summary>Draws a line with round ends; the width is in the drawing's coordinates.</summary>
    public void Draw(ReadOnlySpan<Vector2> line, float width, Ink ink, bool closed = false)
    {
        var points = new Vector2[line.Length + (closed ? 1 : 0)];
        for (var i = 0; i < points.Length; i++) points[i] = Vector2.Transform(line[i % line.Length], Transform);
        // A line thinner than a pixel becomes a fainter one of a pixel.
        var wide = width * MathF.Sqrt(Math.Abs(Transform.GetDeterminant()));
        var (half, alpha) = (Math.Max(wide, 1) / 2, ink.Alpha * Math.Min(wide, 1));
        var (low, high) = (points[0], points[0]);
        foreach (var point in points) (low, high) = (Vector2.Min(low, point), Vector2.Max(high, point));
        for (var y = Math.Max(0, (int)(low.Y - half - 1)); y < Math.Min(Size, high.Y + half + 1); y++)
        {
            var color = Vector3.Lerp(ink.Top, ink.Bottom, Math.Clamp((y - low.Y) / Math.Max(high.Y - low.Y, 1), 0, 1));
            for (var x = Math.Max(0, (int)(low.X - half - 1)); x < Math.Min(Size, high.X + half + 1); x++)
            {
                var distance = Distance(points, new Vector2(x + 0.5f, y + 0.5f));
                Blend(ref pixels[y * Size + x], color, Math.Clamp(half + 0.5f - distance, 0, 1) * alpha);
            }
        }
    }

    /// <summary>The drawing as a picture, rounded to bytes.</summary>
    public Image ToImage()
    {
        var image = new Image(Size, Size);
        var bytes = image.Pixels;
        for (var i = 0; i < pixels.Length; i++)
            for (var c = 0; c < 3; c++)
                bytes[i * 3 + c] = (byte)(Math.Clamp(pixels[i][c], 0, 1) * 255 + 0.5f);
        return image;
    }

    // Adds what lies to the right of an edge, signed by its direction: summed along a row it is the share of each pixel inside.
    private void AddEdge(Vector2 from, Vector2 to)
    {
        if (from.Y == to.Y) return;
        var sign = from.Y < to.Y ? 1f : -1f;
        var (upper, lower) = from.Y < to.Y ? (from, to) : (to, from);
        var slope = (lower.X - upper.X) / (lower.Y - upper.Y);
        for (var y = Math.Max(0, (int)MathF.Floor(upper.Y)); y < Math.Min(Size, lower.Y); y++)
        {
            var (start, end) = (Math.Max(upper.Y, y), Math.Min(lower.Y, y + 1));
            if (end <= start) continue;
            var (x0, x1) = (upper.X + (start - upper.Y) * slope, upper.X + (end - upper.Y) * slope);
            AddSpan(y, Math.Clamp(Math.Min(x0, x1), 0, Size), Math.Clamp(Math.Max(x0, x1), 0, Size), sign * (end - start));
        }
    }

    // An edge that crosses one row from x0 to x1 and is "height" high there.
    private void AddSpan(int y, float x0, float x1, float height)
    {
        var row = y * Size;
        var (first, last) = ((int)x0, (int)x1);
        if (first == last || x1 - x0 < 1e-6f)
        {
            if (first >= Size) return;
            var inside = 1 - ((x0 + x1) / 2 - first);
            coverage[row + first] += height * inside;
            if (first + 1 < Size) coverage[row + first + 1] += height * (1 - inside);
            return;
        }
        var done = 0f; // the share of the height to the left of each pixel's right side, integrated over the pixel
        for (var x = first; x <= last && x < Size; x++)
        {
            var (left, right) = (Math.Max(x0, x), Math.Min(x1, x + 1));
            var (a, b) = ((left - x0) / (x1 - x0), (right - x0) / (x1 - x0));
            var total = (a + b) / 2 * (right - left) + b * (x + 1 - right);
            coverage[row + x] += height * (total - done);
            done = total;
        }
        if (last + 1 < Size) coverage[row + last + 1] += height * (1 - done);
    }

    private static float Distance(ReadOnlySpan<Vector2> line, Vector2 point)
    {
        var least = float.MaxValue;
        for (var i = 0; i + 1 < line.Length; i++)
        {
            var along = line[i + 1] - line[i];
            var share = Math.Clamp(Vector2.Dot(point - line[i], along) / Math.Max(along.LengthSquared(), 1e-12f), 0, 1);
            least = Math.Min(least, (point - line[i] - along * share).LengthSquared());
        }
        return MathF.Sqrt(least);
    }

    private static void Blend(ref Vector3 below, Vector3 color, float alpha)
    {
        if (alpha > 0) below = Vector3.Lerp(below, color, alpha);
    }
}
