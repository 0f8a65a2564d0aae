using System.Numerics;

namespace Hero.Vision.Samples;

/// <summary>A robot: a box for a head and a box for a body, antenna, glowing eyes, arms it can raise, legs or a wheel.</summary>
internal static class Robot
{
    private const float Rim = 0.04f;

    public static void Draw(Canvas canvas, ref SeededRandom random)
    {
        var paint = random.Chance(0.4f)
            ? Ink.Hsv(random.Range(0.55f, 0.65f), random.Range(0.03f, 0.15f), random.Range(0.6f, 0.85f))
            : Ink.Hsv(random.Single(), random.Range(0.3f, 0.7f), random.Range(0.6f, 0.95f));
        var metal = Ink.Shaded(paint);
        var steel = Ink.Shaded(new Vector3(0.55f, 0.58f, 0.62f));
        var glow = Ink.Flat(Ink.Hsv(random.Single(), random.Range(0.3f, 0.8f), 1));

        Feet(canvas, steel, ref random);
        for (var side = -1; side <= 1; side += 2) Arm(canvas, side, steel, ref random);

        var half = random.Range(0.38f, 0.5f);
        canvas.Fill(Shapes.Box(0, 0.3f, half, 0.42f, random.Range(0, 0.16f)), metal, Rim);
        canvas.Fill(Shapes.Box(0, 0.28f, half * 0.66f, 0.22f, 0.04f), Ink.Shaded(paint * 0.65f), 0.025f);
        switch (random.Below(3))
        {
            case 0:
                for (var i = -1; i <= 1; i++) canvas.Fill(Shapes.Circle(i * 0.17f, 0.22f, 0.055f), Ink.Flat(Ink.Hsv(random.Single(), 0.7f, 1)), 0.02f);
                canvas.Draw([new(-0.2f, 0.4f), new(0.2f, 0.4f)], 0.06f, glow);
                break;
            case 1:
                canvas.Fill(Shapes.Circle(0, 0.28f, 0.16f), Ink.White, 0.03f);
                var (sin, cos) = MathF.SinCos(random.Range(-2.8f, -0.3f));
                canvas.Draw([new(0, 0.28f), new(cos * 0.13f, 0.28f + sin * 0.13f)], 0.04f, Ink.Flat(0.85f, 0.1f, 0.1f));
                break;
            default:
                for (var i = 0; i < 4; i++) canvas.Fill(Shapes.Box(-0.21f + i * 0.14f, 0.42f - 0.05f * i, 0.04f, 0.05f + 0.05f * i), glow);
                break;
        }
        canvas.Fill(Shapes.Box(0, -0.16f, 0.13f, 0.08f), steel, Rim);
        Head(canvas, paint, steel, glow, ref random);
    }

    private static void Feet(Canvas canvas, Ink steel, ref SeededRandom random)
    {
        if (random.Chance(0.3f))
        {
            canvas.Fill(Shapes.Circle(0, 0.86f, 0.2f), Ink.Flat(0.2f, 0.2f, 0.23f), Rim);
            canvas.Fill(Shapes.Circle(0, 0.86f, 0.09f), steel);
            return;
        }
        for (var side = -1; side <= 1; side += 2)
        {
            canvas.Fill(Shapes.Box(side * 0.22f, 0.82f, 0.09f, 0.14f), steel, Rim);
            canvas.Fill(Shapes.Box(side * 0.25f, 0.97f, 0.19f, 0.07f, 0.05f), Ink.Flat(0.28f, 0.28f, 0.32f), Rim);
        }
    }

    private static void Arm(Canvas canvas, int side, Ink steel, ref SeededRandom random)
    {
        var shoulder = new Vector2(side * 0.45f, 0.08f);
        var (sin, cos) = MathF.SinCos(random.Range(-1.2f, 1.4f));
        var elbow = shoulder + new Vector2(side * cos, sin) * 0.33f;
        (sin, cos) = MathF.SinCos(random.Range(-1.5f, 1.5f));
        var hand = elbow + new Vector2(side * cos, sin) * 0.3f;
        canvas.Draw([shoulder, elbow, hand], 0.17f, Ink.Line);
        canvas.Draw([shoulder, elbow, hand], 0.1f, steel);
        canvas.Fill(Shapes.Circle(elbow.X, elbow.Y, 0.085f), steel, 0.03f);
        // The claw is open towards where the forearm points.
        var direction = MathF.Atan2(hand.Y - elbow.Y, hand.X - elbow.X);
        canvas.Draw(Shapes.Arc(hand.X + 0.06f * MathF.Cos(direction), hand.Y + 0.06f * MathF.Sin(direction), 0.12f, 0.12f, direction + 0.7f, direction + 5.6f), 0.075f, Ink.Line);
    }

    private static void Head(Canvas canvas, Vector3 paint, Ink steel, Ink glow, ref SeededRandom random)
    {
        var body = canvas.Transform;
        canvas.Transform = Matrix3x2.CreateRotation(random.Range(-0.2f, 0.2f), new Vector2(0, -0.15f)) * body;
        var (half, high) = (random.Range(0.42f, 0.55f), random.Range(0.28f, 0.34f));
        var middle = -0.24f - high;
        var top = middle - high;
        canvas.Draw([new(0, top), new(random.Range(-0.1f, 0.1f), top - 0.22f)], 0.06f, Ink.Line);
        canvas.Fill(Shapes.Circle(0, top - 0.22f, 0.085f), random.Chance(0.5f) ? glow : Ink.Flat(0.95f, 0.25f, 0.2f), 0.03f);
        for (var side = -1; side <= 1; side += 2) canvas.Fill(Shapes.Box(side * (half + 0.05f), middle, 0.06f, 0.12f), steel, Rim);
        canvas.Fill(Shapes.Box(0, middle, half, high, random.Range(0.02f, 0.2f)), Ink.Shaded(Vector3.Lerp(paint, Vector3.One, 0.15f)), Rim);

        var look = random.InBox(0.05f, 0.04f);
        var kind = random.Below(3);
        if (kind == 2) canvas.Fill(Shapes.Box(0, middle - 0.06f, half * 0.82f, 0.14f, 0.12f), Ink.Flat(0.12f, 0.13f, 0.18f), 0.02f);
        for (var side = -1; side <= 1; side += 2)
        {
            var (x, y) = (side * half * 0.46f, middle - 0.06f);
            switch (kind)
            {
                case 0:
                    canvas.Fill(Shapes.Circle(x, y, 0.13f), Ink.White, 0.03f);
                    canvas.Fill(Shapes.Circle(x + look.X, y + look.Y, 0.06f), Ink.Line);
                    break;
                case 1:
                    canvas.Fill(Shapes.Box(x, y, 0.12f, 0.1f), glow, 0.03f);
                    canvas.Fill(Shapes.Box(x + look.X, y + look.Y, 0.04f, 0.05f), Ink.Line);
                    break;
                default:
                    canvas.Fill(Shapes.Circle(x + look.X, y, 0.075f), glow);
                    break;
            }
        }
        var mouth = middle + high * 0.62f;
        switch (random.Below(3))
        {
            case 0:
                canvas.Fill(Shapes.Box(0, mouth, half * 0.55f, 0.07f, 0.02f), Ink.Flat(0.16f, 0.16f, 0.2f));
                for (var i = -2; i <= 2; i++) canvas.Draw([new(i * half * 0.2f, mouth - 0.05f), new(i * half * 0.2f, mouth + 0.05f)], 0.025f, steel);
                break;
            case 1:
                canvas.Draw(Shapes.Arc(0, mouth - 0.06f, half * 0.45f, 0.11f, 0.2f, 2.94f), 0.045f, Ink.Line);
                break;
            default:
                canvas.Draw([new(-half * 0.4f, mouth), new(-half * 0.2f, mouth - 0.05f), new(0, mouth + 0.04f), new(half * 0.2f, mouth - 0.05f), new(half * 0.4f, mouth)], 0.04f, Ink.Line);
                break;
        }
        canvas.Transform = body;
    }
}
