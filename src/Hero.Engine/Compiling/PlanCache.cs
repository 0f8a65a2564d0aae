namespace Hero.Compiling;

/// <summary>
/// The plans of a function by the types and shapes of its inputs and the default precision of the moment. Looking one up takes no lock; adding is for one thread at a time.
/// </summary>
internal sealed class PlanCache
{
    // Callers with ever new shapes must not fill the memory with plans: the one not used for longest goes.
    private const int Most = 32;

    private volatile Entry[] entries = [];
    private long uses;

    /// <summary>The plan for inputs like these, here and now; null where there is none yet.</summary>
    public Plan? Find(ReadOnlySpan<Tensor> inputs)
    {
        var precision = DefaultMatmulPrecision.Current;
        foreach (var entry in entries)
        {
            if (entry.Precision != precision || !entry.Fits(inputs)) continue;
            // Not counted exactly when several threads are here at a time: which plan is the oldest is a guess then. Not written while
            // the same plan is used again and again: threads would pull the cache line from one another.
            if (entry.LastUse != uses) entry.LastUse = ++uses;
            return entry.Plan;
        }
        return null;
    }

    public void Add(ReadOnlySpan<Tensor> inputs, Plan plan)
    {
        var kept = entries.Length < Most ? entries : [.. entries.OrderByDescending(entry => entry.LastUse).Take(Most - 1)];
        entries = [.. kept, new Entry(inputs, plan) { LastUse = ++uses }];
    }

    private sealed class Entry(ReadOnlySpan<Tensor> inputs, Plan plan)
    {
        private readonly (DType Type, Shape Shape)[] signature = Signature(inputs);

        public Plan Plan { get; } = plan;

        public MatmulPrecision Precision { get; } = DefaultMatmulPrecision.Current;

        public long LastUse { get; set; }

        public bool Fits(ReadOnlySpan<Tensor> inputs)
        {
            if (inputs.Length != signature.Length) return false;
            for (var i = 0; i < signature.Length; i++)
                if (inputs[i].DType != signature[i].Type || inputs[i].Shape != signature[i].Shape) return false;
            return true;
        }

        private static (DType, Shape)[] Signature(ReadOnlySpan<Tensor> inputs)
        {
            var signature = new (DType, Shape)[inputs.Length];
            for (var i = 0; i < inputs.Length; i++) signature[i] = (inputs[i].DType, inputs[i].Shape);
            return signature;
        }
    }
}
