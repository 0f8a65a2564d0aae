using System.Diagnostics;

namespace Hero.Compiling;

/// <summary>
/// A compiled graph: steps and where their values live. Several runs may go on at the same time, each with an arena of its own.
/// </summary>
internal sealed unsafe class Plan
{
    private readonly Device device;
    private readonly Step[] steps;
    private readonly Work work;
    private readonly Slot[] slots;
    private readonly (int From, int To, long Bytes)[] copies;
    private readonly (int Slot, DType Type, Shape Shape)[] outputs;
    private readonly Variable[] updated;
    private readonly Prologue? prologue;
    private readonly RunPool idle = new();

    // Takes what it needs: the graph and the passes' notes on it are not kept alive.
    public Plan(Device device, Graph graph, Step[] steps, MemoryPlan memory, Prologue? prologue)
    {
        this.prologue = prologue;
        updated = Array.ConvertAll(graph.Updates, update => update.Variable);
        this.device = device;
        this.steps = steps;
        foreach (var step in steps) work += step.Work;
        slots = memory.Slots;
        copies = [.. memory.Copies];
        outputs = new (int, DType, Shape)[graph.Outputs.Count];
        for (var i = 0; i < outputs.Length; i++) outputs[i] = (memory.SlotOf(graph.Outputs[i]), graph.Outputs[i].DType, graph.Outputs[i].Shape);
        (ArenaBytes, LivenessBound) = (memory.ArenaBytes, memory.LivenessBound);
    }

    /// <summary>What a run's arena takes.</summary>
    public long ArenaBytes { get; }

    /// <summary>The least an arena could take: the most bytes that live at one time.</summary>
    public long LivenessBound { get; }

    public int StepCount => steps.Length;

    /// <summary>A run of this plan; give it back with Dispose.</summary>
    public PlanRun Rent()
    {
        var run = idle.TryTake() ?? new PlanRun(this, slots);
        run.TakeArena(slots);
        return run;
    }

    public void Return(PlanRun run) => idle.Add(run);

    public void Execute(void** slots)
    {
        prologue?.Refresh();
        device.Run(steps, work, slots);
        FinishUpdates(slots);
    }

    /// <summary>Runs with these inputs and copies the outputs out.</summary>
    public Tensor[] Run(ReadOnlySpan<Tensor> inputs)
    {
        using var run = Rent();
        run.SetInputs(inputs);
        run.Execute();
        var results = new Tensor[outputs.Length];
        for (var i = 0; i < results.Length; i++)
        {
            var (slot, type, shape) = outputs[i];
            var value = new Storage(shape.Size * DTypes.Size(type));
            Buffer.MemoryCopy(run.Pointer(slot), value.Pointer, value.Bytes, value.Bytes);
            results[i] = new Tensor(type, shape, value);
        }
        return results;
    }

    /// <summary>Repeats a run that has its inputs, once to warm up and then as often as told, and times every step.</summary>
    public Profile Profile(PlanRun run, int runs)
    {
        run.Execute();
        var stamps = new long[runs][];
        for (var i = 0; i < runs; i++) stamps[i] = new long[steps.Length + 2];
        foreach (var stamp in stamps)
        {
            device.Run(steps, work, run.Slots, stamp);
            stamp[^2] = Stopwatch.GetTimestamp();
            FinishUpdates(run.Slots);
            stamp[^1] = Stopwatch.GetTimestamp();
        }
        return new Profile(device, steps, copies.Sum(copy => 2 * copy.Bytes), stamps, ArenaBytes, LivenessBound);
    }

    /// <summary>The memory of an output after a run.</summary>
    public ReadOnlySpan<T> Output<T>(PlanRun run, int index) where T : unmanaged =>
        new(run.Pointer(outputs[index].Slot), checked((int)outputs[index].Shape.Size));

    /// <summary>The memory of an output after a run, of whatever type.</summary>
    public ReadOnlySpan<byte> OutputBytes(PlanRun run, int index) =>
        new(run.Pointer(outputs[index].Slot), checked((int)(outputs[index].Shape.Size * DTypes.Size(outputs[index].Type))));

    private void FinishUpdates(void** slots)
    {
        foreach (var (from, to, bytes) in copies) Buffer.MemoryCopy(slots[from], slots[to], bytes, bytes);
        if (updated.Length > 0) Variable.HaveChanged(updated);
    }
}

/// <summary>The memory of one run of a plan.</summary>
internal sealed unsafe class PlanRun : IDisposable
{
    private readonly Plan plan;
    private Arena? arena;
    private bool hasArena;
    private readonly Storage table;
    private readonly int[] inputSlots;
    // What the inputs' pointers point into must outlive the run.
    private readonly Storage?[] inputs;

    public PlanRun(Plan plan, Slot[] slots)
    {
        this.plan = plan;
        table = Storage.Zeros(slots.Length * sizeof(void*));
        var count = 0;
        for (var i = 0; i < slots.Length; i++)
            if (slots[i].Input >= 0) count++;
        inputSlots = new int[count];
        inputs = new Storage?[count];
        for (var i = 0; i < slots.Length; i++)
        {
            var slot = slots[i];
            if (slot.Input >= 0) inputSlots[slot.Input] = i;
            else if (slot.Home is { } home) Slots[i] = home.Value!.Pointer;
        }
    }

    /// <summary>Sees to it that values between steps have their memory: a large arena may be another one each time.</summary>
    public void TakeArena(Slot[] slots)
    {
        if (hasArena) return;
        hasArena = true;
        var before = arena;
        arena = Arena.Take(plan.ArenaBytes, before);
        if (arena == before) return;
        for (var i = 0; i < slots.Length; i++)
            if (slots[i] is { Home: null, Input: < 0 } slot) Slots[i] = arena.Pointer + slot.Offset;
    }

    public void** Slots => (void**)table.Pointer;

    public void SetInputs(ReadOnlySpan<Tensor> values)
    {
        for (var i = 0; i < values.Length; i++) SetInput(i, values[i].Evaluate());
    }

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
        if (plan.ArenaBytes >= Arena.LargeBytes)
        {
            hasArena = false;
            arena!.Release();
        }
        plan.Return(this);
    }
}
