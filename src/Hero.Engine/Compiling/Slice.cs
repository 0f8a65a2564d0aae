using Hero.Ops;

namespace Hero.Compiling;

/// <summary>
/// Units that follow each other become stages of one where the device can take them a few rows at a time: what one makes is read by the next while
/// it is in a core's cache, instead of by a pass over memory. Such is a convolution and the statistics of batch normalization behind it.
/// </summary>
internal static class Slice
{
    // Smaller values are in the shared cache when the next step reads them, and steps of their own have better cuts.
    private const long LeastBytes = 24 << 20;

    /// <param name="units">In an order in which they can run.</param>
    /// <param name="graph">What they compute.</param>
    /// <param name="layout">Where tensors are read from.</param>
    /// <param name="rowsOf">How many rows a unit takes or makes; see <see cref="Device.RowsOf"/>.</param>
    public static List<Unit> Run(List<Unit> units, Graph graph, Layout layout, Func<Unit, long> rowsOf)
    {
        var groups = new List<Group>(units.Count);
        var madeIn = new Dictionary<Tensor, int>();
        foreach (var unit in units)
        {
            var rows = unit.Reads.Concat(unit.Results).Any(tensor => tensor.Bytes >= LeastBytes) ? rowsOf(unit) : 0;
            var last = unit.Reads.Max(read => (int?)madeIn.GetValueOrDefault(read, -1)) ?? -1;
            // Whatever else it reads is there when the group of what it reads last begins.
            var joins = rows > 0 && last >= 0 && groups[last].Rows == rows && groups[last].CanTake(unit, layout);
            var at = joins ? last : groups.Count;
            if (joins) groups[at].Units.Add(unit);
            else groups.Add(new Group(rows, unit));
            foreach (var result in unit.Results) madeIn[result] = at;
        }
        var readIn = new Dictionary<Tensor, int>();
        foreach (var root in graph.Roots) readIn[layout.DenseBase(root)] = groups.Count;
        for (var at = 0; at < groups.Count; at++)
            foreach (var read in groups[at].Units.SelectMany(unit => unit.Reads)) readIn[read] = Math.Max(at, readIn.GetValueOrDefault(read));
        return groups.ConvertAll(group => group.Units.Count == 1 ? group.Units[0] : Join(group.Units, made => readIn[made] > madeIn[made]));
    }

    private static Unit Join(List<Unit> stages, Func<Tensor, bool> isReadLater)
    {
        var made = stages.SelectMany(stage => stage.Results).ToList();
        var unit = new Unit { Stages = stages, Passing = made.FindAll(value => !isReadLater(value)) };
        foreach (var stage in stages)
        {
            unit.Scalars.AddRange(stage.Scalars);
            unit.Reductions.AddRange(stage.Reductions);
        }
        unit.Results.AddRange(made.Except(unit.Passing));
        unit.Reads.AddRange(stages.SelectMany(stage => stage.Reads).Distinct().Except(made));
        return unit;
    }

    private sealed class Group(long rows, Unit first)
    {
        public long Rows { get; } = rows;

        public List<Unit> Units { get; } = [first];

        /// <summary>Whether a unit reads nothing of the group but rows that are there when it gets to the same rows.</summary>
        public bool CanTake(Unit unit, Layout layout)
        {
            foreach (var stage in Units)
                foreach (var made in stage.Results)
                    if (unit.Reads.Contains(made) && !(IsMadeByRows(made, stage) && IsReadByRows(made, unit, layout))) return false;
            return true;
        }

        private bool IsMadeByRows(Tensor made, Unit stage) => made.Bytes >= LeastBytes && !stage.Reductions.Contains(made) && made.Size % Rows == 0;

        private static bool IsReadByRows(Tensor source, Unit unit, Layout layout)
        {
            for (var i = 0; i < unit.Main?.Inputs.Length; i++)
                if (ReferenceEquals(layout.DenseBase(unit.Main.Inputs[i]), source) && !ReadsOwnRows(unit.Main.Op!, i)) return false;
            foreach (var scalar in unit.Scalars)
                foreach (var input in scalar.Inputs)
                    if (layout.Of(input) is var (home, view) && ReferenceEquals(home, source) && !(view.IsDense && source.Size == scalar.Size)) return false;
            return true;
        }

        /// <summary>Windows reach into other rows, and all rows meet a filter.</summary>
        private static bool ReadsOwnRows(Op op, int input) => op switch
        {
            Conv2DOp { Depthwise: true } or Conv2DInputGradientOp { Depthwise: true } => false,
            Conv2DFilterGradientOp => true,
            _ => input == 0,
        };
    }
}
