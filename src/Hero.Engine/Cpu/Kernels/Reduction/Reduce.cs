using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;
using Hero.Ops;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Reductions of dense [outer, length, inner] to [outer, inner], in parallel. Work is cut by shape and partial results are
/// combined in their order: the same bits for every thread count. Sum and Mean of float are summed in double above 32 rows; integers
/// wrap. A length of 0 gives the function's neutral element (Mean: NaN, ArgMax and ArgMin: -1).
/// </summary>
internal static unsafe class Reduce
{
    /// <summary>Elements an item of work should have at least.</summary>
    private const nint ItemElements = 32768;

    /// <summary>From this many outer indices on an axis is not cut.</summary>
    private const nint ManyOuter = 64;

    /// <summary>Pieces an axis is cut into at most.</summary>
    private const nint MostPieces = 64;

    /// <summary>Rows a piece of an axis should have at least: partial results are then few beside the input.</summary>
    private const nint PieceRows = 64;

    /// <summary>Columns of an item where an outer index is cut into columns.</summary>
    private const nint ItemColumns = 2048;

    /// <summary>Columns from which a small input, of no more than two items, is cut into columns.</summary>
    private const nint SmallColumns = 1024;

    /// <summary>Scratch for partial results of all pieces, held by the calling thread.</summary>
    private const int PartialSlot = 3;

    /// <summary>Scratch for the accumulators of one item.</summary>
    private const int AccumulatorSlot = 2;

    /// <exception cref="NotSupportedException">There is no such reduction of this type.</exception>
    public static void Run(ReduceFunction function, DType type, void* dst, void* src, nint outer, nint length, nint inner)
    {
        var kernel = ReduceKernel.Find(function, type);
        if (!kernel.Exists) throw new NotSupportedException($"{function} of {DTypes.Name(type)} does not exist: cast to float32 first.");
        Run(kernel, DTypes.Size(type), dst, src, outer, length, inner);
    }

    /// <summary>As the other overload, the kernel found beforehand; <paramref name="size"/> is the element's.</summary>
    public static void Run(in ReduceKernel kernel, int size, void* dst, void* src, nint outer, nint length, nint inner)
    {
        if (outer == 0 || inner == 0) return;
        var elements = outer * length * inner;
        var body = new Body
        {
            Kernel = kernel, Size = size, Dst = (byte*)dst, Src = (byte*)src, Outer = outer, Length = length, Inner = inner,
            Group = 1, Pieces = 1, PieceLength = length, Columns = inner,
        };
        if (outer == 1 && elements > ItemElements && elements <= 2 * ItemElements && inner >= SmallColumns)
        {
            // The cores that have just made parts of it bring them together sooner than one of them alone.
            body.Columns = SmallColumns / 4;
        }
        else if (outer >= ManyOuter || elements <= 2 * ItemElements)
        {
            body.Group = Math.Clamp(ItemElements / Math.Max(1, length * inner), 1, outer);
        }
        else
        {
            // Columns are cut where they alone make enough items; else the axis is.
            var pieces = Math.Min(Math.Min(MostPieces, length / PieceRows), elements / outer / ItemElements);
            if (inner >= MostPieces * ItemColumns || (pieces <= 1 && inner > ItemColumns))
            {
                body.Columns = ItemColumns;
            }
            else if (pieces > 1)
            {
                body.PieceLength = (length + pieces - 1) / pieces;
                body.Pieces = (length + body.PieceLength - 1) / body.PieceLength;
                body.Partial = Scratch.Get(PartialSlot, outer * body.Pieces * inner * kernel.AccumulatorSize);
            }
        }
        body.ColumnItems = (inner + body.Columns - 1) / body.Columns;
        var groups = (outer + body.Group - 1) / body.Group;
        WorkerTeam.Default.For((int)(groups * body.Pieces * body.ColumnItems), ref body);
        if (body.Pieces == 1) return;
        var join = new JoinBody { Work = body, ColumnItems = (inner + ItemColumns - 1) / ItemColumns };
        WorkerTeam.Default.For((int)(outer * join.ColumnItems), ref join);
    }

    private struct Body : IParallelBody
    {
        public ReduceKernel Kernel;
        public int Size;
        public byte* Dst, Src, Partial;
        public nint Outer, Length, Inner;
        public nint Group, Pieces, PieceLength, Columns, ColumnItems;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int item)
        {
            var column = item % ColumnItems * Columns;
            var piece = item / ColumnItems % Pieces;
            var first = item / ColumnItems / Pieces * Group;
            var columns = Math.Min(Columns, Inner - column);
            var row = piece * PieceLength;
            var rows = Math.Min(PieceLength, Length - row);
            for (var o = first; o < Math.Min(Outer, first + Group); o++)
            {
                var accumulators = Pieces > 1
                    ? Partial + (o * Pieces + piece) * Inner * Kernel.AccumulatorSize
                    : Scratch.Get(AccumulatorSlot, columns * Kernel.AccumulatorSize);
                Kernel.Begin(accumulators, columns);
                Kernel.Accumulate(accumulators, Src + ((o * Length + row) * Inner + column) * Size, rows, columns, Inner, row);
                if (Pieces == 1) Kernel.Finish(Dst + (o * Inner + column) * Kernel.ResultSize, accumulators, columns, Length);
            }
        }
    }

    /// <summary>Takes the later pieces' accumulators into the first one's.</summary>
    private struct JoinBody : IParallelBody
    {
        public Body Work;
        public nint ColumnItems;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int item)
        {
            var o = item / ColumnItems;
            var column = item % ColumnItems * ItemColumns;
            var columns = Math.Min(ItemColumns, Work.Inner - column);
            var size = Work.Kernel.AccumulatorSize;
            var first = Work.Partial + (o * Work.Pieces * Work.Inner + column) * size;
            for (nint piece = 1; piece < Work.Pieces; piece++) Work.Kernel.Combine(first, first + piece * Work.Inner * size, columns);
            Work.Kernel.Finish(Work.Dst + (o * Work.Inner + column) * Work.Kernel.ResultSize, first, columns, Work.Length);
        }
    }
}
