using System.Numerics;

namespace Hero.Vision.Samples;

/// <summary>What is behind the character: a place, or just colours. Coordinates run from (0, 0) to (1, 1).</summary>
internal static class Backdrop
{
    public static void Draw(Canvas canvas, ref SeededRandom random)
    {
        switch (random.Below(6))
        {
            case 0: Meadow(canvas, ref random); break;
            case 1: Night(canvas, ref random); break;
            case 2: Room(canvas, ref random); break;
            case 3: Snow(canvas, ref random); break;
            case 4: City(canvas, ref random); break;
            default: Colors(canvas, ref random); break;
        }
    }

    private static void Meadow(Canvas canvas, ref SeededRandom random)
    {
        Everything(canvas, new Ink(Ink.Hsv(random.Range(0.52f, 0.62f), 0.55f, 0.95f), Ink.Hsv(0.55f, 0.15f, 1)));
        if (random.Chance(0.5f)) canvas.Fill(Shapes.Circle(random.Single(), random.Range(0.05f, 0.3f), 0.09f), Ink.Flat(1, 0.9f, 0.45f));
        for (var i = random.Below(3); i > 0; i--) Cloud(canvas, random.Single(), random.Range(0.05f, 0.35f), random.Range(0.05f, 0.1f));
        for (var i = random.Below(3); i > 0; i--) Tree(canvas, random.Single(), random.Range(0.55f, 0.7f), random.Range(0.12f, 0.25f), ref random);
        Ground(canvas, random.Range(0.6f, 0.8f), Ink.Hsv(random.Range(0.2f, 0.38f), random.Range(0.4f, 0.7f), random.Range(0.5f, 0.8f)), ref random);
        for (var i = random.Below(8); i > 0; i--)
            canvas.Fill(Shapes.Circle(random.Single(), random.Range(0.8f, 1), 0.015f), Ink.Flat(Ink.Hsv(random.Single(), 0.5f, 1)));
    }

    private static void Night(Canvas canvas, ref SeededRandom random)
    {
        Everything(canvas, new Ink(Ink.Hsv(random.Range(0.6f, 0.75f), 0.7f, 0.2f), Ink.Hsv(random.Range(0.6f, 0.8f), 0.6f, 0.42f)));
        for (var i = 10 + random.Below(20); i > 0; i--)
            canvas.Fill(Shapes.Circle(random.Single(), random.Range(0, 0.7f), random.Range(0.003f, 0.009f)), Ink.Flat(1, 1, 0.85f, random.Range(0.5f, 1)));
        if (random.Chance(0.6f)) canvas.Fill(Shapes.Circle(random.Single(), random.Range(0.1f, 0.3f), random.Range(0.06f, 0.12f)), Ink.Flat(0.97f, 0.95f, 0.8f));
        for (var i = random.Below(4); i > 0; i--) Tree(canvas, random.Single(), 0.75f, random.Range(0.15f, 0.3f), ref random, dark: true);
        Ground(canvas, random.Range(0.7f, 0.85f), Ink.Hsv(random.Range(0.3f, 0.7f), 0.4f, 0.22f), ref random);
    }

    private static void Room(Canvas canvas, ref SeededRandom random)
    {
        var hue = random.Single();
        var wall = Ink.Hsv(hue, random.Range(0.1f, 0.45f), random.Range(0.6f, 0.95f));
        Everything(canvas, Ink.Flat(wall));
        var stripe = Ink.Flat(wall * random.Range(0.82f, 0.94f));
        if (random.Chance(0.5f))
            for (var x = random.Range(0, 0.1f); x < 1; x += 0.14f) canvas.Fill(Shapes.Box(x, 0.5f, 0.035f, 0.5f), stripe);
        else
            for (var i = 0; i < 42; i++) canvas.Fill(Shapes.Circle(i % 7 * 0.16f + i / 7 % 2 * 0.08f, i / 7 * 0.14f, 0.025f), stripe);
        if (random.Chance(0.5f))
        {
            var (x, y) = (random.Range(0.1f, 0.9f), random.Range(0.15f, 0.35f));
            canvas.Fill(Shapes.Box(x, y, 0.14f, 0.11f), Ink.Flat(0.45f, 0.3f, 0.18f));
            canvas.Fill(Shapes.Box(x, y, 0.115f, 0.085f), Ink.Shaded(Ink.Hsv(random.Single(), 0.5f, 0.9f)));
        }
        var floor = random.Range(0.72f, 0.88f);
        canvas.Fill(Shapes.Box(0.5f, (1 + floor) / 2, 0.5f, (1 - floor) / 2), Ink.Shaded(Ink.Hsv(random.Range(0.04f, 0.12f), 0.5f, random.Range(0.35f, 0.65f))));
    }

    private static void Snow(Canvas canvas, ref SeededRandom random)
    {
        Everything(canvas, new Ink(Ink.Hsv(0.58f, random.Range(0.15f, 0.4f), random.Range(0.65f, 0.9f)), Ink.Hsv(0.6f, 0.08f, 0.95f)));
        for (var i = random.Below(4); i > 0; i--) Tree(canvas, random.Single(), 0.75f, random.Range(0.15f, 0.3f), ref random, dark: random.Chance(0.5f));
        Ground(canvas, random.Range(0.65f, 0.82f), new Vector3(0.9f, 0.94f, 0.98f), ref random);
        for (var i = random.Below(30); i > 0; i--)
            canvas.Fill(Shapes.Circle(random.Single(), random.Single(), random.Range(0.006f, 0.014f)), Ink.Flat(1, 1, 1, 0.9f));
    }

    private static void City(Canvas canvas, ref SeededRandom random)
    {
        Everything(canvas, new Ink(Ink.Hsv(random.Single(), 0.35f, 0.9f), Ink.Hsv(random.Range(0.02f, 0.15f), 0.35f, 1)));
        for (var x = 0f; x < 1.05f; x += random.Range(0.1f, 0.2f))
        {
            var (width, top) = (random.Range(0.05f, 0.1f), random.Range(0.2f, 0.65f));
            var wall = Ink.Hsv(random.Range(0.5f, 1), random.Range(0.05f, 0.3f), random.Range(0.3f, 0.65f));
            canvas.Fill(Shapes.Box(x, (top + 1) / 2, width, (1 - top) / 2), Ink.Shaded(wall));
            for (var y = top + 0.05f; y < 0.8f; y += 0.08f)
                for (var side = -1; side <= 1; side += 2)
                    canvas.Fill(Shapes.Box(x + side * width * 0.45f, y, 0.014f, 0.02f), random.Chance(0.5f) ? Ink.Flat(1, 0.93f, 0.6f) : Ink.Flat(wall * 0.6f));
        }
        Ground(canvas, random.Range(0.8f, 0.88f), Ink.Hsv(random.Single(), 0.08f, random.Range(0.35f, 0.6f)), ref random);
    }

    private static void Colors(Canvas canvas, ref SeededRandom random)
    {
        var hue = random.Single();
        Everything(canvas, new Ink(Ink.Hsv(hue, random.Range(0.1f, 0.6f), random.Range(0.5f, 1)), Ink.Hsv(hue + random.Range(-0.15f, 0.15f), random.Range(0.1f, 0.6f), random.Range(0.35f, 1))));
        for (var i = random.Below(8); i > 0; i--)
        {
            var ink = Ink.Flat(Ink.Hsv(random.Single(), random.Range(0.2f, 0.7f), random.Range(0.5f, 1)), random.Range(0.3f, 0.8f));
            var (x, y, size) = (random.Single(), random.Single(), random.Range(0.04f, 0.18f));
            if (random.Chance(0.4f)) canvas.Fill(Shapes.Circle(x, y, size), ink);
            else if (random.Chance(0.5f)) canvas.Fill([new(x, y - size), new(x + size, y + size), new(x - size, y + size)], ink);
            else canvas.Fill(Shapes.Box(x, y, size, size * 0.6f, 0.02f), ink);
        }
    }

    private static void Everything(Canvas canvas, Ink ink) => canvas.Fill(Shapes.Box(0.5f, 0.5f, 0.75f, 0.5f), ink);

    private static void Ground(Canvas canvas, float height, Vector3 color, ref SeededRandom random) => canvas.Fill(
        [
            .. Shapes.Curve(new(-0.1f, height), new(0.25f, height + random.Range(-0.06f, 0.06f)), new(0.6f, height + random.Range(-0.06f, 0.06f)), new(1.1f, height)),
            new(1.1f, 1.1f), new(-0.1f, 1.1f),
        ], new Ink(color, color * 0.75f));

    private static void Cloud(Canvas canvas, float x, float y, float size)
    {
        foreach (var (dx, dy, radius) in (ReadOnlySpan<(float, float, float)>)[(-1, 0.2f, 0.7f), (0, -0.2f, 1), (1, 0.2f, 0.75f)])
            canvas.Fill(Shapes.Circle(x + dx * size, y + dy * size, radius * size), Ink.Flat(1, 1, 1, 0.85f));
    }

    private static void Tree(Canvas canvas, float x, float foot, float height, ref SeededRandom random, bool dark = false)
    {
        canvas.Fill(Shapes.Box(x, foot, height * 0.07f, height * 0.3f), Ink.Flat(new Vector3(0.4f, 0.27f, 0.17f) * (dark ? 0.5f : 1)));
        var leaves = Ink.Shaded(Ink.Hsv(random.Range(0.22f, 0.42f), 0.6f, random.Range(0.35f, 0.65f)) * (dark ? 0.45f : 1));
        if (random.Chance(0.5f)) canvas.Fill(Shapes.Ellipse(x, foot - height * 0.6f, height * 0.35f, height * 0.45f), leaves);
        else
            for (var i = 0; i < 3; i++)
            {
                var (top, half) = (foot - height * (0.55f + 0.25f * i), height * (0.4f - 0.08f * i));
                canvas.Fill([new(x, top - height * 0.2f), new(x + half, top + height * 0.3f), new(x - half, top + height * 0.3f)], leaves);
            }
    }
}
