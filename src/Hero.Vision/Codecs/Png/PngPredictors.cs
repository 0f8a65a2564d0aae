using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hero.Vision.Codecs.Png;

/// <summary>What a filter expects from a = the byte to the left, b = the byte above, c = the byte above and to the left.</summary>
internal interface IPngPredictor
{
    static abstract int Predict(int a, int b, int c);

    /// <summary>The same for eight bytes widened to 16 bits.</summary>
    static abstract Vector128<short> Predict(Vector128<short> a, Vector128<short> b, Vector128<short> c);
}

/// <summary>a.</summary>
internal readonly struct SubPredictor : IPngPredictor
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Predict(int a, int b, int c) => a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Predict(Vector128<short> a, Vector128<short> b, Vector128<short> c) => a;
}

/// <summary>floor((a + b) / 2).</summary>
internal readonly struct AveragePredictor : IPngPredictor
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Predict(int a, int b, int c) => (a + b) >> 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Predict(Vector128<short> a, Vector128<short> b, Vector128<short> c) => (a + b) >> 1;
}

/// <summary>Whichever of a, b, c is nearest to a + b - c; of equals the first.</summary>
internal readonly struct PaethPredictor : IPngPredictor
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Predict(int a, int b, int c)
    {
        var (distanceA, distanceB, distanceC) = (Math.Abs(b - c), Math.Abs(a - c), Math.Abs(a + b - c - c));
        var nearer = distanceB <= distanceC ? b : c;
        return distanceA <= distanceB && distanceA <= distanceC ? a : nearer;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Predict(Vector128<short> a, Vector128<short> b, Vector128<short> c)
    {
        var (fromA, fromB) = (b - c, a - c);
        var (distanceA, distanceB, distanceC) = (Vector128.Abs(fromA), Vector128.Abs(fromB), Vector128.Abs(fromA + fromB));
        var nearer = Vector128.ConditionalSelect(Vector128.LessThanOrEqual(distanceB, distanceC), b, c);
        return Vector128.ConditionalSelect(Vector128.LessThanOrEqual(distanceA, Vector128.Min(distanceB, distanceC)), a, nearer);
    }
}
