using System.Numerics;

namespace Hero.Vision.Samples;

/// <summary>Outlines and lines as points, close enough together to look round.</summary>
internal static class Shapes
{
    public static Vector2[] Ellipse(float x, float y, float radiusX, float radiusY, float angle = 0)
    {
        const int Points = 40;
        var turn = Matrix3x2.CreateRotation(angle) * Matrix3x2.CreateTranslation(x, y);
        var points = new Vector2[Points];
        for (var i = 0; i < Points; i++)
        {
            var (sin, cos) = MathF.SinCos(i * MathF.Tau / Points);
            points[i] = Vector2.Transform(new Vector2(radiusX * cos, radiusY * sin), turn);
        }
        return points;
    }

    public static Vector2[] Circle(float x, float y, float radius) => Ellipse(x, y, radius, radius);

    /// <summary>Part of an ellipse's rim, from one angle to another (0 to the right, growing clockwise on the screen).</summary>
    public static Vector2[] Arc(float x, float y, float radiusX, float radiusY, float from, float to)
    {
        const int Points = 16;
        var points = new Vector2[Points + 1];
        for (var i = 0; i <= Points; i++)
        {
            var (sin, cos) = MathF.SinCos(from + (to - from) * i / Points);
            points[i] = new Vector2(x + radiusX * cos, y + radiusY * sin);
        }
        return points;
    }

    /// <summary>A box by its middle and half sizes, with round corners.</summary>
    public static Vector2[] Box(float x, float y, float halfWidth, float halfHeight, float radius = 0)
    {
        radius = Math.Min(radius, Math.Min(halfWidth, halfHeight));
        if (radius <= 0)
            return [new(x - halfWidth, y - halfHeight), new(x + halfWidth, y - halfHeight), new(x + halfWidth, y + halfHeight), new(x - halfWidth, y + halfHeight)];
        var (w, h) = (halfWidth - radius, halfHeight - radius);
        const float Quarter = MathF.PI / 2;
        return
        [
            .. Arc(x + w, y + h, radius, radius, 0, Quarter), .. Arc(x - w, y + h, radius, radius, Quarter, 2 * Quarter),
            .. Arc(x - w, y - h, radius, radius, 2 * Quarter, 3 * Quarter), .. Arc(x + w, y - h, radius, radius, 3 * Quarter, 4 * Quarter),
        ];
    }

    /// <summary>A smooth closed outline through points (Catmull-Rom).</summary>
    public static Vector2[] Blob(params ReadOnlySpan<Vector2> through) => Smooth(through, closed: true);

    /// <summary>A smooth line through points (Catmull-Rom).</summary>
    public static Vector2[] Curve(params ReadOnlySpan<Vector2> through) => Smooth(through, closed: false);

    private static Vector2[] Smooth(ReadOnlySpan<Vector2> through, bool closed)
    {
        const int Pieces = 8;
        var spans = closed ? through.Length : through.Length - 1;
        var points = new List<Vector2>(spans * Pieces + 1);
        for (var i = 0; i < spans; i++)
        {
            var (a, b, c, d) = (At(through, i - 1), At(through, i), At(through, i + 1), At(through, i + 2));
            for (var k = 0; k < Pieces; k++)
            {
                var t = (float)k / Pieces;
                points.Add(0.5f * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t));
            }
        }
        if (!closed) points.Add(through[^1]);
        return [.. points];

        Vector2 At(ReadOnlySpan<Vector2> points, int index) =>
            closed ? points[(index + points.Length) % points.Length] : points[Math.Clamp(index, 0, points.Length - 1)];
    }
}
