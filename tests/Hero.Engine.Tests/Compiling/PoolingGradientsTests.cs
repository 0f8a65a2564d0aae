namespace Hero.Engine.Tests.Compiling;

/// <summary>Gradients that move before those of max pooling are what they were behind them.</summary>
public class PoolingGradientsTests
{
    [Theory]
    [InlineData(2, 2, false)]
    [InlineData(2, 2, true)]
    [InlineData(3, 2, true)]    // windows that overlap, and reach over the edge
    [InlineData(3, 1, false)]
    [InlineData(2, 3, true)]    // pixels in no window
    public void The_gradient_of_an_activation_before_pooling_has_the_same_bits(int pool, int stride, bool same)
    {
        var random = new RandomGenerator(3);
        var x = random.Normal([3, 9, 8, 5]);
        // Whole numbers repeat: the first of several greatest ones takes all, and some windows have no number above zero.
        var whole = (x * 2).Round() + random.Uniform([3, 9, 8, 1], -6, 6).Floor();
        foreach (var picture in new[] { x, whole })
            foreach (var activation in new Func<Tensor, Tensor>[] { value => value.Relu(), value => value.Relu6() })
            {
                Tensor Pool(Tensor value) => value.MaxPool2D((pool, pool), (stride, stride), same ? Padding.Same : Padding.Valid);
                var dy = random.Normal([.. Pool(picture).Shape.Dimensions]);
                var compiled = Function.Compile(value => Gradient.Of((Pool(activation(value)) * dy).Sum(), value)).Call(picture);

                // Step by step: the values between are asked for, so that nothing can move over them.
                var active = Tensor.From<float>(activation(picture).ToArray<float>(), picture.Shape);
                var behind = Gradient.Of((Pool(active) * dy).Sum(), active);
                var atActive = Tensor.From<float>(behind.ToArray<float>(), picture.Shape);
                var expected = Gradient.Of((activation(picture) * atActive).Sum(), picture);
                Assert.Equal(expected.ToArray<float>(), compiled.ToArray<float>());
            }
    }

    [Theory]
    [InlineData(2, 2, false)]
    [InlineData(3, 2, true)]
    [InlineData(2, 3, true)]
    public void The_gradient_of_a_bias_before_pooling_is_the_sum_of_all_pixels(int pool, int stride, bool same)
    {
        var random = new RandomGenerator(4);
        Tensor x = random.Normal([2, 9, 8, 7]), bias = random.Normal([7]);
        var values = Function.Compile((Tensor[] inputs) =>
        {
            var active = (inputs[0] + inputs[1]).Relu();
            var loss = (active.MaxPool2D((pool, pool), (stride, stride), same ? Padding.Same : Padding.Valid) * 1.5f).Square().Sum();
            return [Gradient.Of(loss, inputs[1]), Gradient.Of(loss, inputs[0])];
        }).CallAll(x, bias);
        var pixels = values[1].ToArray<float>();
        var sums = new double[7];
        for (var i = 0; i < pixels.Length; i++) sums[i % 7] += pixels[i];
        var actual = values[0].ToArray<float>();
        for (var channel = 0; channel < 7; channel++) Assert.Equal(sums[channel], actual[channel], 1e-4 * (1 + Math.Abs(sums[channel])));
    }
}
