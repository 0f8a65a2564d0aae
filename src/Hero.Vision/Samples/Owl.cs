using System.Numerics;

namespace Hero.Vision.Samples;

/// <summary>An owl on a branch: great round eyes, feather tufts, wings that hang or wave.</summary>
internal static class Owl
{
    private const float Rim = 0.04f;

    public static void Draw(Canvas canvas, ref SeededRandom random)
    {
        var color = random.Below(5) switch
        {
            0 => Ink.Hsv(random.Range(0.05f, 0.1f), random.Range(0.45f, 0.65f), random.Range(0.45f, 0.7f)),
            1 => Ink.Hsv(0.08f, 0.1f, random.Range(0.8f, 0.97f)),
            2 => Ink.Hsv(0.65f, random.Range(0.1f, 0.25f), random.Range(0.45f, 0.65f)),
            3 => Ink.Hsv(random.Range(0.45f, 0.6f), random.Range(0.4f, 0.65f), random.Range(0.55f, 0.8f)),
            _ => Ink.Hsv(random.Range(0.75f, 1), random.Range(0.25f, 0.5f), random.Range(0.6f, 0.85f)),
        };
        var feathers = Ink.Shaded(color);
        var belly = Ink.Flat(Vector3.Lerp(color, new Vector3(1, 0.95f, 0.82f), 0.7f));
        var beak = Ink.Flat(Ink.Hsv(random.Range(0.07f, 0.14f), 0.85f, 1));

        if (random.Chance(0.8f))
        {
            var branch = Shapes.Curve(new(-1.1f, 1 + random.Range(-0.08f, 0.12f)), new(0, 0.97f), new(1.1f, 1 + random.Range(-0.08f, 0.12f)));
            canvas.Draw(branch, 0.18f, Ink.Line);
            canvas.Draw(branch, 0.11f, Ink.Flat(0.5f, 0.34f, 0.22f));
            if (random.Chance(0.6f)) canvas.Fill(Shapes.Ellipse(0.9f, 0.85f, 0.15f, 0.07f, -0.6f), Ink.Flat(0.4f, 0.65f, 0.3f), 0.03f);
        }
        canvas.Fill([new(-0.2f, 0.75f), new(0.2f, 0.75f), new(0.14f, 1.12f), new(-0.14f, 1.12f)], Ink.Shaded(color * 0.8f), Rim); // tail

        for (var side = -1; side <= 1; side += 2)
        {
            var lift = random.Chance(0.25f) ? random.Range(0.8f, 1.7f) : random.Range(-0.1f, 0.25f);
            var here = canvas.Transform;
            canvas.Transform = Matrix3x2.CreateRotation(-side * lift, new Vector2(side * 0.5f, -0.05f)) * here;
            canvas.Fill(Shapes.Blob(new(side * 0.45f, -0.15f), new(side * 0.78f, 0.15f), new(side * 0.74f, 0.6f), new(side * 0.6f, 0.8f), new(side * 0.48f, 0.4f)), Ink.Shaded(color * 0.85f), Rim);
            canvas.Transform = here;
        }
        canvas.Fill(Shapes.Blob(new(0, -0.75f), new(0.5f, -0.55f), new(0.62f, 0.1f), new(0.5f, 0.7f), new(0, 0.92f), new(-0.5f, 0.7f), new(-0.62f, 0.1f), new(-0.5f, -0.55f)), feathers, Rim);
        canvas.Fill(Shapes.Ellipse(0, 0.4f, 0.38f, 0.44f), belly);
        for (var row = 0; row < 3; row++)
            for (var i = -1; i <= 1 - row % 2; i++)
            {
                var (x, y) = (i * 0.2f + row % 2 * 0.1f, 0.22f + row * 0.2f);
                canvas.Draw(Shapes.Arc(x, y, 0.07f, 0.07f, 0.3f, 2.84f), 0.035f, Ink.Flat(color * 0.8f));
            }
        for (var side = -1; side <= 1; side += 2)
            for (var toe = -1; toe <= 1; toe++)
                canvas.Draw([new(side * 0.2f, 0.86f), new(side * 0.2f + toe * 0.07f, 0.98f)], 0.055f, beak);

        Face(canvas, color, feathers, belly, beak, ref random);
    }

    private static void Face(Canvas canvas, Vector3 color, Ink feathers, Ink belly, Ink beak, ref SeededRandom random)
    {
        var body = canvas.Transform;
        canvas.Transform = Matrix3x2.CreateRotation(random.Range(-0.3f, 0.3f), new Vector2(0, -0.35f)) * body;
        for (var side = -1; side <= 1; side += 2)
            canvas.Fill(Shapes.Blob(new(side * 0.2f, -0.72f), new(side * 0.58f, -1.02f), new(side * 0.6f, -0.55f)), feathers, Rim);
        canvas.Fill(Shapes.Ellipse(0, -0.42f, 0.6f, 0.4f), feathers);
        var (size, look, iris) = (random.Range(0.23f, 0.29f), random.InBox(0.06f, 0.05f), Ink.Flat(Ink.Hsv(random.Range(0.07f, 0.17f), random.Range(0.4f, 0.9f), 1)));
        var wink = random.Chance(0.15f) ? random.Below(2) * 2 - 1 : 0;
        for (var side = -1; side <= 1; side += 2)
        {
            canvas.Fill(Shapes.Circle(side * 0.27f, -0.4f, size + 0.06f), belly, 0.025f);
            if (side == wink)
            {
                canvas.Draw(Shapes.Arc(side * 0.27f, -0.45f, size * 0.7f, size * 0.5f, 0.3f, 2.84f), 0.045f, Ink.Line);
                continue;
            }
            canvas.Fill(Shapes.Circle(side * 0.27f, -0.4f, size), iris, 0.03f);
            canvas.Fill(Shapes.Circle(side * 0.27f + look.X, -0.4f + look.Y, size * 0.55f), Ink.Line);
            canvas.Fill(Shapes.Circle(side * 0.27f + look.X + 0.05f, -0.47f + look.Y, size * 0.2f), Ink.White);
        }
        canvas.Fill([new(-0.1f, -0.28f), new(0.1f, -0.28f), new(0, -0.06f)], beak, 0.03f);
        if (random.Chance(0.4f))
            for (var side = -1; side <= 1; side += 2)
                canvas.Draw([new(side * 0.1f, -0.66f), new(side * 0.48f, -0.78f)], 0.09f, Ink.Flat(color * 0.6f));
        canvas.Transform = body;
    }
}
