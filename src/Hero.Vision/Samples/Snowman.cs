using System.Numerics;

namespace Hero.Vision.Samples;

/// <summary>A snowman: two or three balls, a carrot, coal, twigs for arms, a scarf and one of three hats.</summary>
internal static class Snowman
{
    private const float Rim = 0.035f;

    public static void Draw(Canvas canvas, ref SeededRandom random)
    {
        var snow = new Ink(new Vector3(1, 1, 1), Ink.Hsv(random.Range(0.52f, 0.7f), random.Range(0.08f, 0.25f), random.Range(0.8f, 0.95f)));
        var cloth = Ink.Hsv(random.Single(), random.Range(0.55f, 0.9f), random.Range(0.6f, 0.95f));

        for (var side = -1; side <= 1; side += 2) Arm(canvas, side, ref random);
        canvas.Fill(Shapes.Ellipse(0, 0.6f, 0.56f, 0.46f), snow, Rim);
        var three = random.Chance(0.5f);
        canvas.Fill(Shapes.Ellipse(0, three ? 0 : 0.12f, three ? 0.42f : 0.48f, three ? 0.36f : 0.4f), snow, Rim);
        for (var i = 0; i < 3; i++) canvas.Fill(Shapes.Circle(random.Range(-0.02f, 0.02f), 0.08f + i * 0.24f, 0.05f), random.Chance(0.8f) ? Ink.Line : Ink.Flat(cloth));

        var body = canvas.Transform;
        canvas.Transform = Matrix3x2.CreateRotation(random.Range(-0.22f, 0.22f), new Vector2(0, -0.2f)) * body;
        canvas.Fill(Shapes.Ellipse(0, -0.47f, 0.35f, 0.33f), snow, Rim);
        if (random.Chance(0.75f)) Scarf(canvas, cloth, ref random);
        Face(canvas, ref random);
        Hat(canvas, random.Chance(0.5f) ? cloth : Ink.Hsv(random.Single(), random.Range(0.3f, 0.8f), random.Range(0.3f, 0.9f)), ref random);
        canvas.Transform = body;
    }

    private static void Arm(Canvas canvas, int side, ref SeededRandom random)
    {
        var wood = Ink.Flat(0.36f, 0.24f, 0.15f);
        var (sin, cos) = MathF.SinCos(random.Range(-1.1f, 0.5f));
        var (start, direction) = (new Vector2(side * 0.36f, 0.05f), new Vector2(side * cos, sin));
        var (hand, across) = (start + direction * 0.6f, new Vector2(-direction.Y, direction.X));
        canvas.Draw([start, start + direction * 0.3f + across * random.Range(-0.05f, 0.05f), hand], 0.06f, wood);
        canvas.Draw([start + direction * 0.42f, hand + across * 0.16f], 0.045f, wood);
        canvas.Draw([start + direction * 0.42f, hand - across * 0.16f], 0.045f, wood);
    }

    private static void Scarf(Canvas canvas, Vector3 cloth, ref SeededRandom random)
    {
        var side = random.Below(2) * 2 - 1;
        canvas.Fill(Shapes.Box(side * 0.2f, 0.03f, 0.08f, 0.2f, 0.03f), Ink.Shaded(cloth * 0.9f), Rim);
        canvas.Fill(Shapes.Ellipse(0, -0.19f, 0.36f, 0.1f), Ink.Shaded(cloth), Rim);
        if (random.Chance(0.5f))
            for (var i = -2; i <= 2; i++) canvas.Draw([new(i * 0.13f - 0.02f, -0.24f), new(i * 0.13f + 0.02f, -0.13f)], 0.05f, Ink.White);
    }

    private static void Face(Canvas canvas, ref SeededRandom random)
    {
        var look = random.InBox(0.03f, 0.02f);
        var coal = random.Range(0.042f, 0.06f);
        var closed = random.Chance(0.1f);
        for (var side = -1; side <= 1; side += 2)
        {
            if (closed) canvas.Draw(Shapes.Arc(side * 0.13f, -0.56f, 0.06f, 0.04f, 0.2f, 2.94f), 0.035f, Ink.Line);
            else canvas.Fill(Shapes.Circle(side * 0.13f + look.X, -0.56f + look.Y, coal), Ink.Line);
        }
        foreach (var point in Shapes.Arc(0, -0.42f, 0.18f, random.Range(0.08f, 0.16f), 0.35f, 2.79f).Where((_, i) => i % 4 == 0))
            canvas.Fill(Shapes.Circle(point.X, point.Y, 0.026f), Ink.Line);
        var tip = new Vector2((random.Below(2) * 2 - 1) * random.Range(0.15f, 0.38f), -0.42f + random.Range(-0.06f, 0.06f));
        canvas.Fill([new(0, -0.51f), tip, new(0, -0.41f)], Ink.Flat(Ink.Hsv(random.Range(0.05f, 0.09f), 0.9f, 1)), 0.022f);
    }

    private static void Hat(Canvas canvas, Vector3 color, ref SeededRandom random)
    {
        switch (random.Below(4))
        {
            case 0: // a top hat
                var felt = Ink.Shaded(random.Chance(0.6f) ? new Vector3(0.2f, 0.19f, 0.24f) : color);
                canvas.Fill(Shapes.Box(0, -0.92f, 0.22f, 0.2f, 0.02f), felt, Rim);
                canvas.Fill(Shapes.Box(0, -0.8f, 0.22f, 0.05f), Ink.Flat(Ink.Hsv(random.Single(), 0.7f, 0.9f)));
                canvas.Fill(Shapes.Ellipse(0, -0.73f, 0.38f, 0.06f), felt, Rim);
                break;
            case 1: // a woollen hat
                canvas.Fill([.. Shapes.Arc(0, -0.68f, 0.34f, 0.32f, MathF.PI, MathF.Tau)], Ink.Shaded(color), Rim);
                canvas.Fill(Shapes.Box(0, -0.68f, 0.37f, 0.06f, 0.05f), Ink.White, Rim);
                canvas.Fill(Shapes.Circle(0, -1.01f, 0.1f), Ink.White, Rim);
                break;
            case 2: // a bucket
                canvas.Fill([new(-0.26f, -1.05f), new(0.26f, -1.05f), new(0.34f, -0.7f), new(-0.34f, -0.7f)], Ink.Shaded(color), Rim);
                break;
            default: // earmuffs
                canvas.Draw(Shapes.Arc(0, -0.52f, 0.36f, 0.34f, MathF.PI + 0.2f, MathF.Tau - 0.2f), 0.05f, Ink.Flat(color * 0.7f));
                canvas.Fill(Shapes.Ellipse(-0.36f, -0.5f, 0.09f, 0.13f), Ink.Shaded(color), Rim);
                canvas.Fill(Shapes.Ellipse(0.36f, -0.5f, 0.09f, 0.13f), Ink.Shaded(color), Rim);
                break;
        }
    }
}
