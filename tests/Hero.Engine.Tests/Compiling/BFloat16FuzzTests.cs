namespace Hero.Engine.Tests.Compiling;

/// <summary>
/// Random expressions over bfloat16 and float32 whose values are small whole numbers, so that no type has to round: a compiled function,
/// which widens, rounds and shares memory where it likes, gives the bits of its operations computed one at a time.
/// </summary>
public class BFloat16FuzzTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_compiled_function_computes_what_its_operations_do_one_by_one(int part)
    {
        for (var seed = part * 150; seed < (part + 1) * 150; seed++) Compare(seed);
    }

    private static void Compare(int seed)
    {
        var random = new Random(seed);
        Shape[] shapes = [[6, 4], [6, 4], [4], [1, 4], [6, 1], [24], []];
        var values = shapes.Select((shape, i) => Draw(random, shape).Cast(i % 3 == 1 ? DType.Float32 : DType.BFloat16)).Select(Constant).ToArray();
        var states = new[] { new Variable(values[0]), new Variable(values[1]), new Variable(values[2]) };
        var program = Enumerable.Range(0, random.Next(5, 45)).Select(_ => random.Next()).ToArray();
        var expected = Build(program, [.. values, .. states.Select(Constant)], Constant);
        var function = Function.Compile((Tensor[] inputs) =>
        {
            var nodes = Build(program, [.. inputs, .. states], node => node);
            foreach (var (state, index) in Assigned(program, states, nodes)) state.Assign(nodes[index]);
            return [.. Outputs(program, nodes.Count).Select(index => nodes[index])];
        });
        var before = states.Select(Constant).ToArray();
        for (var run = 0; run < 2; run++)
        {
            for (var i = 0; i < states.Length; i++) states[i].Assign(before[i]);
            foreach (var (output, index) in function.CallAll(values).Zip(Outputs(program, expected.Count))) Same(expected[index], output, $"seed {seed}, run {run}: output {index}");
            foreach (var (state, index) in Assigned(program, states, expected)) Same(expected[index], state, $"seed {seed}, run {run}: variable from {index}");
        }
    }

    private static void Same(Tensor expected, Tensor actual, string where)
    {
        Assert.Equal(expected.DType, actual.DType);
        // A 0 may have either sign: a sum with it drops it.
        Assert.True(expected.ToArray<float>().SequenceEqual(actual.ToArray<float>()), $"{where} differs");
    }

    private static Tensor Draw(Random random, Shape shape) => Tensor.From<float>([.. Enumerable.Range(0, (int)shape.Size).Select(_ => (float)random.Next(-4, 5))], shape);

    private static Tensor Constant(Tensor node) => node.DType == DType.BFloat16
        ? Tensor.From<BFloat16>(node.ToArray<BFloat16>(), node.Shape)
        : Tensor.From<float>(node.ToArray<float>(), node.Shape);

    private static IEnumerable<int> Outputs(int[] program, int count) => program.Take(3).Select(code => Math.Abs(code / 7) % count).Append(count - 1);

    private static IEnumerable<(Variable State, int Index)> Assigned(int[] program, Variable[] states, List<Tensor> nodes)
    {
        foreach (var (state, salt) in states.Zip([3, 11, 29]))
        {
            var candidates = Enumerable.Range(0, nodes.Count).Where(i => nodes[i].Shape == state.Shape && nodes[i].DType == state.DType).ToArray();
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

    /// <summary>Values stay whole and within 8, what lies between within 192: bfloat16 has all whole numbers to 256.</summary>
    private static Tensor Apply(Random random, Tensor a, Tensor b)
    {
        switch (random.Next(18))
        {
            case 0: return a.Cast(DType.Float32);
            case 1: return a.Cast(DType.BFloat16);
            case 2: return (a.Relu() + 2).Clip(-8, 8);
            case 3: return Tensor.Where(a > 1, a, -a);
            case 4 when a.Rank >= 1 && a.Size <= 24: return a.Sum(random.Next(a.Rank), keepDims: random.Next(2) == 0).Clip(-8, 8);
            case 5 when a.Rank >= 1: return a.Max(random.Next(a.Rank));
            case 6 when a.Rank == 2: return a.Transpose();
            case 7: return a.Size == 24 ? a.Reshape(random.Next(2) == 0 ? [6, 4] : [24]) : a.ExpandDims(0);
            case 8 when a.Rank >= 1 && a.Shape[0] > 1: return a[1..];
            case 9 when a.Rank >= 1: return a.Flip(a.Rank - 1);
            case 10 when a.Rank == 2 && a.Size <= 24: return a.MatMul(a.Transpose()).Clip(-8, 8);
            case 11 when a.Rank == 2: return a.Pad([(1, 0), (0, 1)], 3)[1.., ..^1];
            case 12 when a.Rank >= 1: return Tensor.Concatenate([a, -a], 0);
            case 13: return (a.Cast(DType.Float32) + a.Cast(DType.BFloat16)).Clip(-8, 8).Cast(a.DType);
        }
        var fits = a.Rank <= 3 && b.Rank <= 3 && Enumerable.Range(1, Math.Min(a.Rank, b.Rank)).All(back => a.Shape[^back] == b.Shape[^back] || a.Shape[^back] == 1 || b.Shape[^back] == 1);
        return !fits ? -a : random.Next(3) switch { 0 => (a + b).Clip(-8, 8), 1 => (a * b).Clip(-8, 8), _ => (a - b).Clip(-8, 8) };
    }
}
