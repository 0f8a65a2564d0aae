namespace Hero.Compiling;

/// <summary>What happens while a function's body runs to be recorded: the assignments that its runs will make.</summary>
internal sealed class Trace : IDisposable
{
    [ThreadStatic] private static Trace? current;

    private readonly Trace? outer = current;
    private readonly Dictionary<Variable, Tensor> assigned = [];

    public Trace() => current = this;

    /// <summary>The trace this thread is in; null outside of any.</summary>
    public static Trace? Current => current;

    /// <summary>The last value assigned to each variable.</summary>
    public (Variable Variable, Tensor Value)[] Updates()
    {
        var updates = new (Variable, Tensor)[assigned.Count];
        var at = 0;
        foreach (var (variable, value) in assigned) updates[at++] = (variable, value);
        return updates;
    }

    public void Assign(Variable variable, Tensor value) => assigned[variable] = value;

    public Tensor? Assigned(Variable variable) => assigned.GetValueOrDefault(variable);

    public void Dispose() => current = outer;

    /// <summary>Steps out of all traces until disposed: what is assigned or drawn meanwhile is assigned or drawn now.</summary>
    public static IDisposable StepOut() => new Pause();

    private sealed class Pause : IDisposable
    {
        private readonly Trace? paused = current;

        public Pause() => current = null;

        public void Dispose() => current = paused;
    }
}
