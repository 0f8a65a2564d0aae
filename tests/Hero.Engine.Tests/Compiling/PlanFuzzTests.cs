namespace Hero.Engine.Tests.Compiling;

/// <summary>
/// Random expressions, compiled whole (simplified, fused, sharing memory) and computed one operation at a time: every bit must
/// agree, for the outputs and for the variables that the function assigns.
/// </summary>
public class PlanFuzzTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_compiled_function_computes_what_its_operations_do_one_by_one(int quarter)
    {
        for (var seed = quarter * 150; seed < (quarter + 1) * 150; seed++) Compare(seed);
    }

    private static void Compare(int seed)
    {
        var random = new Random(seed);
        double[] Draw(long count) => [.. Enumerable.Range(0, (int)count).Select(_ => random.NextDouble() * 2 - 1)];
        Shape[] shapes = [[6, 4], [6, 4], [4], [1, 4], [6, 1], [24], []];
        var values = shapes.Select(shape => Tensor.From<double>(Draw(shape.Size), shape)).ToArray();
        var states = new[] { new Variable(values[0]), new Variable(values[1]), new Variable(values[2]) };
        var program = Enumerable.Range(0, random.Next(5, 45)).Select(_ => random.Next()).ToArray();

        // One by one: each result is computed before the next operation sees it.
        var expected = Build(program, [.. values, .. states.Select(state => Constant(state))], Constant);
        var function = Function.Compile((Tensor[] inputs) =>
        {
            var nodes = Build(program, [.. inputs, .. states], node => node);
            foreach (var (state, index) in Assigned(program, states, nodes)) state.Assign(nodes[index]);
            return [.. Outputs(program, nodes.Count).Select(index => nodes[index])];
        });
        var before = states.Select(state => state.ToArray<double>()).ToArray();
        for (var run = 0; run < 2; run++)
        {
            for (var i = 0; i < states.Length; i++) states[i].Assign<double>(before[i]);
            var outputs = function.CallAll(values);
            foreach (var (output, index) in outputs.Zip(Outputs(program, expected.Count)))
                Assert.True(output.ToArray<double>().AsSpan().SequenceEqual(expected[index].ToArray<double>()), $"seed {seed}, run {run}: output {index} differs");
            foreach (var (state, index) in Assigned(program, states, expected))
                Assert.True(state.ToArray<double>().AsSpan().SequenceEqual(expected[index].ToArray<double>()), $"seed {seed}, run {run}: variable from {index} differs");
        }
    }

    private static Tensor Constant(Tensor node) => Tensor.From<double>(node.ToArray<double>(), node.Shape);

    private static IEnumerable<int> Outputs(int[] program, int count) => program.Take(3).Select(code => Math.Abs(code / 7) % count).Append(count - 1);

    private static IEnumerable<(Variable State, int Index)> Assigned(int[] program, Variable[] states, List<Tensor> nodes)
    {
        foreach (var (state, salt) in states.Zip([3, 11, 29]))
        {
            var candidates = Enumerable.Range(0, nodes.Count).Where(i => nodes[i].Shape == state.Shape).ToArray();
            yield return (state, candidates[program[0] / salt % candidates.Length]);
        }
    }

    private static List<Tensor> Build(int[] program, Tensor[] leaves, Func<Tensor, Tensor> seal)
    {
        var nodes = new List<Tensor>(leaves);
        foreach (var code in program)
        {
            var random = new Random(code);
            var a = nodes[Newer(random, nodes.Count)];
            var b = nodes[Newer(random, nodes.Count)];
            nodes.Add(seal(Apply(random, a, b)));
        }
        return nodes;
    }

    private static int Newer(Random random, int count) => Math.Max(random.Next(count), random.Next(count));

    private static Tensor Apply(Random random, Tensor a, Tensor b)
    {
        switch (random.Next(16))
        {
            case 0: return a.Tanh();
            case 1: return -a;
            case 2: return a.Relu() + 0.25;
            case 3: return Tensor.Where(a > 0.1, a, a * 0.5);
            case 4 when a.Rank >= 1: return a.Sum(random.Next(a.Rank), keepDims: random.Next(2) == 0) * 0.1;
            case 5 when a.Rank >= 1: return a.Max(random.Next(a.Rank));
            case 6 when a.Rank == 2: return a.Transpose();
            case 7: return a.Size == 24 ? a.Reshape(random.Next(2) == 0 ? [6, 4] : [24]) : a.ExpandDims(0);
            case 8 when a.Rank >= 1 && a.Shape[0] > 1: return a[1..];
            case 9 when a.Rank >= 1: return a.Flip(a.Rank - 1);
            case 10 when a.Rank == 2 && b.Rank == 2 && a.Shape[1] == b.Shape[0]: return a.MatMul(b) * 0.3;
            case 11 when a.Rank >= 1: return a.Softmax();
            case 12 when a.Rank >= 1: return Tensor.Concatenate([a, a * 0.5], 0);
            case 13 when a.Rank == 2: return a.MatMul(a.Transpose()) * 0.1;
            case 14: return a * a - a * 1;
        }
        var fits = a.Rank <= 3 && b.Rank <= 3 && Enumerable.Range(1, Math.Min(a.Rank, b.Rank)).All(back => a.Shape[^back] == b.Shape[^back] || a.Shape[^back] == 1 || b.Shape[^back] == 1);
        return !fits ? a * 0.5 : random.Next(3) switch { 0 => a + b, 1 => a * b, _ => (a - b).Clip(-3, 3) };
    }
}
