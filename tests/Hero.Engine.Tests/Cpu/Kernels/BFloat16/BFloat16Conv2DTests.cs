using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;

namespace Hero.Engine.Tests.Cpu.Kernels;

[Collection("threads")]
public sealed class BFloat16Conv2DTests
{
    public static TheoryData<string, int[]> Windows()
    {
        // batch, height, width, in, kernel height, kernel width, out, stride h, stride w, dilation h, dilation w, pads t, l, b, r, groups
        var windows = new TheoryData<string, int[]>
        {
            { "one pixel", [1, 1, 1, 2, 1, 1, 2, 1, 1, 1, 1, 0, 0, 0, 0, 1] },
            { "pointwise", [2, 5, 7, 20, 1, 1, 34, 1, 1, 1, 1, 0, 0, 0, 0, 1] },
            { "pointwise, stride 2", [2, 7, 8, 20, 1, 1, 34, 2, 2, 1, 1, 0, 0, 0, 0, 1] },
            { "valid 3 x 3", [2, 12, 13, 16, 3, 3, 48, 1, 1, 1, 1, 0, 0, 0, 0, 1] },
            { "the second of MNIST", [5, 26, 26, 32, 3, 3, 64, 1, 1, 1, 1, 0, 0, 0, 0, 1] },
            { "same 3 x 3", [2, 14, 30, 18, 3, 3, 32, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
            { "same 3 x 3, wide", [2, 40, 70, 64, 3, 3, 10, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
            { "same 3 x 3, long depth", [1, 5, 6, 350, 3, 3, 66, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
            { "5 x 2, stride 3 x 1", [2, 17, 9, 6, 5, 2, 8, 3, 1, 1, 1, 2, 0, 1, 1, 1] },
            { "stride larger than the kernel", [1, 11, 13, 4, 2, 2, 6, 3, 4, 1, 1, 0, 0, 0, 0, 1] },
            { "stride 2, as ResNet has it", [3, 29, 28, 32, 3, 3, 40, 2, 2, 1, 1, 0, 0, 1, 1, 1] },
            { "dilation", [2, 15, 14, 6, 3, 3, 10, 1, 1, 2, 3, 2, 3, 2, 3, 1] },
            { "dilation and stride", [1, 17, 18, 4, 3, 3, 6, 2, 3, 3, 2, 1, 2, 2, 1, 1] },
            { "dilation and stride with a common divisor", [1, 19, 18, 4, 3, 3, 6, 4, 2, 6, 4, 3, 1, 2, 4, 1] },
            { "padding larger than the kernel", [1, 4, 5, 4, 2, 2, 4, 1, 1, 1, 1, 3, 4, 2, 3, 1] },
            { "kernel larger than the image", [2, 3, 4, 6, 5, 5, 8, 1, 1, 1, 1, 2, 2, 2, 2, 1] },
            { "many rows in few pixels", [40, 2, 2, 6, 2, 2, 4, 1, 1, 1, 1, 0, 0, 0, 0, 1] },
            { "1-D", [3, 1, 200, 10, 1, 7, 20, 1, 2, 1, 1, 0, 3, 0, 3, 1] },
            { "tall and thin", [1, 300, 1, 8, 4, 1, 16, 1, 1, 1, 1, 0, 0, 0, 0, 1] },
            { "one image, many channels", [1, 7, 7, 96, 3, 3, 160, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
            { "a filter in blocks", [3, 7, 7, 192, 3, 3, 224, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
        };
        var random = new Random(6);
        for (var i = 0; i < 60; i++)
        {
            int[] w =
            [
                random.Next(1, 4), random.Next(1, 20), random.Next(1, 36), 2 * random.Next(1, 20),
                random.Next(1, 5), random.Next(1, 5), 2 * random.Next(1, 40), random.Next(1, 4), random.Next(1, 4),
                random.Next(1, 4), random.Next(1, 4), random.Next(4), random.Next(4), random.Next(4), random.Next(4), 1,
            ];
            if (w[1] + w[11] + w[13] < (w[4] - 1) * w[9] + 1 || w[2] + w[12] + w[14] < (w[5] - 1) * w[10] + 1) continue;
            windows.Add("random " + i, w);
        }
        return windows;
    }

    [SkippableTheory]
    [MemberData(nameof(Windows))]
    public void Forward_and_gradients_agree_with_a_plain_loop_over_rounded_operands(string name, int[] window)
    {
        RequireUnit();
        var problem = new ConvProblem(name, window, inBFloat16: true);
        var (forward, inputGradient, filterGradient) = problem.Expected();
        ConvProblem.Check(problem.ForwardInBFloat16<float>(), forward, 1e-6, name + ", forward");
        Assert.Equal(problem.ForwardInBFloat16<float>(), problem.ForwardInBFloat16<float>(packed: true));
        ConvProblem.Check(problem.InputGradientInBFloat16<float>(), inputGradient, 1e-6, name + ", input gradient");
        ConvProblem.Check(problem.FilterGradientInBFloat16<float>(), filterGradient, 1e-6, name + ", filter gradient");
    }

    [SkippableTheory]
    [MemberData(nameof(Windows))]
    public void Operands_may_be_bfloat16_already_or_are_rounded_to_it(string name, int[] window)
    {
        RequireUnit();
        var problem = new ConvProblem(name, window);
        Assert.Equal(problem.ForwardInBFloat16<float>(), problem.ForwardInBFloat16<Hero.BFloat16>());
        Assert.Equal(problem.ForwardInBFloat16<float>(), problem.ForwardInBFloat16<Hero.BFloat16>(packed: true));
        Assert.Equal(problem.InputGradientInBFloat16<float>(), problem.InputGradientInBFloat16<Hero.BFloat16>());
        Assert.Equal(problem.FilterGradientInBFloat16<float>(), problem.FilterGradientInBFloat16<Hero.BFloat16>());
    }

    [SkippableTheory]
    [MemberData(nameof(Windows))]
    public void The_epilogue_sees_every_element_once_and_final(string name, int[] window)
    {
        RequireUnit();
        var problem = new ConvProblem(name, window);
        var plain = problem.ForwardInBFloat16<float>();
        var added = problem.ForwardInBFloat16<float>(addSeven: true);
        for (var i = 0; i < plain.Length; i++) Assert.Equal(plain[i] + 7, added[i]);
        Assert.Equal(added, problem.ForwardInBFloat16<float>(addSeven: true, hidden: true));

        plain = problem.InputGradientInBFloat16<float>();
        added = problem.InputGradientInBFloat16<float>(addSeven: true);
        for (var i = 0; i < plain.Length; i++) Assert.Equal(plain[i] + 7, added[i]);
        Assert.Equal(added, problem.InputGradientInBFloat16<float>(addSeven: true, hidden: true));
    }

    [SkippableTheory]
    [InlineData("images", new[] { 40, 12, 13, 32, 3, 3, 48, 1, 1, 1, 1, 0, 0, 0, 0, 1 })]
    [InlineData("one image", new[] { 1, 56, 57, 32, 3, 3, 64, 1, 1, 1, 1, 1, 1, 1, 1, 1 })]
    [InlineData("channels", new[] { 2, 7, 7, 224, 3, 3, 256, 1, 1, 1, 1, 1, 1, 1, 1, 1 })]
    [InlineData("stride", new[] { 9, 30, 31, 32, 3, 3, 64, 2, 2, 1, 1, 1, 1, 1, 1, 1 })]
    public void Every_thread_count_gives_the_same_bits(string name, int[] window)
    {
        RequireUnit();
        var problem = new ConvProblem(name, window);
        var before = WorkerTeam.Default.ThreadCount;
        try
        {
            WorkerTeam.Default.Resize(1);
            var (forward, inputGradient, filterGradient) = (problem.ForwardInBFloat16<float>(), problem.InputGradientInBFloat16<float>(), problem.FilterGradientInBFloat16<float>());
            foreach (var threads in new[] { 2, 4, 7 })
            {
                WorkerTeam.Default.Resize(threads);
                Assert.Equal(forward, problem.ForwardInBFloat16<float>());
                Assert.Equal(inputGradient, problem.InputGradientInBFloat16<float>());
                Assert.Equal(filterGradient, problem.FilterGradientInBFloat16<float>());
            }
        }
        finally
        {
            WorkerTeam.Default.Resize(before);
        }
    }

    private static void RequireUnit() => Skip.IfNot(TileUnit.IsSupported, "The processor has no unit for bfloat16 matrices, or it is switched off.");
}
