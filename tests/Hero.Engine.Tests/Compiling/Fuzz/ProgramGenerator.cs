using Hero.Compiling;

namespace Hero.Engine.Tests.Compiling.Fuzz;

/// <summary>What kinds of programs to make.</summary>
/// <param name="Own">The type of most numbers.</param>
/// <param name="MostElements">Of a value.</param>
/// <param name="MostLines">Of a program.</param>
/// <param name="Narrow">Whether bfloat16 and, in float64, float32 parts appear.</param>
/// <param name="Precision">Of matrix products and convolutions.</param>
/// <param name="Trains">Whether programs are networks that learn: layers one behind the other, a loss, and new values of all weights and of their momentum.</param>
/// <param name="Odd">Whether leaves have NaN, infinities, zeros of both signs and denormal numbers among theirs.</param>
internal sealed record ProgramKind(
    DType Own, int MostElements, int MostLines, bool Narrow = false, MatmulPrecision Precision = MatmulPrecision.Highest, bool Trains = false, bool Odd = false);

/// <summary>
/// Writes random programs line by line. Each line is computed at once, one operation at a time, so that values stay of moderate size, and so that
/// what jumps only reads what does not depend on how a plan rounds.
/// </summary>
internal sealed class ProgramGenerator
{
    // Numbers beyond would drown the others.
    private const double Largest = 1000;

    private static readonly double[] Tiny = [0, -0.0, (float)1e-40, -float.Epsilon], NoNumbers = [double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private readonly List<Line> lines = [];
    private readonly List<(Value Value, Tensor Node)> pool = [];
    private readonly Dictionary<Line, Tensor> leaves = [];
    private readonly Dictionary<Value, Tensor> nodes = [];
    private readonly OneByOne plain = new([]);
    private readonly OneByOne disturbed;
    private readonly Setting setting;

    private ProgramGenerator(int seed, ProgramKind kind)
    {
        (Random, Kind) = (new Random(seed), kind);
        disturbed = new OneByOne([], new Random(seed + 1));
        setting = new Setting(kind.Own, new RandomGenerator(seed));
    }

    public Random Random { get; }

    public ProgramKind Kind { get; }

    public static FuzzProgram Make(int seed, ProgramKind kind)
    {
        using var precision = DefaultMatmulPrecision.Use(kind.Precision);
        // As in a function: what is called becomes a part, what is drawn follows from the generator's state.
        using var trace = new Trace();
        return new ProgramGenerator(seed, kind).Make();
    }

    private FuzzProgram Make()
    {
        if (Kind.Precision == MatmulPrecision.High) TryAdd(ProgramLines.LargeProduct(this)!);
        else for (var i = Random.Next(1, 4); i > 0; i--) NewLeaf(AnyShape());
        var count = Random.Next(3, Kind.MostLines);
        for (var i = 0; i < count; i++)
        {
            var choice = Kind.Trains ? ProgramLines.Layers : Kind.Precision == MatmulPrecision.High ? ProgramLines.Large : ProgramLines.All;
            var (name, write) = choice[Random.Next(choice.Length)];
            if (write(this) is { } line) TryAdd(line.Text.Length > 0 ? line : line.Named(name));
        }
        if (Kind.Trains) return Training();
        var computed = pool.Where(entry => entry.Value.Line.Leaf is null).ToArray();
        if (computed.Length == 0) computed = [.. pool];
        var outputs = Enumerable.Range(0, Random.Next(1, 7)).Select(_ => Newer(computed).Value).Append(computed[^1].Value).Distinct().ToArray();
        var updates = new List<(Line, Value)>();
        foreach (var (variable, node) in pool.Where(entry => entry.Value.Line.Leaf?.Kind == LeafKind.Variable).ToArray())
        {
            var fitting = pool.Where(entry => entry.Node.Shape == node.Shape && entry.Node.DType == node.DType && entry.Value != variable).ToArray();
            if (fitting.Length > 0 && Random.Next(3) == 0) updates.Add((variable.Line, Newer(fitting).Value));
        }
        return new FuzzProgram([.. lines], outputs, [.. updates], Kind.Precision).Pruned();
    }

    private FuzzProgram Training()
    {
        var weights = pool.Where(entry => entry.Value.Line.Leaf?.Kind == LeafKind.Variable).Select(entry => entry.Value).ToArray();
        var momentum = Array.ConvertAll(weights, weight => NewLeaf(ShapeOf(weight), kind: LeafKind.Variable));
        var last = pool.Where(entry => entry.Value.Line.Leaf is null && DTypes.IsFloating(entry.Node.DType)).TakeLast(2).Select(entry => entry.Value).ToArray();
        if (last.Length == 0) last = [Number()];
        var loss = new Line { Text = "loss", Reads = last, Make = (x, setting) => [x.Select(value => value.Cast(setting.Own).Square().Mean()).Aggregate((a, b) => a + b)] };
        Enter(loss);
        var step = new Line
        {
            Text = "descent",
            Reads = [new Value(loss, 0), .. weights, .. momentum],
            Make = (x, _) =>
            {
                var (w, m) = (x[1..(weights.Length + 1)], x[(weights.Length + 1)..]);
                Tensor[] moved = [.. Gradient.Of(x[0], w).Select((gradient, i) => m[i] * 0.5 + gradient)];
                return [.. w.Select((weight, i) => weight - 0.1 * moved[i]), .. moved];
            },
        };
        Enter(step);
        Value[] targets = [.. weights, .. momentum];
        var outputs = last.Append(new Value(loss, 0)).Distinct().ToArray();
        return new FuzzProgram([.. lines], outputs, [.. targets.Select((target, i) => (target.Line, new Value(step, i)))], Kind.Precision).Pruned();
    }

    /// <summary>A value that fits, newer ones more often; null where there is none.</summary>
    public Value? Pick(Func<Tensor, bool> fits)
    {
        var candidates = pool.Where(entry => fits(entry.Node)).ToArray();
        return candidates.Length == 0 ? null : Newer(candidates).Value;
    }

    /// <summary>A value of the program's own type, or sometimes of another floating one.</summary>
    public Value Number(Func<Tensor, bool>? fits = null) =>
        Pick(node => (node.DType == Kind.Own || (Random.Next(3) == 0 && DTypes.IsFloating(node.DType))) && (fits is null || fits(node))) ?? NewLeaf(AnyShape(fits));

    /// <summary>A value that no rounding reaches.</summary>
    public Value? Firm(Func<Tensor, bool>? fits = null) => Pick(node => DTypes.IsFloating(node.DType) && (fits is null || fits(node)) && IsFirm(node));

    public Shape ShapeOf(Value value) => nodes[value].Shape;

    public DType TypeOf(Value value) => nodes[value].DType;

    /// <summary>A new leaf of the program's own type, or of another one.</summary>
    public Value NewLeaf(Shape shape, DType? type = null, double low = -1, double high = 1, LeafKind? kind = null)
    {
        // float32 numbers, whatever the type: a program means the same in all of them.
        var whole = type is { } named && !DTypes.IsFloating(named);
        var numbers = new double[shape.Size];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = whole ? Random.Next((int)low, (int)high) : (float)(low + (high - low) * Random.NextDouble());
        if (Kind.Odd && !whole) AddOddNumbers(numbers);
        var leaf = new Leaf(kind ?? (type is null ? (LeafKind)Random.Next(3) : Random.Next(2) == 0 ? LeafKind.Input : LeafKind.Constant), shape, type, numbers);
        var line = new Line { Text = $"{leaf.Kind} {(type is { } t ? DTypes.Name(t) : "number")} {shape} ", Leaf = leaf };
        leaves[line] = leaf.Kind == LeafKind.Variable ? new Variable(leaf.Constant(Kind.Own)) : leaf.Constant(Kind.Own);
        Enter(line);
        return new Value(line, 0);
    }

    /// <summary>Many tiny numbers into some leaves, and into some one that is none, which is few: sums over any are none either.</summary>
    private void AddOddNumbers(double[] numbers)
    {
        if (numbers.Length == 0) return;
        if (Random.Next(3) == 0)
            for (var i = 0; i < numbers.Length; i += Random.Next(1, 10)) numbers[i] = Tiny[Random.Next(Tiny.Length)];
        if (Random.Next(3) == 0) numbers[Random.Next(numbers.Length)] = NoNumbers[Random.Next(NoNumbers.Length)];
    }

    public Shape AnyShape(Func<Tensor, bool>? fits = null)
    {
        var tries = 0;
        var rank = AnyRank();
        while (true)
        {
            var shape = new int[rank];
            for (var axis = 0; axis < rank; axis++) shape[axis] = Dimension();
            var size = shape.Aggregate(1L, (product, dimension) => product * dimension);
            if (size > Kind.MostElements) continue;
            if (fits is null || ++tries > 1000 || fits(new Tensor(Kind.Own, shape, null))) return shape;
            rank = AnyRank();
        }
    }

    private int AnyRank() => Random.Next(6) switch { 0 => 1, 1 => 3, 2 or 3 => 4, _ => 2 };

    public int Dimension()
    {
        if (Random.Next(60) == 0) return 0;
        var most = Random.Next(10) == 0 ? Math.Min(Kind.MostElements, 2100) : Math.Min(Kind.MostElements, 70);
        return Random.Next(3) switch { 0 => Random.Next(1, 5), 1 => 1 << Random.Next(0, 7), _ => 1 + (int)(Math.Pow(Random.NextDouble(), 2) * most) };
    }

    private (Value Value, Tensor Node) Newer((Value Value, Tensor Node)[] candidates)
    {
        var at = 0;
        for (var i = Kind.Trains ? 6 : 2; i > 0; i--) at = Math.Max(at, Random.Next(candidates.Length));
        return candidates[at];
    }

    private bool IsFirm(Tensor node)
    {
        _ = disturbed[node];
        return !disturbed.Reaches(node);
    }

    private void TryAdd(Line line)
    {
        var results = line.Make(Array.ConvertAll(line.Reads, read => nodes[read]), setting);
        if (results.Length == 0) return;
        foreach (var node in results)
        {
            if (node.Size > Kind.MostElements) return;
            if (DTypes.IsFloating(node.DType) && OneByOne.Numbers(plain[node]).Any(number => !(Math.Abs(number) <= Largest || (Kind.Odd && !double.IsFinite(number))))) return;
        }
        Enter(line);
    }

    private void Enter(Line line)
    {
        lines.Add(line);
        FuzzProgram.Add(line, leaves, setting, nodes);
        foreach (var (value, node) in nodes.Where(entry => entry.Key.Line == line).OrderBy(entry => entry.Key.Index)) pool.Add((value, node));
    }
}
