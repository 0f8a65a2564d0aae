using Hero.Compiling;
using Hero.Cpu;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Engine.Tests.Cpu.Specializing;

public class PackedRecurrenceTests
{
    [Theory]
    [InlineData(11, MatmulPrecision.Highest)]
    [InlineData(96, MatmulPrecision.Medium)]
    public void A_frozen_kernel_is_packed_once_and_again_when_it_was_assigned(int units, MatmulPrecision precision)
    {
        var random = new RandomGenerator(1);
        var (x, initial) = (random.Normal([3, 5, 4 * units]), random.Normal([2, 5, units]));
        var kernel = new Variable(random.Normal([units, 4 * units]));
        var mask = random.Uniform([3, 5]) < 0.7f;
        Tensor States(Tensor x) => Recurrence.Run(new LstmCell(), new(x, kernel, null, initial, mask), willDifferentiate: false, precision);
        var function = Function.Compile(x => States(x));
        for (var i = 0; i < 3; i++)
        {
            // Asked for its value alone the expression is compiled without a prologue.
            Assert.Equal(States(x).ToArray<float>(), function.Call(x).ToArray<float>());
            kernel.Assign(kernel * 0.9f);
        }
        var steps = function.Profile([x]).Steps.Select(step => step.Name).ToList();
        Assert.Contains("Recurrent", steps);
        Assert.DoesNotContain("PackWeights", steps);
        var input = new Tensor(x.DType, x.Shape, null);
        var recurrence = States(input).Inputs[0];
        while (recurrence.Op is not RecurrentOp) recurrence = recurrence.Inputs[0];
        var specialized = Device.Cpu.Specialize(new Graph([input], [recurrence], []));
        Assert.Equal(precision == MatmulPrecision.Medium && TileUnit.IsSupported ? DType.BFloat16 : DType.Float32, specialized.Nodes.Single(node => node.Op is PackWeightsOp).DType);
        Assert.Equal([typeof(PackWeightsOp), typeof(PackedRecurrentOp)], specialized.Nodes.Select(node => node.Op?.GetType()).Where(type => type?.Namespace == "Hero.Cpu"));
    }

    [Fact]
    public void A_kernel_that_the_function_itself_changes_is_not()
    {
        var kernel = new Variable(new RandomGenerator(1).Normal([4, 4]));
        var function = Function.Compile(
            x => Recurrence.Run(new SimpleRnnCell(), new(x, kernel, null, null, null), willDifferentiate: true).Square().Sum(),
            updates: loss => [(kernel, kernel - 0.1f * Gradient.Of(loss, kernel))]);
        Assert.Contains(function.Profile([Tensor.Ones([3, 2, 4])]).Steps, step => step.Name.StartsWith("Recurrent", StringComparison.Ordinal));
    }
}
