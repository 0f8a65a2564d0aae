using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;

namespace Hero.Engine.Tests.Cpu.Kernels;

[Collection("threads")]
public sealed unsafe class Conv2DTests
{
    public static TheoryData<string, int[]> Windows()
    {
        // batch, height, width, in, kernel height, kernel width, out, stride h, stride w, dilation h, dilation w, pads t, l, b, r, groups
        var windows = new TheoryData<string, int[]>
        {
            { "one of everything", [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1] },
            { "pointwise", [2, 5, 7, 19, 1, 1, 33, 1, 1, 1, 1, 0, 0, 0, 0, 1] },
            { "pointwise, stride 2", [2, 7, 8, 19, 1, 1, 33, 2, 2, 1, 1, 0, 0, 0, 0, 1] },
            { "pointwise, padded", [1, 3, 3, 4, 1, 1, 5, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
            { "first layer, grey", [3, 28, 28, 1, 3, 3, 32, 1, 1, 1, 1, 0, 0, 0, 0, 1] },
            { "first layer, colour", [2, 19, 23, 3, 3, 3, 32, 2, 2, 1, 1, 0, 0, 1, 1, 1] },
            { "valid 3 x 3", [2, 12, 13, 16, 3, 3, 48, 1, 1, 1, 1, 0, 0, 0, 0, 1] },
            { "same 3 x 3", [2, 14, 30, 17, 3, 3, 31, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
            { "same 3 x 3, long depth", [1, 5, 6, 350, 3, 3, 65, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
            { "5 x 2, stride 3 x 1", [2, 17, 9, 6, 5, 2, 7, 3, 1, 1, 1, 2, 0, 1, 1, 1] },
            { "stride larger than the kernel", [1, 11, 13, 3, 2, 2, 5, 3, 4, 1, 1, 0, 0, 0, 0, 1] },
            { "dilation", [2, 15, 14, 5, 3, 3, 9, 1, 1, 2, 3, 2, 3, 2, 3, 1] },
            { "dilation and stride", [1, 17, 18, 4, 3, 3, 6, 2, 3, 3, 2, 1, 2, 2, 1, 1] },
            { "dilation and stride with a common divisor", [1, 19, 18, 4, 3, 3, 6, 4, 2, 6, 4, 3, 1, 2, 4, 1] },
            { "groups", [2, 9, 10, 12, 3, 3, 18, 1, 1, 1, 1, 1, 1, 1, 1, 3] },
            { "groups, stride, dilation", [2, 13, 11, 8, 3, 2, 12, 2, 2, 2, 1, 1, 0, 1, 1, 4] },
            { "padding larger than the kernel", [1, 4, 5, 3, 2, 2, 4, 1, 1, 1, 1, 3, 4, 2, 3, 1] },
            { "kernel larger than the image", [2, 3, 4, 6, 5, 5, 8, 1, 1, 1, 1, 2, 2, 2, 2, 1] },
            { "many rows in few pixels", [40, 2, 2, 5, 2, 2, 3, 1, 1, 1, 1, 0, 0, 0, 0, 1] },
            { "1-D", [3, 1, 200, 9, 1, 7, 20, 1, 2, 1, 1, 0, 3, 0, 3, 1] },
            { "tall and thin", [1, 300, 1, 8, 4, 1, 16, 1, 1, 1, 1, 0, 0, 0, 0, 1] },
            { "tall and thin, padded", [2, 50, 1, 6, 5, 1, 16, 2, 3, 2, 2, 4, 0, 3, 0, 2] },
            { "winograd, whole tiles", [3, 18, 22, 32, 3, 3, 64, 1, 1, 1, 1, 0, 0, 0, 0, 1] },
            { "winograd, tiles over all edges", [5, 7, 11, 16, 3, 3, 48, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
            { "winograd, channels that fill no register", [4, 13, 15, 23, 3, 3, 37, 1, 1, 1, 1, 2, 0, 1, 2, 1] },
            { "winograd, many channels", [2, 16, 15, 130, 3, 3, 150, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
            { "winograd, a wide image", [1, 6, 300, 40, 3, 3, 50, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
            { "winograd, many small images", [70, 6, 6, 12, 3, 3, 13, 1, 1, 1, 1, 0, 0, 0, 0, 1] },
            { "winograd, backward over tiles that overlap", [18, 14, 10, 32, 3, 3, 16, 1, 1, 1, 1, 0, 0, 0, 0, 1] },
            { "winograd, backward over all edges", [130, 9, 10, 13, 3, 3, 21, 1, 1, 1, 1, 0, 1, 1, 0, 1] },
            { "stride 2, many channels", [3, 17, 20, 67, 3, 3, 40, 2, 2, 1, 1, 1, 0, 1, 1, 1] },
            { "dilation, many channels", [2, 12, 15, 130, 2, 3, 33, 1, 1, 3, 2, 2, 1, 1, 3, 1] },
            { "one image, many channels", [1, 7, 7, 96, 3, 3, 160, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
        };
        var random = new Random(5);
        for (var i = 0; i < 60; i++)
        {
            var groups = random.Next(3) == 0 ? random.Next(1, 4) : 1;
            int[] w =
            [
                random.Next(1, 4), random.Next(1, 20), random.Next(1, 36), groups * random.Next(1, 20),
                random.Next(1, 5), random.Next(1, 5), groups * random.Next(1, 40), random.Next(1, 4), random.Next(1, 4),
                random.Next(1, 4), random.Next(1, 4), random.Next(4), random.Next(4), random.Next(4), random.Next(4), groups,
            ];
            if (w[1] + w[11] + w[13] < (w[4] - 1) * w[9] + 1 || w[2] + w[12] + w[14] < (w[5] - 1) * w[10] + 1) continue;
            windows.Add("random " + i, w);
        }
        return windows;
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public void Forward_and_gradients_agree_with_a_plain_loop(string name, int[] window)
    {
        var problem = new ConvProblem(name, window);
        var (forward, inputGradient, filterGradient) = problem.Expected();
        ConvProblem.Check(problem.Forward<float>(), forward, 1e-5, name + ", forward");
        ConvProblem.Check(problem.Forward<double>(), forward, 1e-13, name + ", forward");
        ConvProblem.Check(problem.InputGradient<float>(), inputGradient, 1e-5, name + ", input gradient");
        ConvProblem.Check(problem.InputGradient<double>(), inputGradient, 1e-13, name + ", input gradient");
        ConvProblem.Check(problem.FilterGradient<float>(), filterGradient, 1e-5, name + ", filter gradient");
        ConvProblem.Check(problem.FilterGradient<double>(), filterGradient, 1e-13, name + ", filter gradient");

        var plain = problem.Forward<float>();
        var added = problem.Forward<float>(addSeven: true);   // the epilogue sees every element once, and final
        for (var i = 0; i < plain.Length; i++) Assert.Equal(plain[i] + 7, added[i]);

        ConvProblem.Check(problem.ForwardPacked<float>(), forward, 1e-5, name + ", packed");
        ConvProblem.Check(problem.ForwardPacked<double>(), forward, 1e-13, name + ", packed");
        plain = problem.ForwardPacked<float>();
        added = problem.ForwardPacked<float>(addSeven: true);
        for (var i = 0; i < plain.Length; i++) Assert.Equal(plain[i] + 7, added[i]);
    }

    [Theory]
    [InlineData(4, 26, 26, 32, 3, 3, 64, 1, 1, 1, 1, 0, 0, 0, 0, 1)]
    [InlineData(40, 7, 9, 48, 3, 3, 32, 1, 1, 1, 1, 1, 1, 1, 1, 1)]
    [InlineData(20, 14, 10, 40, 3, 3, 32, 1, 1, 1, 1, 0, 0, 0, 0, 1)]
    [InlineData(9, 14, 14, 150, 3, 3, 140, 1, 1, 1, 1, 1, 1, 1, 1, 1)]
    [InlineData(1, 14, 14, 64, 3, 3, 96, 1, 1, 1, 1, 1, 1, 1, 1, 1)]
    [InlineData(8, 33, 33, 3, 3, 3, 32, 2, 2, 1, 1, 0, 0, 1, 1, 1)]
    [InlineData(4, 28, 28, 24, 1, 1, 144, 1, 1, 1, 1, 0, 0, 0, 0, 1)]
    public void Every_thread_count_gives_the_same_bits(params int[] window)
    {
        var problem = new ConvProblem("threads", window);
        var before = WorkerTeam.Default.ThreadCount;
        try
        {
            WorkerTeam.Default.Resize(1);
            float[] forward = problem.Forward<float>(), input = problem.InputGradient<float>(), filter = problem.FilterGradient<float>();
            foreach (var threads in new[] { 2, 4 })
            {
                WorkerTeam.Default.Resize(threads);
                Assert.Equal(forward, problem.Forward<float>());
                Assert.Equal(input, problem.InputGradient<float>());
                Assert.Equal(filter, problem.FilterGradient<float>());
            }
        }
        finally
        {
            WorkerTeam.Default.Resize(before);
        }
    }

    /// <summary>Winograd's convolution, which float32 takes at these shapes, against the plain sums that float64 takes.</summary>
    [Theory]
    [InlineData(2, 16, 16, 256, 3, 3, 64, 1, 1, 1, 1, 1, 1, 1, 1, 1)]
    [InlineData(16, 26, 26, 32, 3, 3, 64, 1, 1, 1, 1, 0, 0, 0, 0, 1)]
    public void Errors_stay_below_a_hundred_thousandth_of_the_largest_element(params int[] window)
    {
        var problem = new ConvProblem("errors", window);
        Compare(problem.Forward<float>(), problem.Forward<double>());
        Compare(problem.InputGradient<float>(), problem.InputGradient<double>());
        Compare(problem.FilterGradient<float>(), problem.FilterGradient<double>());

        static void Compare(float[] actual, double[] expected) =>
            Assert.True(actual.Zip(expected, (a, e) => Math.Abs(a - e)).Max() < 1e-5 * expected.Max(Math.Abs));
    }

    [Fact]
    public void Without_outputs_the_gradients_are_zero()
    {
        var window = new Window2D(0, 4, 4, 3, 4, 4, 2, 1, 1);
        var filter = new float[] { 1, 2, 3, 4, 5, 6 };
        var none = new float[1];
        fixed (float* f = filter, n = none) Conv2D.FilterGradient(window, n, n, f);
        Assert.All(filter, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Other_element_types_are_refused_by_name()
    {
        var error = Assert.Throws<NotSupportedException>(() =>
        {
            fixed (int* p = new int[9]) Conv2D.Forward(new Window2D(1, 2, 2, 1, 1, 1, 1, 2, 2), p, p, p, default(NoEpilogue));
        });
        Assert.Contains("Int32", error.Message, StringComparison.Ordinal);
    }
}
