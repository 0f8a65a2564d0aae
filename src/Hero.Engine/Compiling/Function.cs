using Hero.Compiling;

namespace Hero;

/// <summary>
/// An expression over inputs, compiled: traced once for each combination of input shapes and types (and <see cref="DefaultMatmulPrecision"/>), then run again and again.
/// Assignments to variables made while tracing happen at the end of every run, all of them from the values before the run. Safe
/// to call from several threads, as far as its updates allow.
/// </summary>
/// <example><code>
/// var w = new Variable(Tensor.Zeros([3]));
/// var step = Function.Compile(
///     (x, y) => (x.MatMul(w) - y).Square().Mean(),
///     updates: loss => [(w, w - 0.1f * Gradient.Of(loss, w))]);
/// Tensor loss = step.Call(x, y);
/// </code></example>
public sealed class Function
{
    private readonly Func<Tensor[], Tensor[]> body;
    private readonly int? inputCount;
    private readonly PlanCache plans = new();
    private readonly Lock tracing = new();

    private Function(Func<Tensor[], Tensor[]> body, int? inputCount)
    {
        this.body = body;
        this.inputCount = inputCount;
    }

    /// <summary>A function of no inputs.</summary>
    public static Function Compile(Func<Tensor> body, Func<Tensor, IEnumerable<(Variable, Tensor)>>? updates = null) =>
        Compile(0, _ => body(), updates);

    /// <summary>A function of one input.</summary>
    public static Function Compile(Func<Tensor, Tensor> body, Func<Tensor, IEnumerable<(Variable, Tensor)>>? updates = null) =>
        Compile(1, inputs => body(inputs[0]), updates);

    /// <summary>A function of two inputs.</summary>
    public static Function Compile(Func<Tensor, Tensor, Tensor> body, Func<Tensor, IEnumerable<(Variable, Tensor)>>? updates = null) =>
        Compile(2, inputs => body(inputs[0], inputs[1]), updates);

    /// <summary>A function of three inputs.</summary>
    public static Function Compile(Func<Tensor, Tensor, Tensor, Tensor> body, Func<Tensor, IEnumerable<(Variable, Tensor)>>? updates = null) =>
        Compile(3, inputs => body(inputs[0], inputs[1], inputs[2]), updates);

    /// <summary>A function of any inputs with any number of outputs.</summary>
    public static Function Compile(Func<Tensor[], Tensor[]> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new Function(body, null);
    }

    /// <summary>Runs the function and gives its first output.</summary>
    /// <exception cref="ArgumentException">Another number of inputs than the function has.</exception>
    public Tensor Call(params ReadOnlySpan<Tensor> inputs) => CallAll(inputs)[0];

    /// <summary>Runs the function and gives all its outputs.</summary>
    /// <exception cref="ArgumentException">Another number of inputs than the function has.</exception>
    public Tensor[] CallAll(params ReadOnlySpan<Tensor> inputs)
    {
        // Called while another function is traced, it becomes a part of that one.
        if (Compiling.Trace.Current is not null) return body(inputs.ToArray());
        return PlanFor(inputs).Run(inputs);
    }

    /// <summary>
    /// Runs the function some times and tells where the time went: microseconds, GFLOP/s, GB/s and the share of the machine's limit
    /// for every step. The runs are real ones: variables are updated each time.
    /// </summary>
    /// <param name="inputs">What the function is called with.</param>
    /// <param name="runs">How many runs are timed, after one that is not.</param>
    /// <exception cref="ArgumentException">Another number of inputs than the function has.</exception>
    /// <exception cref="InvalidOperationException">Another function is being traced.</exception>
    public Profile Profile(ReadOnlySpan<Tensor> inputs, int runs = 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(runs);
        if (Compiling.Trace.Current is not null)
            throw new InvalidOperationException("A function cannot be profiled while another one is traced: there are no values yet. Profile the outer function.");
        var plan = PlanFor(inputs);
        using var run = plan.Rent();
        run.SetInputs(inputs);
        return plan.Profile(run, runs);
    }

    /// <summary>The plan for inputs of these shapes and types, traced now if it is new.</summary>
    internal Plan PlanFor(params ReadOnlySpan<Tensor> inputs)
    {
        if (inputCount is { } count && inputs.Length != count)
            throw new ArgumentException($"The function has {count} input(s), got {inputs.Length}.", nameof(inputs));
        if (plans.Find(inputs) is { } known) return known;
        lock (tracing)
        {
            if (plans.Find(inputs) is { } made) return made;
            var plan = Trace(inputs);
            plans.Add(inputs, plan);
            return plan;
        }
    }

    private Plan Trace(ReadOnlySpan<Tensor> inputs)
    {
        var placeholders = new Tensor[inputs.Length];
        for (var i = 0; i < inputs.Length; i++) placeholders[i] = new Tensor(inputs[i].DType, inputs[i].Shape, null);
        using var trace = new Trace();
        var outputs = body([.. placeholders]);
        return Compiler.Compile(new Graph(placeholders, outputs, trace.Updates()), Device.Cpu);
    }

    private static Function Compile(int inputCount, Func<Tensor[], Tensor> body, Func<Tensor, IEnumerable<(Variable, Tensor)>>? updates)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new Function(
            inputs =>
            {
                var output = body(inputs);
                foreach (var (variable, value) in updates?.Invoke(output) ?? []) variable.Assign(value);
                return [output];
            },
            inputCount);
    }
}
