using Hero.Compiling;

namespace Hero.Engine.Tests.Compiling;

/// <summary>What a plan keeps from run to run is what it would compute anew, and follows its variables.</summary>
public class PrologueTests
{
    private static readonly RandomGenerator Numbers = new(7);

    [Fact]
    public void What_depends_on_variables_alone_is_no_step_of_the_run()
    {
        var w = new Variable(Numbers.Normal([5, 3]));
        var x = Numbers.Normal([4, 5]);
        var function = Function.Compile(a => a.MatMul((w * 2).Exp()) + w.Square().Sum());
        Assert.Equal(1, function.PlanFor(x).StepCount);
        Close(x.MatMul((w * 2).Exp()) + w.Square().Sum(), function.Call(x));
    }

    [Fact]
    public void Every_way_to_write_a_variable_shows_in_the_next_run()
    {
        var w = new Variable(Tensor.From(new float[] { 1, 2 }));
        var half = new Variable(Tensor.From(1f));
        var read = Function.Compile(x => x + w.Square() * half.Exp().Log());
        var x = Tensor.From(new float[] { 0, 0 });
        Assert.Equal([1f, 4f], read.Call(x).ToArray<float>());
        w.Assign(Tensor.From(new float[] { 3, 4 }));
        Assert.Equal([9f, 16f], read.Call(x).ToArray<float>());
        w.Assign<float>([5, 6]);
        Assert.Equal([25f, 36f], read.Call(x).ToArray<float>());
        Function.Compile(() => w, updates: _ => [(w, w + 1)]).Call();
        Assert.Equal([36f, 49f], read.Call(x).ToArray<float>());
    }

    [Fact]
    public void Variables_that_a_function_updates_are_read_anew()
    {
        var w = new Variable(Tensor.From(new float[] { 1, 2 }));
        var rate = new Variable(Tensor.From(0.5f));
        var step = Function.Compile(x => (x * w.Square()).Sum(), updates: loss => [(w, w + (rate * 2).Square())]);
        var x = Tensor.From(new float[] { 1, 1 });
        Assert.Equal(5, step.Call(x).Item<float>());
        Assert.Equal(13, step.Call(x).Item<float>());
        rate.Assign(Tensor.From(1f));
        Assert.Equal(25, step.Call(x).Item<float>());
        Assert.Equal([7f, 8f], w.ToArray<float>());
    }

    [Fact]
    public void Outputs_and_updates_may_be_frozen_themselves()
    {
        var (a, b) = (new Variable(Tensor.From(new float[] { 1, 2 })), new Variable(Tensor.From(new float[] { 3, 4 })));
        var function = Function.Compile(() => b.Square(), updates: _ => [(a, b)]);
        Assert.Equal([9f, 16f], function.Call().ToArray<float>());
        Assert.Equal([3f, 4f], a.ToArray<float>());
        b.Assign<float>([5, 6]);
        Assert.Equal([25f, 36f], function.Call().ToArray<float>());
        Assert.Equal([5f, 6f], a.ToArray<float>());
    }

    [Fact]
    public void Runs_at_the_same_time_share_it()
    {
        var w = new Variable(Numbers.Normal([64, 64]));
        var x = Numbers.Normal([8, 64]);
        var function = Function.Compile(a => a.MatMul(w.Tanh()));
        for (var round = 0; round < 20; round++)
        {
            w.Assign(Numbers.Normal([64, 64]));
            var expected = x.MatMul(w.Tanh()).ToArray<float>();
            Parallel.For(0, 8, _ => Assert.Equal(expected, function.Call(x).ToArray<float>()));
        }
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        var w = new Variable(Numbers.Normal([16, 16]));
        var x = Numbers.Normal([2, 16]);
        using var run = Function.Compile(a => a.MatMul(w.Tanh())).PlanFor(x).Rent();
        run.SetInputs([x]);
        for (var i = 0; i < 100; i++)
        {
            w.Assign<float>(new float[256]);
            run.Execute();
        }
        var values = new float[256];
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (var i = 0; i < 10; i++)
            {
                w.Assign<float>(values);
                run.Execute();
            }
        }));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_normalization_behind_a_convolution_goes_into_its_filter(bool depthwise, bool biased)
    {
        var filter = new Variable(Numbers.Normal(depthwise ? [3, 3, 4, 2] : [3, 3, 4, 8]));
        Variable factor = new(Numbers.Normal([8])), shift = new(Numbers.Normal([8])), bias = new(Numbers.Normal([8]));
        var x = Numbers.Normal([2, 6, 5, 4]);
        Tensor Layers(Tensor a)
        {
            var y = depthwise ? a.DepthwiseConv2D(filter) : a.Conv2D(filter);
            if (biased) y += bias;
            return (y * factor.Exp() + (shift - factor)).Relu6();
        }
        var function = Function.Compile(Layers);
        Assert.Equal(depthwise ? "DepthwiseConv2D+Add+Relu6" : "Conv2D+Add+Relu6", Assert.Single(function.Profile([x], 1).Steps).Name);
        Close(Layers(x), function.Call(x));
        factor.Assign(Numbers.Normal([8]));
        Close(Layers(x), function.Call(x));
    }

    [Fact]
    public void A_factor_behind_a_matrix_product_goes_into_its_weights()
    {
        Variable w = new(Numbers.Normal([5, 7])), turned = new(Numbers.Normal([7, 5])), factor = new(Numbers.Normal([7]));
        var x = Numbers.Normal([2, 3, 5]);
        Tensor Layers(Tensor a) => a.MatMul(w) * factor.Exp() + (a.MatMul(turned.Transpose()) * factor.Exp()) * 3;
        var function = Function.Compile(Layers);
        Assert.Equal(2, function.PlanFor(x).StepCount);
        Close(Layers(x), function.Call(x));
    }

    [Theory]
    [InlineData(8, 200, 130, false)]
    [InlineData(57, 131, 128, true)]
    [InlineData(300, 40, 513, true)]
    public void Weights_of_products_are_read_packed(int rows, int depth, int columns, bool transposed)
    {
        Variable w = new(Numbers.Normal(transposed ? [columns, depth] : [depth, columns])), bias = new(Numbers.Normal([columns]));
        var x = Numbers.Normal([rows, depth]);
        Tensor Layer(Tensor a) => (a.MatMul(transposed ? w.Transpose() : w) + bias).Relu();
        var function = Function.Compile(Layer);
        Assert.Equal("MatMul+Add+Relu", Assert.Single(function.Profile([x], 1).Steps).Name);
        Close(Layer(x), function.Call(x), depth);
        w.Assign(Numbers.Normal(w.Shape));
        Close(Layer(x), function.Call(x), depth);
    }

    [Theory]
    [InlineData(1, 1, 7, 320, 72)]
    [InlineData(3, 2, 15, 3, 16)]
    [InlineData(3, 1, 16, 33, 65)]
    [InlineData(5, 1, 9, 6, 5)]
    public void Filters_of_convolutions_are_read_packed(int kernel, int stride, int side, int inChannels, int outChannels)
    {
        var filter = new Variable(Numbers.Normal([kernel, kernel, inChannels, outChannels]));
        var x = Numbers.Normal([2, side, side, inChannels]);
        Tensor Layer(Tensor a) => a.Conv2D(filter, (stride, stride), Padding.Same).Relu6();
        var function = Function.Compile(Layer);
        Close(Layer(x), function.Call(x), kernel * kernel * inChannels);
        filter.Assign(Numbers.Normal(filter.Shape));
        Close(Layer(x), function.Call(x), kernel * kernel * inChannels);
    }

    [Fact]
    public void What_somebody_else_reads_is_not_scaled()
    {
        Variable filter = new(Numbers.Normal([1, 1, 4, 4])), factor = new(Numbers.Normal([4]));
        var x = Numbers.Normal([1, 3, 3, 4]);
        var function = Function.Compile(inputs =>
        {
            var y = inputs[0].Conv2D(filter);
            return [y * factor.Exp(), y];
        });
        var results = function.CallAll(x);
        Close(x.Conv2D(filter) * factor.Exp(), results[0]);
        Assert.Equal(x.Conv2D(filter).ToArray<float>(), results[1].ToArray<float>());
    }

    [Fact]
    public void Gradients_with_respect_to_factors_are_the_same()
    {
        Variable filter = new(Numbers.Normal([1, 1, 3, 3])), factor = new(Numbers.Normal([3]));
        var x = Numbers.Normal([2, 4, 4, 3]);
        var gradients = Function.Compile(
            inputs => Gradient.Of((inputs[0].Conv2D(filter) * factor).Square().Sum(), [filter, factor]));
        var expected = Gradient.Of((x.Conv2D(filter) * factor).Square().Sum(), [filter, factor]);
        var results = gradients.CallAll(x);
        for (var i = 0; i < 2; i++) Close(expected[i], results[i]);
    }

    private static void Close(Tensor expected, Tensor actual, int depth = 100)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        foreach (var (a, b) in expected.ToArray<float>().Zip(actual.ToArray<float>())) Assert.Equal(a, b, 1e-6f * depth * (1 + Math.Abs(a)));
    }
}
