using System.Numerics;
using Hero.Cpu.Kernels;

namespace Hero.Engine.Tests.Cpu.Kernels;

[Collection("threads")]
public sealed unsafe class ResizeTests
{
    public enum Kind
    {
        Bilinear,
        BilinearCorner,
        Antialias,
        Nearest,
    }

    [Theory]
    [InlineData(Kind.Bilinear)]
    [InlineData(Kind.BilinearCorner)]
    [InlineData(Kind.Antialias)]
    [InlineData(Kind.Nearest)]
    public void Resizing_and_its_gradient_agree_with_the_plain_loop(Kind kind)
    {
        foreach (var shape in Shapes())
        {
            Check<float>(kind, shape);
            Check<double>(kind, shape);
        }
    }

    [Fact]
    public void Bilinear_gives_the_numbers_of_TensorFlow()
    {
        // tf.image.resize(tf.constant([[1., 2.], [3., 4.]])[None, ..., None], (4, 4))
        var y = Run<double>(Kind.Bilinear, new ResizeShape(1, 2, 2, 1, 4, 4), [1, 2, 3, 4], transposed: false);
        Assert.Equal([1, 1.25, 1.75, 2, 1.5, 1.75, 2.25, 2.5, 2.5, 2.75, 3.25, 3.5, 3, 3.25, 3.75, 4], y);
    }

    [Fact]
    public void Antialias_weighs_with_a_widened_triangle()
    {
        // The cells at distance 0.5, 0.5, 1.5 of the centre, under a triangle of radius 2: weights 3, 3, 1 of 7.
        var y = Run<double>(Kind.Antialias, new ResizeShape(1, 1, 4, 1, 1, 2), [0, 1, 2, 3], transposed: false);
        Assert.Equal(5 / 7.0, y[0], 12);
        Assert.Equal(16 / 7.0, y[1], 12);
    }

    [Theory]
    [InlineData(Kind.Bilinear)]
    [InlineData(Kind.Antialias)]
    [InlineData(Kind.Nearest)]
    public void The_same_size_gives_the_same_picture(Kind kind)
    {
        var x = WindowCases.Values(2 * 5 * 7 * 3, 41);
        Assert.Equal(x, Run<double>(kind, new ResizeShape(2, 5, 7, 3, 5, 7), x, transposed: false));
    }

    [Theory]
    [InlineData(Kind.Bilinear)]
    [InlineData(Kind.BilinearCorner)]
    [InlineData(Kind.Antialias)]
    [InlineData(Kind.Nearest)]
    public void The_gradient_is_the_transpose(Kind kind)
    {
        foreach (var shape in Shapes())
        {
            double[] x = WindowCases.Values(InLength(shape), 42), dy = WindowCases.Values(OutLength(shape), 43);
            var forward = WindowCases.Dot(dy, Run<double>(kind, shape, x, transposed: false));
            Assert.Equal(forward, WindowCases.Dot(x, Run<double>(kind, shape, dy, transposed: true)), 9);
        }
    }

    [Theory]
    [InlineData(Kind.Bilinear, 100, 150, 3, 64, 64)]
    [InlineData(Kind.Antialias, 64, 50, 17, 40, 90)]
    [InlineData(Kind.Nearest, 40, 40, 8, 80, 80)]
    public void Every_thread_count_gives_the_same_bits(Kind kind, int inHeight, int inWidth, int channels, int outHeight, int outWidth)
    {
        var shape = new ResizeShape(2, inHeight, inWidth, channels, outHeight, outWidth);
        double[] x = WindowCases.Values(InLength(shape), 44), dy = WindowCases.Values(OutLength(shape), 45);
        WindowCases.SameForAllThreadCounts(() => Run<float>(kind, shape, x, transposed: false));
        WindowCases.SameForAllThreadCounts(() => Run<float>(kind, shape, dy, transposed: true));
    }

    [Fact]
    public void A_side_of_nothing_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => ResizeBilinear.Forward<float>(new ResizeShape(1, 4, 4, 3, 0, 2), null, null));
        Assert.Contains("4 x 4 to 0 x 2", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<ResizeShape> Shapes()
    {
        var random = new Random(46);
        int[] channels = [1, 3, 16, 17, 33, 4, 8];
        for (var i = 0; i < 42; i++)
        {
            yield return new ResizeShape(
                random.Next(1, 3), random.Next(1, 20), random.Next(1, 20), channels[i % channels.Length],
                random.Next(1, 30), random.Next(1, 30));
        }
    }

    private static void Check<T>(Kind kind, ResizeShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double[] x = WindowCases.Values(InLength(shape), 47), dy = WindowCases.Values(OutLength(shape), 48);
        var y = new double[dy.Length];
        var dx = new double[x.Length];
        double[,] rows = Matrix(kind, shape.InHeight, shape.OutHeight), columns = Matrix(kind, shape.InWidth, shape.OutWidth);
        for (var n = 0; n < shape.Batch; n++)
        for (var oy = 0; oy < shape.OutHeight; oy++)
        for (var ox = 0; ox < shape.OutWidth; ox++)
        for (var iy = 0; iy < shape.InHeight; iy++)
        for (var ix = 0; ix < shape.InWidth; ix++)
        {
            var weight = rows[oy, iy] * columns[ox, ix];
            if (weight == 0) continue;
            for (var c = 0; c < shape.Channels; c++)
            {
                var input = ((n * shape.InHeight + iy) * shape.InWidth + ix) * shape.Channels + c;
                var output = ((n * shape.OutHeight + oy) * shape.OutWidth + ox) * shape.Channels + c;
                y[output] += weight * x[input];
                dx[input] += weight * dy[output];
            }
        }
        WindowCases.Close(y, Run<T>(kind, shape, x, transposed: false), 10, (kind, shape));
        WindowCases.Close(dx, Run<T>(kind, shape, dy, transposed: true), 1000, (kind, shape));
    }

    /// <summary>What every input cell contributes to every output cell of an axis, by the definition.</summary>
    private static double[,] Matrix(Kind kind, int inLength, int outLength)
    {
        var matrix = new double[outLength, inLength];
        var scale = (double)inLength / outLength;
        for (var o = 0; o < outLength; o++)
        {
            var center = (o + 0.5) * scale;
            if (kind == Kind.Nearest)
            {
                matrix[o, Math.Min((int)MathF.Floor((o + 0.5f) * (inLength / (float)outLength)), inLength - 1)] = 1;
                continue;
            }
            if (kind == Kind.Antialias)
            {
                var radius = Math.Max(scale, 1);
                var sum = 0.0;
                for (var i = 0; i < inLength; i++) sum += matrix[o, i] = Math.Max(1 - Math.Abs(i + 0.5 - center) / radius, 0);
                for (var i = 0; i < inLength; i++) matrix[o, i] /= sum;
                continue;
            }
            var point = kind == Kind.Bilinear ? center - 0.5 : o * scale;
            for (var i = (int)Math.Floor(point); i <= (int)Math.Floor(point) + 1; i++)
            {
                matrix[o, Math.Clamp(i, 0, inLength - 1)] += Math.Max(1 - Math.Abs(i - point), 0);
            }
        }
        return matrix;
    }

    private static T[] Run<T>(Kind kind, ResizeShape shape, double[] source, bool transposed)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var from = new GuardedBuffer<T>(source);
        using var to = new GuardedBuffer<T>(transposed ? InLength(shape) : OutLength(shape));
        switch (kind, transposed)
        {
            case (Kind.Nearest, false): ResizeNearest.Forward(shape, from.Data, to.Data); break;
            case (Kind.Nearest, true): ResizeNearest.Gradient(shape, from.Data, to.Data); break;
            case (_, false): ResizeBilinear.Forward(shape, from.Data, to.Data, kind != Kind.BilinearCorner, kind == Kind.Antialias); break;
            case (_, true): ResizeBilinear.Gradient(shape, from.Data, to.Data, kind != Kind.BilinearCorner, kind == Kind.Antialias); break;
        }
        return to.ToArray();
    }

    private static int InLength(ResizeShape shape) => shape.Batch * shape.InHeight * shape.InWidth * shape.Channels;

    private static int OutLength(ResizeShape shape) => shape.Batch * shape.OutHeight * shape.OutWidth * shape.Channels;
}
