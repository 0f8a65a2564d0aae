namespace Hero.Engine.Tests.Cpu.Specializing;

public class PackedWeightsTests
{
    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.BFloat16)]
    public void For_the_matrix_unit_frozen_weights_are_packed_once_and_again_when_they_were_assigned(DType type)
    {
        using var medium = DefaultMatmulPrecision.Use(MatmulPrecision.Medium);
        var random = new RandomGenerator(3);
        var x = random.Normal([2, 12, 13, 32]).Cast(type);
        Variable pixels = new(random.Normal([1, 1, 32, 48])), filter = new(random.Normal([3, 3, 48, 40])), matrix = new(random.Normal([40, 70]));
        Tensor Network(Tensor a)
        {
            var y = a.Conv2D(pixels.Cast(type)).Relu().Cast(type).Conv2D(filter.Cast(type)).Relu().Cast(type);
            return y.Reshape([-1, 40]).MatMul(matrix.Cast(type));
        }
        var function = Function.Compile(Network);
        for (var round = 0; round < 3; round++)
        {
            // Asked for its value alone the expression is compiled without a prologue, so that nothing is packed before.
            Assert.Equal(Network(x).ToArray<float>(), function.Call(x).ToArray<float>());
            foreach (var weights in new[] { pixels, filter, matrix }) weights.Assign(weights * 0.75f + 0.1f);
        }
        var steps = function.Profile([x]).Steps.Select(step => step.Name).ToList();
        Assert.DoesNotContain(steps, step => step.Contains("Pack", StringComparison.Ordinal));
    }
}
