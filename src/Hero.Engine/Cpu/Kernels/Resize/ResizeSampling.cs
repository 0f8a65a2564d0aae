namespace Hero.Cpu.Kernels;

internal enum ResizeFilter
{
    Nearest,

    /// <summary>The two cells around the point.</summary>
    Linear,

    /// <summary>All cells under a triangle as wide as the reduction needs.</summary>
    Triangle,
}

/// <summary>Which input cells one output cell of a resized axis is made of, and how much of each.</summary>
internal readonly record struct ResizeSampling(ResizeFilter Filter, bool HalfPixelCenters)
{
    /// <summary>An output cell has no more than this many input cells.</summary>
    public int MostTaps(int inLength, int outLength) => Filter switch
    {
        ResizeFilter.Nearest => 1,
        ResizeFilter.Linear => 2,
        _ => (int)Math.Min(2 * Math.Ceiling(Math.Max((double)inLength / outLength, 1)) + 1, inLength),
    };

    /// <summary>Fills the weights of output cell <paramref name="cell"/>, which add up to 1, and returns the first input cell.</summary>
    public int Weights(int cell, int inLength, int outLength, Span<double> weights, out int count)
    {
        var scale = (double)inLength / outLength;
        if (Filter == ResizeFilter.Nearest)
        {
            (weights[0], count) = (1, 1);
            var center = (cell + (HalfPixelCenters ? 0.5f : 0f)) * (inLength / (float)outLength);
            return Math.Clamp((int)MathF.Floor(center), 0, inLength - 1);
        }

        var point = HalfPixelCenters ? (cell + 0.5) * scale - 0.5 : cell * scale;
        return Filter == ResizeFilter.Linear
            ? Linear(point, inLength, weights, out count)
            : Triangle(point, Math.Max(scale, 1), inLength, weights, out count);
    }

    private static int Linear(double point, int inLength, Span<double> weights, out int count)
    {
        var floor = Math.Floor(point);
        var fraction = point - floor;
        int low = (int)Math.Clamp(floor, 0, inLength - 1), high = (int)Math.Clamp(floor + 1, 0, inLength - 1);
        count = low == high || fraction == 0 ? 1 : 2;
        weights[0] = count == 1 ? 1 : 1 - fraction;
        if (count == 2) weights[1] = fraction;
        return low;
    }

    private static int Triangle(double point, double radius, int inLength, Span<double> weights, out int count)
    {
        // Cells on the foot of the triangle have weight 0 and are left out.
        var first = (int)Math.Clamp(Math.Floor(point - radius) + 1, 0, inLength - 1);
        var end = (int)Math.Clamp(Math.Ceiling(point + radius), first + 1, inLength);
        count = end - first;
        var sum = 0.0;
        for (var i = 0; i < count; i++) sum += weights[i] = Math.Max(1 - Math.Abs(first + i - point) / radius, 0);
        if (sum == 0) (sum, weights[0]) = (1, 1);
        for (var i = 0; i < count; i++) weights[i] /= sum;
        return first;
    }
}
