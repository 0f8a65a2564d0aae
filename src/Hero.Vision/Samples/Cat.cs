using System.Numerics;

namespace Hero.Vision.Samples;

/// <summary>A sitting cat: pointed ears, whiskers, a curled tail; striped, with socks or a collar as it happens.</summary>
internal static class Cat
{
    private const float Rim = 0.04f;

    public static void Draw(Canvas canvas, ref SeededRandom random)
    {
        var coat = random.Below(6) switch
        {
            0 => Ink.Hsv(random.Range(0.05f, 0.1f), random.Range(0.6f, 0.8f), random.Range(0.85f, 1)), // ginger
            1 => Ink.Hsv(0.08f, 0.1f, random.Range(0.25f, 0.38f)), // black
            2 => Ink.Hsv(0.6f, random.Range(0.05f, 0.15f), random.Range(0.55f, 0.75f)), // grey
            3 => Ink.Hsv(0.1f, random.Range(0.1f, 0.3f), random.Range(0.9f, 1)), // cream
            4 => Ink.Hsv(0.07f, 0.55f, random.Range(0.45f, 0.6f)), // brown
            _ => Ink.Hsv(random.Range(0.5f, 0.9f), random.Range(0.25f, 0.45f), random.Range(0.7f, 0.9f)), // it is a cartoon
        };
        var fur = Ink.Shaded(coat);
        var pale = Ink.Flat(Vector3.Lerp(coat, new Vector3(1, 0.97f, 0.92f), 0.75f));
        var dark = Ink.Flat(coat * 0.6f);

        var sway = random.Range(-0.25f, 0.35f);
        var tail = Shapes.Curve(new(0.35f, 0.85f), new(0.75f, 0.85f), new(0.95f + sway * 0.3f, 0.5f), new(0.72f + sway, 0.2f), new(0.9f + sway, 0.02f));
        canvas.Draw(tail, 0.21f, Ink.Line);
        canvas.Draw(tail, 0.14f, fur);

        canvas.Fill(Shapes.Blob(new(0, -0.15f), new(0.38f, 0.1f), new(0.52f, 0.65f), new(0.4f, 0.95f), new(0, 1), new(-0.4f, 0.95f), new(-0.52f, 0.65f), new(-0.38f, 0.1f)), fur, Rim);
        canvas.Fill(Shapes.Ellipse(0, 0.5f, 0.22f, 0.34f), pale);
        var socks = random.Chance(0.5f) ? pale : fur;
        canvas.Fill(Shapes.Ellipse(-0.2f, 0.94f, 0.17f, 0.1f), socks, Rim);
        canvas.Fill(Shapes.Ellipse(0.2f, 0.94f, 0.17f, 0.1f), socks, Rim);

        var face = canvas.Transform;
        canvas.Transform = Matrix3x2.CreateRotation(random.Range(-0.25f, 0.25f), new Vector2(0, -0.1f)) * face;
        if (random.Chance(0.6f))
        {
            canvas.Draw(Shapes.Arc(0, -0.12f, 0.34f, 0.22f, 0.5f, 2.64f), 0.1f, Ink.Flat(Ink.Hsv(random.Single(), 0.8f, 0.85f)));
            canvas.Fill(Shapes.Circle(0, 0.12f, 0.08f), Ink.Flat(1, 0.85f, 0.3f), Rim * 0.7f);
        }
        for (var side = -1; side <= 1; side += 2)
        {
            canvas.Fill([new(side * 0.52f, -0.5f), new(side * 0.52f, -1.02f), new(side * 0.1f, -0.72f)], fur, Rim);
            canvas.Fill([new(side * 0.45f, -0.6f), new(side * 0.46f, -0.88f), new(side * 0.22f, -0.7f)], Ink.Flat(0.98f, 0.68f, 0.7f));
        }
        canvas.Fill(Shapes.Ellipse(0, -0.4f, 0.58f, 0.44f), fur, Rim);
        if (random.Chance(0.5f))
        {
            canvas.Draw([new(0, -0.8f), new(0, -0.62f)], 0.07f, dark);
            for (var side = -1; side <= 1; side += 2)
            {
                canvas.Draw([new(side * 0.15f, -0.78f), new(side * 0.13f, -0.65f)], 0.06f, dark);
                canvas.Draw([new(side * 0.54f, -0.35f), new(side * 0.4f, -0.33f)], 0.05f, dark);
                canvas.Draw([new(side * 0.46f, 0.6f), new(side * 0.3f, 0.57f)], 0.06f, dark);
            }
        }
        Eyes(canvas, ref random);
        canvas.Fill(Shapes.Ellipse(-0.1f, -0.2f, 0.14f, 0.1f), pale);
        canvas.Fill(Shapes.Ellipse(0.1f, -0.2f, 0.14f, 0.1f), pale);
        canvas.Draw(Shapes.Arc(-0.08f, -0.21f, 0.08f, 0.08f, 0.1f, 2.6f), 0.03f, Ink.Line);
        canvas.Draw(Shapes.Arc(0.08f, -0.21f, 0.08f, 0.08f, 0.5f, 3), 0.03f, Ink.Line);
        canvas.Fill([new(-0.07f, -0.3f), new(0.07f, -0.3f), new(0, -0.22f)], Ink.Flat(0.95f, 0.5f, 0.55f), 0.02f);
        for (var side = -1; side <= 1; side += 2)
            for (var i = -1; i <= 1; i++)
                canvas.Draw([new(side * 0.26f, -0.22f + i * 0.05f), new(side * 0.72f, -0.25f + i * 0.13f)], 0.022f, Ink.Line);
        canvas.Transform = face;
    }

    private static void Eyes(Canvas canvas, ref SeededRandom random)
    {
        var iris = Ink.Flat(Ink.Hsv(random.Range(0.12f, 0.6f), 0.6f, 0.9f));
        var look = random.InBox(0.04f, 0.03f);
        var asleep = random.Chance(0.12f);
        for (var side = -1; side <= 1; side += 2)
        {
            if (asleep)
            {
                canvas.Draw(Shapes.Arc(side * 0.23f, -0.46f, 0.12f, 0.08f, 0.2f, 2.9f), 0.04f, Ink.Line);
                continue;
            }
            canvas.Fill(Shapes.Ellipse(side * 0.23f, -0.44f, 0.14f, 0.16f), iris, 0.03f);
            canvas.Fill(Shapes.Ellipse(side * 0.23f + look.X, -0.44f + look.Y, 0.045f, 0.12f), Ink.Line);
            canvas.Fill(Shapes.Circle(side * 0.23f + look.X + 0.04f, -0.5f + look.Y, 0.03f), Ink.White);
        }
    }
}
