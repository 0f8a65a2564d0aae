using Hero.Compiling;
using Hero.Cpu;
using Hero.Cpu.Kernels;
using Hero.Engine.Tests.Cpu.Kernels;
using Hero.Testing;

namespace Hero.Engine.Tests.Cpu.Tuning;

[Collection("threads")]
public class InvertedResidualTuningTests
{
    /// <summary>batch, height, width, in channels (0: as many as wide, no widening), wide channels, out channels, kernel, stride; whether products may be rounded.</summary>
    public static TheoryData<int, int, int, int, int, int, int, int, bool> Cases => new()
    {
        { 1, 14, 14, 64, 384, 64, 3, 1, true },
        { 1, 7, 7, 40, 100, 24, 3, 1, true },
        { 3, 13, 17, 33, 90, 17, 3, 2, true },
        { 1, 28, 27, 24, 144, 20, 3, 1, true },
        { 1, 14, 14, 24, 144, 24, 3, 1, false },
        { 1, 29, 31, 5, 37, 5, 3, 1, false },
        { 3, 28, 13, 8, 80, 17, 3, 2, false },
        { 9, 7, 7, 20, 70, 40, 3, 1, false },
        { 2, 20, 17, 7, 29, 7, 5, 1, false },
        { 8, 11, 17, 7, 67, 11, 5, 2, false },
        { 1, 33, 18, 0, 32, 16, 3, 1, false },
        { 4, 9, 10, 0, 13, 13, 3, 2, false },
        { 1, 1, 1, 4, 6, 4, 3, 1, false },
    };

    /// <summary>Whatever the file says, the numbers are the same: every candidate is put there and read back.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_choice_gives_the_same_bits(int batch, int height, int width, int inChannels, int wide, int outChannels, int kernel, int stride, bool rounds)
    {
        using var precision = DefaultMatmulPrecision.Use(rounds ? MatmulPrecision.Medium : MatmulPrecision.Highest);
        var problem = new InvertedResidualProblem(batch, height, width, inChannels, wide, outChannels, kernel, stride);
        var input = new Tensor(problem.X.DType, problem.X.Shape, null);
        var graph = new Graph([input], [problem.Block(input)], []);

        float[] Run(Device device) => Compiler.Compile(graph, device).Run([problem.X])[0].ToArray<float>();
        using var folder = new TemporaryFolder();
        var file = new TuningFile(folder.Root, "processor", "engine");
        var expected = Run(new CpuDevice(null));
        Assert.Empty(file.Read());
        Assert.Equal(expected, Run(new CpuDevice(new Tuner(file))));
        var shape = Assert.Single(file.Read()).Key;

        Assert.Equal(rounds && TileUnit.IsSupported, shape.Contains("bfloat16", StringComparison.Ordinal));

        var window = Block(graph, null).Window;
        var candidates = InvertedResidualPlan.Candidates(window, problem.Widens);
        Assert.NotEmpty(candidates);
        foreach (var plan in candidates)
        {
            file.Add(shape, plan.ToString());
            var tuner = new Tuner(file);
            Assert.Equal(plan, Block(graph, tuner).Plan);
            Assert.Equal(expected, Run(new CpuDevice(tuner)));
        }
    }

    [Fact]
    public void Only_plans_that_run_again_and_again_are_measured()
    {
        using var folder = new TemporaryFolder();
        var file = new TuningFile(folder.Root, "processor", "engine");
        var numbers = new RandomGenerator(1);
        Variable filter = new(numbers.Normal([3, 3, 8, 1])), last = new(numbers.Normal([1, 1, 8, 4])), bias = new(numbers.Normal([8])), end = new(numbers.Normal([4]));
        var x = new Variable(numbers.Normal([2, 5, 5, 8]));
        var y = (x.DepthwiseConv2D(filter) + bias).Relu().Conv2D(last) + end;
        var device = new CpuDevice(new Tuner(file));
        Compiler.CompileOnce(new Graph([], [y], []), device).Run([]);
        Assert.Empty(file.Read());
        Compiler.Compile(new Graph([], [y], [(x, x * 2)]), device).Run([]);
        Assert.Single(file.Read());
    }

    private static InvertedResidualOp Block(Graph graph, Tuner? tuner) =>
        new CpuDevice(tuner).Specialize(graph).Nodes.Select(node => node.Op).OfType<InvertedResidualOp>().Single();
}
