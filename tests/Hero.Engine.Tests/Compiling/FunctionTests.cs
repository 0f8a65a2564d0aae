using Hero.Compiling;

namespace Hero.Engine.Tests.Compiling;

public class FunctionTests
{
    [Fact]
    public void Trains_a_linear_model()
    {
        var x = Tensor.From(new float[,] { { 1, 0 }, { 0, 1 }, { 1, 1 }, { 2, 1 } });
        var y = Tensor.From(new float[] { 2, -1, 1, 3 });
        var w = new Variable(Tensor.Zeros([2]));
        var step = Function.Compile(
            (a, b) => (a.MatMul(w) - b).Square().Mean(),
            updates: loss => [(w, w - 0.1f * Gradient.Of(loss, w))]);
        for (var i = 0; i < 500; i++) step.Call(x, y);
        Assert.Equal(2, w.ToArray<float>()[0], 3);
        Assert.Equal(-1, w.ToArray<float>()[1], 3);
    }

    [Fact]
    public void Is_traced_once_for_each_shape_and_type()
    {
        var traces = 0;
        var twice = Function.Compile(x =>
        {
            traces++;
            return x * 2;
        });
        Assert.Equal([2f, 4f], twice.Call(Tensor.From(new float[] { 1, 2 })).ToArray<float>());
        Assert.Equal([6f, 8f], twice.Call(Tensor.From(new float[] { 3, 4 })).ToArray<float>());
        Assert.Equal(1, traces);
        Assert.Equal([2.0, 4, 6], twice.Call(Tensor.From(new double[] { 1, 2, 3 })).ToArray<double>());
        Assert.Equal(2, traces);
    }

    [Fact]
    public void Plans_for_ever_new_shapes_do_not_pile_up()
    {
        var traces = 0;
        var function = Function.Compile(x =>
        {
            traces++;
            return x + 1;
        });
        for (var size = 1; size <= 100; size++)
        {
            function.Call(Tensor.Ones([7, 7]));
            Assert.Equal(size, function.Call(Tensor.Ones([size])).Size);
        }
        Assert.Equal(101, traces);
        function.Call(Tensor.Ones([100]));
        Assert.Equal(101, traces);
        function.Call(Tensor.Ones([1]));
        Assert.Equal(102, traces);
    }

    [Fact]
    public void What_simplifies_to_a_variable_is_given_as_it_was_before_the_run()
    {
        var (count, last) = (new Variable(Tensor.From(new float[] { 1, 2 })), new Variable(Tensor.From(new float[] { 7, 8 })));
        var next = Function.Compile(() => count * 1 + 0, updates: _ => [(count, count + 1), (last, count / 1)]);
        Assert.Equal([1f, 2], next.Call().ToArray<float>());
        Assert.Equal([1f, 2], last.ToArray<float>());
        Assert.Equal([2f, 3], next.Call().ToArray<float>());
        Assert.Equal([2f, 3], last.ToArray<float>());
    }

    [Fact]
    public void A_variable_that_takes_the_beginning_of_a_value_takes_no_more()
    {
        var first = new Variable(Tensor.Zeros([2]));
        var step = Function.Compile((Tensor[] x) =>
        {
            first.Assign((x[0] * 2)[..2]);
            return [x[0].Sum()];
        });
        step.CallAll(Tensor.Ones([4_000_000]));
        Assert.Equal([2f, 2f], first.ToArray<float>());
    }

    [Fact]
    public void A_product_with_its_update_in_one_step_writes_the_variable_itself()
    {
        Tensor x = new RandomGenerator(1).Normal([40, 30]), y = new RandomGenerator(2).Normal([40, 50]);
        var start = new RandomGenerator(3).Normal([30, 50]);
        // The gradient is a product that reads the variable only at the element it changes, and one that reads all of it.
        Variable w = new(start), u = new(start);
        var step = Function.Compile((x, y) => (x.MatMul(w) - y).Square().Sum(), updates: loss => [(w, w - 0.001f * Gradient.Of(loss, w))]);
        var square = Function.Compile(() => u.Sum(), updates: _ => [(u, u.MatMul(y.Transpose()).MatMul(y) * 0.01f + u)]);
        var (wantW, wantU) = (start - 0.002f * x.Transpose().MatMul(x.MatMul(start) - y), start.MatMul(y.Transpose()).MatMul(y) * 0.01f + start);
        step.Call(x, y);
        square.Call();
        foreach (var (want, got) in new[] { (wantW, w), (wantU, u) })
            foreach (var (a, b) in want.ToArray<float>().Zip(got.ToArray<float>())) Assert.Equal(a, b, 2e-4f * Math.Max(1, Math.Abs(a)));
        Assert.DoesNotContain(step.Profile([x, y]).Steps, part => part.Name == "CopyUpdates");
    }

    [Fact]
    public void All_updates_see_the_values_from_before_the_run()
    {
        var a = new Variable(Tensor.From(new float[] { 1, 2 }));
        var b = new Variable(Tensor.From(new float[] { 3, 4 }));
        var swap = Function.Compile(() => a + b, updates: _ => [(a, b), (b, a)]);
        Assert.Equal([4f, 6f], swap.Call().ToArray<float>());
        Assert.Equal([3f, 4f], a.ToArray<float>());
        Assert.Equal([1f, 2f], b.ToArray<float>());
    }

    [Fact]
    public void An_output_that_is_a_variable_has_the_value_from_before_the_run()
    {
        var count = new Variable(Tensor.From(0L));
        var next = Function.Compile(() => count, updates: _ => [(count, count + 1)]);
        Assert.Equal(0, next.Call().Item<long>());
        Assert.Equal(1, next.Call().Item<long>());
        Assert.Equal(2, count.Item<long>());
    }

    [Fact]
    public void Assignments_in_the_body_are_part_of_every_run()
    {
        var total = new Variable(Tensor.Zeros([]));
        var add = Function.Compile(x =>
        {
            total.Assign(total + x.Sum());
            return x;
        });
        for (var i = 0; i < 3; i++) add.Call(Tensor.From(new float[] { 1, 2 }));
        Assert.Equal(9, total.Item<float>());
    }

    [Fact]
    public void A_function_called_in_another_becomes_a_part_of_it()
    {
        var square = Function.Compile(x => x * x);
        var both = Function.Compile(x => square.Call(x) + 1);
        Assert.Equal([5f, 10f], both.Call(Tensor.From(new float[] { 2, 3 })).ToArray<float>());
    }

    [Fact]
    public void Random_numbers_are_new_in_every_run_and_the_same_from_the_same_seed()
    {
        float[][] Draw(long seed)
        {
            var generator = new RandomGenerator(seed);
            var draw = Function.Compile(() => Tensor.Stack([generator.Uniform([4]), generator.Uniform([4])]));
            return [draw.Call().ToArray<float>(), draw.Call().ToArray<float>()];
        }
        var (first, again, other) = (Draw(5), Draw(5), Draw(6));
        Assert.Equal(first[0], again[0]);
        Assert.Equal(first[1], again[1]);
        Assert.NotEqual(first[0], first[1]);
        Assert.NotEqual(first[0], other[0]);
        Assert.NotEqual(first[0][..4], first[0][4..]);
    }

    [Fact]
    public void May_be_called_from_several_threads()
    {
        var w = new Variable(Tensor.From(Enumerable.Range(0, 64 * 64).Select(i => i % 7 - 3f).ToArray()).Reshape(64, 64));
        var function = Function.Compile(x => (x.MatMul(w).Relu().MatMul(w) * 0.01).Softmax());
        var inputs = Enumerable.Range(0, 8).Select(k => Tensor.From(Enumerable.Range(0, 32 * 64).Select(i => (i * k % 11) * 0.1f).ToArray()).Reshape(32, 64)).ToArray();
        var expected = inputs.Select(input => function.Call(input).ToArray<float>()).ToArray();
        Parallel.For(0, 200, i => Assert.Equal(expected[i % 8], function.Call(inputs[i % 8]).ToArray<float>()));
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        var w = new Variable(Tensor.Zeros([64, 10]));
        var x = Tensor.Ones([32, 64]);
        var step = Function.Compile(
            input => input.MatMul(w).SoftmaxCrossEntropy(Tensor.Zeros([32], DType.Int32)).Mean(),
            updates: loss => [(w, w - 0.1 * Gradient.Of(loss, w))]);
        var plan = step.PlanFor(x);
        using var run = plan.Rent();
        run.SetInput(0, x.Evaluate());
        for (var i = 0; i < 10; i++) run.Execute();
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (var i = 0; i < 1000; i++) run.Execute();
        }));
    }

    [Fact]
    public void A_value_inside_a_trace_cannot_be_asked_for()
    {
        var function = Function.Compile(x =>
        {
            Assert.Equal("Tensor(float32, (2,))", (x + 1).ToString());
            return x + (x * 2).ToArray<float>()[0];
        });
        var error = Assert.Throws<InvalidOperationException>(() => function.Call(Tensor.Ones([2])));
        Assert.Contains("being traced", error.Message);
    }

    [Fact]
    public void The_number_of_inputs_is_checked()
    {
        var function = Function.Compile((a, b) => a + b);
        Assert.Contains("2 input(s), got 1", Assert.Throws<ArgumentException>(() => function.Call(Tensor.Ones([2]))).Message);
    }

    [Fact]
    public void Chains_and_epilogues_run_as_one_step()
    {
        var w = new Variable(Tensor.Ones([8, 4]));
        var b = new Variable(Tensor.Ones([4]));
        var dense = Function.Compile(x => (x.MatMul(w) + b).Relu() * 2);
        Assert.Equal(1, dense.PlanFor(Tensor.Ones([3, 8])).StepCount);
        var chain = Function.Compile(x => (x * 2 + 1).Exp().Log() - x);
        Assert.Equal(1, chain.PlanFor(Tensor.Ones([3, 8])).StepCount);
    }

    [Theory]
    [InlineData(300, 16)]
    [InlineData(5003, 7)]
    [InlineData(4001, 1)]
    [InlineData(70, 1000)]
    public void Reductions_run_with_the_chain_that_feeds_them(int rows, int columns)
    {
        var function = Function.Compile((Tensor[] inputs) =>
        {
            var (x, dy) = (inputs[0], inputs[1]);
            var product = (x - 0.5) * dy;
            return [product.Sum(0), dy.Sum(0), product.Max(0), product];
        });
        var random = new RandomGenerator(4);
        var (left, right) = (random.Uniform([rows, columns]), random.Uniform([rows, columns], -1, 1));
        Assert.Equal(1, function.PlanFor(left, right).StepCount);
        var results = function.CallAll(left, right).Select(result => result.ToArray<float>()).ToArray();
        var (x, dy) = (left.ToArray<float>(), right.ToArray<float>());
        var products = x.Zip(dy, (a, b) => (a - 0.5f) * b).ToArray();
        Assert.Equal(products, results[3]);
        for (var c = 0; c < columns; c++)
        {
            var column = Enumerable.Range(0, rows).Select(r => r * columns + c).ToArray();
            Assert.Equal(column.Sum(i => (double)products[i]), results[0][c], 1e-4);
            Assert.Equal(column.Sum(i => (double)dy[i]), results[1][c], 1e-4);
            Assert.Equal(column.Max(i => products[i]), results[2][c]);
        }
    }

    [Fact]
    public void Memory_is_shared_by_values_that_do_not_live_together()
    {
        var deep = Function.Compile(x =>
        {
            for (var i = 0; i < 20; i++) x = x.Softmax() + 1;
            return x;
        });
        var plan = deep.PlanFor(Tensor.Ones([100, 100]));
        Assert.InRange(plan.ArenaBytes, 1, 2 * 100 * 100 * sizeof(float) + 1024);
        Assert.InRange(plan.ArenaBytes, plan.LivenessBound, (long)(plan.LivenessBound * 1.2));
    }

    [Fact]
    public void Common_expressions_are_computed_once_and_constants_when_compiling()
    {
        var function = Function.Compile(x => x.Softmax() + x.Softmax() + (Tensor.Ones([4]) * 3).Softmax());
        Assert.Equal(2, function.PlanFor(Tensor.Ones([4])).StepCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(10_000)]
    public void Updates_of_small_variables_are_one_step_and_see_the_values_from_before_it(int size)
    {
        var variables = Enumerable.Range(0, 5).Select(i => new Variable(Tensor.Full([size + i / 3], i))).ToArray();
        var (a, b, c) = (variables[0], variables[1], variables[2]);
        var function = Function.Compile(
            x => x.Softmax(),
            updates: _ => [(a, b * 2 + 1), (b, a - c), (c, a + b + c), .. variables[3..].Select(v => (v, v * v - 3))]);
        var x = Tensor.Ones([4]);
        Assert.Equal(2, function.PlanFor(x).StepCount);
        double[] expected = [0, 1, 2, 3, 4];
        for (var run = 0; run < 4; run++)
        {
            function.Call(x);
            expected = [expected[1] * 2 + 1, expected[0] - expected[2], expected[0] + expected[1] + expected[2], .. expected[3..].Select(v => v * v - 3)];
            for (var i = 0; i < variables.Length; i++)
                Assert.All(variables[i].ToArray<float>(), value => Assert.Equal((float)expected[i], value, 1e-6f * (float)Math.Abs(expected[i])));
        }
    }
}
