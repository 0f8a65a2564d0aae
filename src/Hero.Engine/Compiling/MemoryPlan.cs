using Hero.Ops;

namespace Hero.Compiling;

/// <summary>Where a value lives during a run.</summary>
/// <param name="Home">The constant or variable that brings its own memory; null for inputs and for values in the arena.</param>
/// <param name="Input">The number of the function's input; -1 for others.</param>
/// <param name="Offset">The place in the arena, in bytes.</param>
internal readonly record struct Slot(Tensor? Home, int Input, long Offset);

/// <summary>
/// Gives every value that lives between units a place: in one arena, where values that do not live at the same time share
/// memory, or, for a new value of a variable, in the variable itself where nobody reads the old one any more.
/// </summary>
internal sealed class MemoryPlan
{
    /// <summary>The slot of a kernel's output that lies nowhere, see <see cref="Device.HidesOutput"/>, and of an input that an intake makes.</summary>
    public const int NoSlot = -1;

    private const int Alignment = 64;

    private readonly Layout layout;
    private readonly List<Unit> units;
    private readonly Func<Tensor, bool> hidesOutput;
    private readonly Dictionary<Tensor, int> slotOf = [];
    private readonly List<Slot> slots = [];
    private readonly Dictionary<Tensor, Block> blockOf = [];

    public MemoryPlan(Graph graph, Layout layout, List<Unit> units, Func<Tensor, bool> hidesOutput)
    {
        this.layout = layout;
        this.units = units;
        this.hidesOutput = hidesOutput;
        for (var i = 0; i < graph.Inputs.Count; i++) Add(graph.Inputs[i], new Slot(null, i, 0));
        foreach (var node in graph.Nodes)
            if (Graph.IsLeaf(node) && !slotOf.ContainsKey(node)) Add(node, new Slot(node, -1, 0));

        var lastRead = new Dictionary<Tensor, int>();
        for (var i = 0; i < units.Count; i++)
            foreach (var read in units[i].Reads) lastRead[read] = i;
        foreach (var unit in units)
            foreach (var intake in unit.Intakes.Values) slotOf[intake.Results[0]] = NoSlot;
        PlaceUpdates(graph, lastRead);
        foreach (var root in graph.Roots) lastRead[layout.DenseBase(root)] = units.Count;
        for (var i = 0; i < units.Count; i++) PlaceResults(i, lastRead);
        ArenaBytes = Pack([.. blockOf.Values.Distinct()]);
        foreach (var (tensor, block) in blockOf) Add(tensor, new Slot(null, -1, block.Offset));
        foreach (var (variable, value) in graph.Updates)
            if (SlotOf(value) != slotOf[variable]) Copies.Add((SlotOf(value), slotOf[variable], variable.Bytes));
    }

    public Slot[] Slots => [.. slots];

    public long ArenaBytes { get; }

    /// <summary>The least an arena could be: the most bytes that live at one time.</summary>
    public long LivenessBound { get; private set; }

    /// <summary>Updates that still have to be copied at the end: (slot of the value, slot of the variable, bytes).</summary>
    public List<(int From, int To, long Bytes)> Copies { get; } = [];

    public int SlotOf(Tensor tensor) => slotOf[layout.DenseBase(tensor)];

    /// <summary>The slot of a base itself; <see cref="NoSlot"/> for an output that only an epilogue sees.</summary>
    public int SlotOfBase(Tensor home) => slotOf[home];

    private void Add(Tensor tensor, Slot slot)
    {
        slotOf[tensor] = slots.Count;
        slots.Add(slot);
    }

    /// <summary>Lets a unit write a variable's new value over the old one where it is the last to read it, element by element.</summary>
    private void PlaceUpdates(Graph graph, Dictionary<Tensor, int> lastRead)
    {
        var made = new Dictionary<Tensor, int>();
        for (var i = 0; i < units.Count; i++)
            foreach (var result in units[i].Results) made[result] = i;
        foreach (var (variable, value) in graph.Updates)
        {
            if (!slotOf.ContainsKey(variable)) Add(variable, new Slot(variable, -1, 0));
            var home = layout.DenseBase(value);
            // A value that goes to two variables is written into the first and copied to the second at the end.
            if (made.TryGetValue(home, out var at) && !slotOf.ContainsKey(home) && CanWrite(at, home, variable, lastRead)) slotOf[home] = slotOf[variable];
        }
    }

    private bool CanWrite(int at, Tensor home, Variable variable, Dictionary<Tensor, int> lastRead)
    {
        // A value that the variable takes only the beginning of is larger than the variable.
        if (!units[at].Scalars.Contains(home) || home.Bytes != variable.Bytes) return false;
        // An epilogue has what it needs of an element when it writes it; the kernel before it may need all of what it reads until its end.
        if (units[at].Main is { } main && Array.Exists(main.Inputs, input => ReferenceEquals(layout.DenseBase(input), variable))) return false;
        if (units[at].Intakes.Values.Any(intake => intake.Scalars.Exists(scalar => Array.Exists(scalar.Inputs, input => ReferenceEquals(layout.Of(input).Base, variable))))) return false;
        if (!lastRead.TryGetValue(variable, out var last)) return true;
        return last < at || (last == at && ReadsOnlyBefore(units[at], variable, home));
    }

    private void PlaceResults(int at, Dictionary<Tensor, int> lastRead)
    {
        var unit = units[at];
        var taken = new HashSet<Block>();
        foreach (var result in unit.Results)
        {
            if (slotOf.ContainsKey(result)) continue;
            var end = Math.Max(lastRead.GetValueOrDefault(result, at), at);
            var block = unit.Main is null ? ReusableInput(at, result, lastRead, taken) : null;
            if (block is null) block = new Block(result.Bytes, at);
            taken.Add(block);
            block.End = Math.Max(block.End, end);
            blockOf[result] = block;
        }
        if (unit.Main is not { } main || blockOf.ContainsKey(main) || slotOf.ContainsKey(main)) return;
        // The kernel's raw output is read by its epilogue alone: it shares the place of a result of the epilogue, or needs none.
        var heir = unit.Results.Find(result => result.Bytes == main.Bytes && blockOf.ContainsKey(result) && ReadsOnlyBefore(unit, main, result));
        if (heir is not null) blockOf[main] = blockOf[heir];
        else if (hidesOutput(main)) slotOf[main] = NoSlot;
        else blockOf[main] = new Block(main.Bytes, at) { End = at };
    }

    /// <summary>The block of a value that is read for the last time here, at the same elements, before the result is written.</summary>
    private Block? ReusableInput(int at, Tensor result, Dictionary<Tensor, int> lastRead, HashSet<Block> taken)
    {
        var unit = units[at];
        if (!unit.Scalars.Contains(result)) return null;
        foreach (var read in unit.Reads)
            if (blockOf.TryGetValue(read, out var block) && block.End == at && lastRead[read] == at && block.Bytes == result.Bytes && !taken.Contains(block) && ReadsOnlyBefore(unit, read, result))
                return block;
        return null;
    }

    /// <summary>Whether all reads of a base in a chain are at the flat place and none comes after the result is written (reductions read last).</summary>
    private bool ReadsOnlyBefore(Unit unit, Tensor source, Tensor result)
    {
        if (DTypes.Size(source.DType) != DTypes.Size(result.DType) || source.Size != result.Size) return false;
        if (unit.Reductions.Exists(reduction => ReferenceEquals(layout.DenseBase(reduction.Inputs[0]), source))) return false;
        if (unit.Parts.Any(part => !part.Scalars.Contains(result) && part.Reads.Contains(source))) return false;   // they may run at the same time
        var written = unit.Scalars.IndexOf(result);
        for (var i = 0; i < unit.Scalars.Count; i++)
            foreach (var input in unit.Scalars[i].Inputs)
            {
                var (home, view) = layout.Of(input);
                if (!ReferenceEquals(home, source)) continue;
                if (i > written || !view.IsDense) return false;
            }
        return true;
    }

    /// <summary>Greedy by size: the largest first, each at the lowest place that is free while it lives.</summary>
    private long Pack(List<Block> blocks)
    {
        blocks.Sort((a, b) => a.Bytes != b.Bytes ? b.Bytes.CompareTo(a.Bytes) : a.Start.CompareTo(b.Start));
        var placed = new List<Block>(blocks.Count);
        var total = 0L;
        foreach (var block in blocks)
        {
            var size = (block.Bytes + Alignment - 1) & -Alignment;
            var offset = 0L;
            foreach (var other in placed)
            {
                if (other.Start > block.End || other.End < block.Start) continue;
                if (other.Offset >= offset + size) break;
                offset = Math.Max(offset, (other.Offset + other.Bytes + Alignment - 1) & -Alignment);
            }
            block.Offset = offset;
            total = Math.Max(total, offset + size);
            var index = placed.FindIndex(other => other.Offset > offset);
            placed.Insert(index < 0 ? placed.Count : index, block);
        }
        for (var at = 0; at < units.Count; at++)
        {
            var alive = 0L;
            foreach (var block in blocks)
                if (block.Start <= at && at <= block.End) alive += block.Bytes;
            LivenessBound = Math.Max(LivenessBound, alive);
        }
        return total;
    }

    private sealed class Block(long bytes, int start)
    {
        public long Bytes { get; } = bytes;

        public int Start { get; } = start;

        public int End { get; set; } = start;

        public long Offset { get; set; }
    }
}
