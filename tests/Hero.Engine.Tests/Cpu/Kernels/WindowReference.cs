using Hero.Cpu.Kernels;

namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>What the window kernels should compute, as plain loops in double precision.</summary>
internal static class WindowReference
{
    public static double[] Depthwise(Window2D w, double[] x, double[] filter)
    {
        var y = new double[w.OutLength()];
        ForEach(w, (input, tap, output) => y[output] += x[input] * filter[tap]);
        return y;
    }

    public static double[] DepthwiseInputGradient(Window2D w, double[] dy, double[] filter)
    {
        var dx = new double[w.InLength()];
        ForEach(w, (input, tap, output) => dx[input] += dy[output] * filter[tap]);
        return dx;
    }

    public static double[] DepthwiseFilterGradient(Window2D w, double[] x, double[] dy)
    {
        var df = new double[w.KernelHeight * w.KernelWidth * w.OutChannels];
        ForEach(w, (input, tap, output) => df[tap] += x[input] * dy[output]);
        return df;
    }

    public static double[] Average(Window2D w, double[] x)
    {
        var y = new double[w.OutLength()];
        var cells = Cells(w);
        ForEach(w, (input, _, output) => y[output] += x[input] / cells[output]);
        return y;
    }

    public static double[] AverageGradient(Window2D w, double[] dy)
    {
        var dx = new double[w.InLength()];
        var cells = Cells(w);
        ForEach(w, (input, _, output) => dx[input] += dy[output] / cells[output]);
        return dx;
    }

    /// <summary>The maximum of every window and where it is (-1: nowhere); NaN is greater than everything.</summary>
    public static (double[] Maximum, int[] Place) Maximum(Window2D w, double[] x)
    {
        var maximum = new double[w.OutLength()];
        var place = new int[w.OutLength()];
        Array.Fill(maximum, double.NegativeInfinity);
        Array.Fill(place, -1);
        ForEach(w, (input, _, output) =>
        {
            var replaces = place[output] < 0 || x[input] > maximum[output] || (double.IsNaN(x[input]) && !double.IsNaN(maximum[output]));
            if (replaces) (maximum[output], place[output]) = (x[input], input);
        });
        return (maximum, place);
    }

    private static int[] Cells(Window2D w)
    {
        var cells = new int[w.OutLength()];
        ForEach(w, (_, _, output) => cells[output]++);
        return cells;
    }

    private static void ForEach(Window2D w, Action<int, int, int> visit)
    {
        var multiplier = w.OutChannels / w.InChannels;
        for (var n = 0; n < w.Batch; n++)
        for (var oy = 0; oy < w.OutHeight; oy++)
        for (var ox = 0; ox < w.OutWidth; ox++)
        for (var ky = 0; ky < w.KernelHeight; ky++)
        for (var kx = 0; kx < w.KernelWidth; kx++)
        {
            var iy = oy * w.StrideHeight + ky * w.DilationHeight - w.PadTop;
            var ix = ox * w.StrideWidth + kx * w.DilationWidth - w.PadLeft;
            if (iy < 0 || iy >= w.InHeight || ix < 0 || ix >= w.InWidth) continue;
            for (var o = 0; o < w.OutChannels; o++)
            {
                visit(
                    ((n * w.InHeight + iy) * w.InWidth + ix) * w.InChannels + o / multiplier,
                    (ky * w.KernelWidth + kx) * w.OutChannels + o,
                    ((n * w.OutHeight + oy) * w.OutWidth + ox) * w.OutChannels + o);
            }
        }
    }
}
