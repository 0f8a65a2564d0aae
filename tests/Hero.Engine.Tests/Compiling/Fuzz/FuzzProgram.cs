namespace Hero.Engine.Tests.Compiling.Fuzz;

/// <summary>What a line of a program does to how exactly its results can be compared.</summary>
[Flags]
internal enum Trait
{
    None = 0,

    /// <summary>A little change of what it reads may change a result a lot: rounding down, comparing, finding the greatest.</summary>
    Jumps = 1,

    /// <summary>Its numbers are of a type that the line names: they do not follow the program's own type.</summary>
    NamesType = 2,
}

/// <summary>A result of a line.</summary>
internal readonly record struct Value(Line Line, int Index);

/// <summary>What a program starts from.</summary>
internal enum LeafKind
{
    Input,
    Variable,
    Constant,
}

/// <param name="Kind">How it comes into the function.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Type">Its type; null for the program's own.</param>
/// <param name="Numbers">Its value.</param>
internal sealed record Leaf(LeafKind Kind, Shape Shape, DType? Type, double[] Numbers)
{
    /// <summary>The value as a constant of a program whose own type is known.</summary>
    public Tensor Constant(DType own) => Plain(Tensor.From<double>(Numbers, Shape).Cast(Type ?? own));

    /// <summary>A value without the expression it was computed by.</summary>
    public static Tensor Plain(Tensor value) => new(value.DType, value.Shape, value.Evaluate());
}

/// <summary>One line of a program: some values from others.</summary>
internal sealed class Line
{
    public required string Text { get; init; }

    public Leaf? Leaf { get; init; }

    public Value[] Reads { get; init; } = [];

    public Trait Traits { get; init; }

    /// <summary>Builds the results from what the line reads, for a program of a type with a generator.</summary>
    public Func<Tensor[], Setting, Tensor[]> Make { get; init; } = (_, _) => [];

    public Line Named(string text) => new() { Text = text, Leaf = Leaf, Reads = Reads, Traits = Traits, Make = Make };

    public Line Reading(Value[] reads) => new() { Text = Text, Leaf = Leaf, Reads = reads, Traits = Traits, Make = Make };
}

/// <summary>What lines need to know besides what they read.</summary>
internal sealed record Setting(DType Own, RandomGenerator Generator);

/// <summary>A random function: its lines, what it gives, and which of its variables take which values.</summary>
internal sealed record FuzzProgram(IReadOnlyList<Line> Lines, IReadOnlyList<Value> Outputs, IReadOnlyList<(Line Variable, Value Value)> Updates, MatmulPrecision Precision)
{
    public IEnumerable<Line> LeavesOf(LeafKind kind) => Lines.Where(line => line.Leaf?.Kind == kind);

    public Trait Traits => Lines.Aggregate(Trait.None, (all, line) => all | line.Traits);

    /// <summary>All values, built over some leaves.</summary>
    public Dictionary<Value, Tensor> Build(IReadOnlyDictionary<Line, Tensor> leaves, Setting setting)
    {
        var values = new Dictionary<Value, Tensor>();
        foreach (var line in Lines) Add(line, leaves, setting, values);
        return values;
    }

    public static void Add(Line line, IReadOnlyDictionary<Line, Tensor> leaves, Setting setting, Dictionary<Value, Tensor> values)
    {
        Tensor[] results = line.Leaf is null ? line.Make(Array.ConvertAll(line.Reads, read => values[read]), setting) : [leaves[line]];
        for (var i = 0; i < results.Length; i++) values[new Value(line, i)] = results[i];
    }

    /// <summary>The program without lines that nothing needs.</summary>
    public FuzzProgram Pruned()
    {
        var needed = new HashSet<Line>([.. Outputs.Select(value => value.Line), .. Updates.Select(update => update.Variable), .. Updates.Select(update => update.Value.Line)]);
        foreach (var line in Lines.Reverse())
            if (needed.Contains(line)) needed.UnionWith(line.Reads.Select(read => read.Line));
        return this with { Lines = [.. Lines.Where(needed.Contains)] };
    }

    /// <summary>The program as text: a line each, results numbered.</summary>
    public override string ToString()
    {
        var number = new Dictionary<Line, int>();
        string Name(Value value) => value.Index == 0 ? $"t{number[value.Line]}" : $"t{number[value.Line]}.{value.Index}";
        var text = new System.Text.StringBuilder();
        foreach (var line in Lines)
        {
            number[line] = number.Count;
            text.AppendLine($"  t{number[line]} = {line.Text}({string.Join(", ", line.Reads.Select(Name))})");
        }
        foreach (var (variable, value) in Updates) text.AppendLine($"  t{number[variable]} <- {Name(value)}");
        return text.AppendLine($"  gives {string.Join(", ", Outputs.Select(Name))}").Append(Precision == MatmulPrecision.Highest ? "" : $"  precision {Precision}").ToString();
    }
}
