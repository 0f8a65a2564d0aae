using Hero.Compiling;
using Hero.Cpu;

namespace Hero.Engine.Tests.Compiling.Fuzz;

/// <summary>A program as a compiled function, with what it must give.</summary>
internal sealed class Trial
{
    // How far results may be from each other, in distances that rounding moved them in two samples.
    private const double Safety = 16;
    private const long Seed = 11;

    private readonly FuzzProgram program;
    private readonly Setting setting;
    private readonly Dictionary<Line, Variable> variables = [];
    private readonly Line[] inputs;

    public Trial(FuzzProgram program, DType own)
    {
        this.program = program;
        setting = new Setting(own, new RandomGenerator(Seed));
        inputs = [.. program.LeavesOf(LeafKind.Input)];
        foreach (var line in program.LeavesOf(LeafKind.Variable)) variables[line] = new Variable(line.Leaf!.Constant(own));
        Function = Function.Compile((Tensor[] x) => Body(x));
    }

    public Function Function { get; private set; }

    /// <summary>How many results came out as exactly, by bits, and how many so badly known that a comparison says little.</summary>
    public (int Compared, int Exact, int Vague) Count { get; private set; }

    /// <summary>Lets the function be traced and compiled anew.</summary>
    public void Renew() => Function = Function.Compile((Tensor[] x) => Body(x));

    /// <summary>All outputs and new values of variables of a run from the beginning.</summary>
    public Tensor[] Run(int variant = 0)
    {
        using var precision = DefaultMatmulPrecision.Use(program.Precision);
        Reset(variant);
        var outputs = Function.CallAll([.. inputs.Select(line => Start(line, variant))]);
        return [.. outputs, .. program.Updates.Select(update => Leaf.Plain(Copy(variables[update.Variable]))), Leaf.Plain(Copy(setting.Generator.State))];
    }

    /// <summary>
    /// The outputs of a number of callers at the same time, a few runs of each, from the beginning: the plan is not there yet, nor what it computes of weights. Only where no run
    /// leaves anything to the next.
    /// </summary>
    public Tensor[][] RunAtOnce(int callers)
    {
        const int Runs = 3;
        using var precision = DefaultMatmulPrecision.Use(program.Precision);
        Renew();
        Reset(0);
        Tensor[] values = [.. inputs.Select(line => Start(line, 0))];
        var results = new Tensor[callers * Runs][];
        using var start = new Barrier(callers);
        var threads = Enumerable.Range(0, callers).Select(caller => new Thread(() =>
        {
            start.SignalAndWait();
            for (var run = 0; run < Runs; run++) results[caller * Runs + run] = Function.CallAll(values);
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return results;
    }

    /// <summary>All outputs and new values of a plan whose cuts a tuner has chosen.</summary>
    public Tensor[] RunTuned(Tuner tuner)
    {
        using var precision = DefaultMatmulPrecision.Use(program.Precision);
        Reset(0);
        Tensor[] values = [.. inputs.Select(line => Start(line, 0))], placeholders = Array.ConvertAll(values, value => new Tensor(value.DType, value.Shape, null));
        var plan = Traced(placeholders, tuner);
        return [.. plan.Run(values), .. program.Updates.Select(update => Leaf.Plain(Copy(variables[update.Variable]))), Leaf.Plain(Copy(setting.Generator.State))];
    }

    private Plan Traced(Tensor[] placeholders, Tuner tuner)
    {
        using var trace = new Trace();
        var outputs = Body(placeholders);
        return Compiler.Compile(new Graph(placeholders, outputs, trace.Updates()), new CpuDevice(tuner));
    }

    /// <summary>Whether a run leaves everything as it was.</summary>
    public bool ChangesNothing => program.Updates.Count == 0 && !program.Lines.Any(line => line.Text.StartsWith("dropout", StringComparison.Ordinal) || line.Text.StartsWith("random", StringComparison.Ordinal));

    /// <summary>Whether there is something to tune.</summary>
    public bool CanBeTuned => program.Lines.Any(line => line.Text.StartsWith("inverted", StringComparison.Ordinal));

    /// <summary>The outputs of plans that are used once, as when somebody asks a tensor for its value.</summary>
    public Tensor[] RunOnce()
    {
        var (outputs, _) = Graph(0, new Setting(setting.Own, new RandomGenerator(Seed)), out _);
        return Evaluator.Evaluate(outputs);
    }

    /// <summary>What the operations give one at a time, and how far from it each result may be: as far as noise moved it in a number of samples, and more.</summary>
    public (Tensor Value, double Tolerance)[] Expected(int variant = 0, bool everywhere = false, int samples = 2)
    {
        var (outputs, updates) = Graph(variant, setting, out var leaves);
        Tensor[] roots = [.. outputs, .. updates];
        var plain = new OneByOne(leaves);
        var disturbed = Enumerable.Range(1, samples).Select(sample => new OneByOne(leaves, new Random(sample), everywhere)).ToArray();
        return [.. roots.Select(root => (plain[root], Tolerance(root)))];

        double Tolerance(Tensor root)
        {
            var moved = disturbed.Max(other => Distance(plain[root], other[root]));
            // Little noise may be rounded away again.
            return disturbed[0].Reaches(root) ? Safety * (moved + OneByOne.Unit(root.DType) * Largest(plain[root]) + OneByOne.Least(root.DType)) : 0;
        }
    }

    /// <summary>What is wrong with results; null for nothing.</summary>
    public string? Compare((Tensor Value, double Tolerance)[] expected, Tensor[] actual, bool ofOneType = true)
    {
        for (var i = 0; i < Math.Min(expected.Length, actual.Length); i++)
        {
            var (value, tolerance) = expected[i];
            var name = i < program.Outputs.Count ? $"output {i}" : $"update {i - program.Outputs.Count}";
            if (value.Shape != actual[i].Shape || (ofOneType && value.DType != actual[i].DType)) return $"{name} is {actual[i].DType} {actual[i].Shape}, expected {value.DType} {value.Shape}";
            var distance = Distance(value, actual[i]);
            var size = Largest(value);
            Count = (Count.Compared + 1, Count.Exact + (distance == 0 ? 1 : 0), Count.Vague + (tolerance > 0.1 * size ? 1 : 0));
            if (!(distance <= tolerance)) return $"{name} {actual[i].Shape} is off by {distance:g3} where {tolerance:g3} is allowed; its greatest is {size:g3}; {Worst(value, actual[i])}";
        }
        return null;
    }

    /// <summary>The first result that differs in a bit; null for none.</summary>
    public static string? SameBits(Tensor[] expected, Tensor[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
            if (!expected[i].Value!.Span[..(int)expected[i].Bytes].SequenceEqual(actual[i].Value!.Span[..(int)actual[i].Bytes])) return $"result {i} {expected[i].Shape} has other bits; {Worst(expected[i], actual[i])}";
        return null;
    }

    private static double Largest(Tensor value) => OneByOne.Numbers(value).Select(Math.Abs).Where(double.IsFinite).DefaultIfEmpty(0).Max();

    private static string Worst(Tensor expected, Tensor actual)
    {
        var (a, b) = (OneByOne.Numbers(expected), OneByOne.Numbers(actual));
        var at = Enumerable.Range(0, a.Length).MaxBy(i => a[i].Equals(b[i]) ? 0 : double.IsNaN(a[i] - b[i]) ? double.MaxValue : Math.Abs(a[i] - b[i]));
        return a.Length == 0 ? "" : $"element {at}: {b[at]:g9}, expected {a[at]:g9}; {Enumerable.Range(0, a.Length).Count(i => !a[i].Equals(b[i]))} of {a.Length} differ";
    }

    /// <summary>The greatest difference between elements; infinite where one is a number and the other is not.</summary>
    private static double Distance(Tensor a, Tensor b)
    {
        var (left, right) = (OneByOne.Numbers(a), OneByOne.Numbers(b));
        var greatest = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i].Equals(right[i]) || left[i] == right[i]) continue;
            var difference = Math.Abs(left[i] - right[i]);
            greatest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(greatest, difference);
        }
        return greatest;
    }

    private Tensor[] Body(Tensor[] x)
    {
        var leaves = program.LeavesOf(LeafKind.Constant).ToDictionary(line => line, line => line.Leaf!.Constant(setting.Own));
        foreach (var (line, variable) in variables) leaves[line] = variable;
        foreach (var (line, input) in inputs.Zip(x)) leaves[line] = input;
        var values = program.Build(leaves, setting);
        foreach (var (line, value) in program.Updates) variables[line].Assign(values[value]);
        return [.. program.Outputs.Select(output => values[output])];
    }

    /// <summary>The expressions of outputs and updates, over leaves with values.</summary>
    private (Tensor[] Outputs, Tensor[] Updates) Graph(int variant, Setting at, out (Tensor, Tensor)[] leaves)
    {
        using var precision = DefaultMatmulPrecision.Use(program.Precision);
        Reset(variant);
        var constants = program.Lines.Where(line => line.Leaf is not null).ToDictionary(line => line, line => Start(line, variant));
        leaves = [.. constants.Values.Select(constant => (constant, constant))];
        using var trace = new Trace();
        var values = program.Build(constants, at);
        return ([.. program.Outputs.Select(output => values[output])], [.. program.Updates.Select(update => values[update.Value]), at.Generator.State.Latest]);
    }

    private void Reset(int variant)
    {
        foreach (var (line, variable) in variables) variable.Assign(Start(line, variant));
        setting.Generator.Seed(Seed);
    }

    /// <summary>A leaf's value; for other variants that of a number is another one.</summary>
    private Tensor Start(Line line, int variant)
    {
        var leaf = line.Leaf!;
        if (variant == 0 || leaf.Type is not null || leaf.Kind == LeafKind.Constant) return leaf.Constant(setting.Own);
        return (leaf with { Numbers = [.. leaf.Numbers.Reverse().Select(number => (double)(float)(number * 0.75))] }).Constant(setting.Own);
    }

    private static Tensor Copy(Variable variable) => variable.Cast(DType.Float64).Cast(variable.DType) is var copy && copy is Variable ? variable + 0 : copy;
}
