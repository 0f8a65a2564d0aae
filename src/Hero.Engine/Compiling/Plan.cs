using System.Collections.Concurrent;

namespace Hero.Compiling;

/// <summary>
/// A compiled graph: steps and where their values live. Several runs may go on at the same time, each with an arena of its own;
/// arenas are kept for the next run.
/// </summary>
internal sealed unsafe class Plan
{
    private readonly Step[] steps;
    private readonly MemoryPlan memory;
    private readonly int[] outputs;
    private readonly Tensor[] outputTypes;
    private readonly ConcurrentBag<PlanRun> idle = [];

    public Plan(Graph graph, Step[] steps, MemoryPlan memory)
    {
        this.steps = steps;
        this.memory = memory;
        outputs = [.. graph.Outputs.Select(memory.SlotOf)];
        outputTypes = [.. graph.Outputs];
    }

    public long ArenaBytes => memory.ArenaBytes;

    public long LivenessBound => memory.LivenessBound;

    public int StepCount => steps.Length;

    /// <summary>A run of this plan; give it back with Dispose.</summary>
    public PlanRun Rent() => idle.TryTake(out var run) ? run : new PlanRun(this, memory);

    public void Return(PlanRun run) => idle.Add(run);

    public void Execute(void** slots)
    {
        foreach (var step in steps) step.Kernel(slots);
        foreach (var (from, to, bytes) in memory.Copies) Buffer.MemoryCopy(slots[from], slots[to], bytes, bytes);
    }

    /// <summary>Runs with these inputs and copies the outputs out.</summary>
    public Storage[] Run(ReadOnlySpan<Tensor> inputs)
    {
        using var run = Rent();
        for (var i = 0; i < inputs.Length; i++) run.SetInput(i, inputs[i].Evaluate());
        run.Execute();
        var results = new Storage[outputs.Length];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = new Storage(outputTypes[i].Bytes);
            Buffer.MemoryCopy(run.Pointer(outputs[i]), results[i].Pointer, outputTypes[i].Bytes, outputTypes[i].Bytes);
        }
        return results;
    }

    /// <summary>The time of each step in milliseconds, the median of several executions.</summary>
    public IReadOnlyList<(string Name, double Milliseconds)> Profile(PlanRun run, int repetitions)
    {
        var times = new double[steps.Length][];
        for (var i = 0; i < steps.Length; i++) times[i] = new double[repetitions];
        for (var repetition = 0; repetition < repetitions; repetition++)
            for (var i = 0; i < steps.Length; i++)
            {
                var start = System.Diagnostics.Stopwatch.GetTimestamp();
                steps[i].Kernel(run.Slots);
                times[i][repetition] = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        return [.. steps.Zip(times, (step, all) => (step.Name, all.Order().ElementAt(repetitions / 2)))];
    }

    /// <summary>The memory of an output after a run.</summary>
    public ReadOnlySpan<T> Output<T>(PlanRun run, int index) where T : unmanaged =>
        new(run.Pointer(outputs[index]), checked((int)outputTypes[index].Size));

    /// <summary>The memory of an output after a run, of whatever type.</summary>
    public ReadOnlySpan<byte> OutputBytes(PlanRun run, int index) =>
        new(run.Pointer(outputs[index]), checked((int)outputTypes[index].Bytes));
}

/// <summary>The memory of one run of a plan.</summary>
internal sealed unsafe class PlanRun : IDisposable
{
    private readonly Plan plan;
    private readonly Storage arena;
    private readonly Storage table;
    private readonly int[] inputSlots;
    // What the inputs' pointers point into must outlive the run.
    private readonly Storage?[] inputs;

    public PlanRun(Plan plan, MemoryPlan memory)
    {
        this.plan = plan;
        arena = new Storage(memory.ArenaBytes);
        table = Storage.Zeros(memory.Slots.Count * sizeof(void*));
        inputSlots = new int[memory.Slots.Count(slot => slot.Input >= 0)];
        inputs = new Storage?[inputSlots.Length];
        for (var i = 0; i < memory.Slots.Count; i++)
        {
            var slot = memory.Slots[i];
            if (slot.Input >= 0) inputSlots[slot.Input] = i;
            else Slots[i] = slot.Home is { } home ? home.Value!.Pointer : arena.Pointer + slot.Offset;
        }
    }

    public void** Slots => (void**)table.Pointer;

    public void SetInput(int index, Storage value)
    {
        inputs[index] = value;
        Slots[inputSlots[index]] = value.Pointer;
    }

    public void Execute() => plan.Execute(Slots);

    public void* Pointer(int slot) => Slots[slot];

    public void Dispose()
    {
        Array.Clear(inputs);
        plan.Return(this);
    }
}
