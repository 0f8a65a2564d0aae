using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>Matrix multiplication on one instruction set: what to pack, and batches.</summary>
internal static unsafe class GemmDriver<TSimd, TVector, T, TEpilogue>
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged, INumber<T>
    where TEpilogue : struct, IEpilogue
{
    /// <summary>Up to this many tiles of rows the right operand is read where it is ...</summary>
    private const int DirectTiles = 4;

    /// <summary>... and up to this many rows, where its own rows are at most so many bytes.</summary>
    private const int MaxDirectRows = 192;

    private const int MaxDirectStep = 4096;

    /// <summary>Multiply-adds from which a matrix of a batch is worth the whole team.</summary>
    private const double LargeMatrix = 8_000_000;

    /// <summary>Matrices of a batch from which each is worth only one thread, however large.</summary>
    private const int LargeBatch = 16;

    /// <summary>Multiply-adds one parallel item takes from a batch of small matrices.</summary>
    private const double GroupWork = 250_000;

    /// <summary>The most rows of a transposed left operand that are packed together.</summary>
    private const int MaxPackedRows = 4096;

    /// <summary>Up to this many columns fill tiles better as rows: lanes would stay empty, and a transposed left operand is read where it is by rows only.</summary>
    private static int MaxTurnedColumns => Math.Min(14, 2 * TSimd.MaxRows);

    public static void Run(GemmCall<T>* call, in TEpilogue epilogue, in Intake intake)
    {
        int m = call->M, n = call->N, k = call->K;
        if (call->Batch > 1 && call->StrideB == 0 && !call->TransposeA && call->StrideA == (nint)m * k && call->StrideC == (nint)m * n
            && (long)m * call->Batch <= int.MaxValue)
        {
            call->M = m *= call->Batch;   // one tall matrix
            call->Batch = 1;
        }

        var work = Math.Max(1.0, (double)m * n * k);
        if (call->Batch == 1 || (work >= LargeMatrix && call->Batch < LargeBatch))
        {
            for (var i = 0; i < call->Batch; i++) RunOne(call, i, epilogue, intake);
            return;
        }
        var body = new BatchBody { Call = call, Group = (int)Math.Clamp(GroupWork / work, 1, call->Batch), Epilogue = epilogue };
        WorkerTeam.Default.For(GemmPlan.Up(call->Batch, body.Group), ref body);
    }

    private static void RunOne(GemmCall<T>* call, int index, in TEpilogue epilogue, in Intake intake)
    {
        int m = call->M, n = call->N, k = call->K;
        var start = index * call->StrideC;
        if (k == 0)
        {
            for (var row = 0; row < m; row++) new Span<T>(call->C + start + (nint)row * n, n).Clear();
            epilogue.Apply(start, (nint)m * n);
            return;
        }

        T* a = call->A + index * call->StrideA, b = call->B + index * call->StrideB, c = call->C + start;
        bool transposeA = call->TransposeA && m > 1, transposeB = call->TransposeB || n == 1;   // a vector is its own transpose
        if (n == 1 && transposeA)
        {
            // The same memory as a row times a matrix.
            var vector = b;
            b = a;
            a = vector;
            n = m;
            m = 1;
            transposeA = transposeB = false;
        }
        if (IsDot(m, n, k, transposeA, transposeB))
        {
            var byColumns = transposeB || !GemmDot<TSimd, TVector, T, TEpilogue>.Transposes(n, k);
            if (byColumns && !transposeB) b = Transposed(b, k, n);
            GemmDot<TSimd, TVector, T, TEpilogue>.Run(a, b, byColumns, c, m, n, k, epilogue, start);
            return;
        }
        if (m == 1 && !transposeB)
        {
            GemmRow<TSimd, TVector, T, TEpilogue>.Run(a, b, c, n, k, epilogue, start);
            return;
        }
        if (IsTurned(m, n, transposeA, transposeB))
        {
            RunTurned(a, b, c, m, n, k, epilogue, start);
            return;
        }
        RunTiles(a, b, c, m, n, k, transposeA, transposeB, epilogue, start, intake);
    }

    private static bool IsDot(int m, int n, int k, bool transposeA, bool transposeB) =>
        !transposeA && GemmDot<TSimd, TVector, T, TEpilogue>.Takes(m, n, k, transposeB);

    private static bool IsTurned(int m, int n, bool transposeA, bool transposeB) =>
        transposeA && !transposeB && n <= MaxTurnedColumns && m >= 4 * TSimd.MaxRows;

    /// <summary>See <see cref="Gemm.TakesLeft"/>.</summary>
    public static bool TakesLeft(int m, int n, int k, bool transposeA)
    {
        if (m <= 1 || n <= 1 || k == 0 || IsDot(m, n, k, transposeA, transposeB: false) || IsTurned(m, n, transposeA, transposeB: false)) return false;
        var (plan, _) = PlanOf(m, n, k, transposeA, transposeB: false);
        return plan.ColumnBlocks == 1 && (transposeA ? plan is { RowBlocks: 1, DepthChunks: > 1 } : plan.KeepsColumns);
    }

    /// <summary>C = A^T B with few columns, computed as its transpose: few rows, but long ones.</summary>
    private static void RunTurned(T* a, T* b, T* c, int m, int n, int k, in TEpilogue epilogue, nint start)
    {
        // Few rows read their right operand where it is, so the place of a packed one is free.
        var turned = (T*)Scratch.Get(0, (nint)m * n * sizeof(T));
        var body = BodyOf(b, a, turned, n, m, k, transposeA: true, transposeB: false, default(NoEpilogue), 0);
        WorkerTeam.Default.For(body.Plan.Items, ref body);
        GemmTurning<TSimd, TVector, T, TEpilogue>.Run(turned, body.Partials, body.Plan.DepthChunks - 1, c, m, n, epilogue, start);
    }

    private static T* Transposed(T* source, int rows, int columns)
    {
        var body = new TransposeBody { Source = source, Target = (T*)Scratch.Get(0, (nint)rows * columns * sizeof(T)), Rows = rows, Columns = columns };
        WorkerTeam.Default.For(body.Items, ref body);
        return body.Target;
    }

    private static void RunTiles(
        T* a, T* b, T* c, int m, int n, int k, bool transposeA, bool transposeB, in TEpilogue epilogue, nint start, in Intake intake = default)
    {
        var body = BodyOf(a, b, c, m, n, k, transposeA, transposeB, epilogue, start);
        if (body.Plan.KeepsColumns && !intake.Exists && GemmPlan.IsPacked(m, n, k, transposeA, sizeof(T)))
        {
            RunPacked(body.Block, epilogue, start);
            return;
        }
        if (body.Plan.KeepsColumns) body.Product = KeptColumns.NextProduct();
        body.Intake = intake;

        WorkerTeam.Default.For(body.Plan.Items, ref body);

        var partials = body.Plan.DepthChunks - 1;
        if (partials > 0) GemmReduction<TSimd, TVector, T, TEpilogue>.Run(c, (nint)m * n, body.Partials, partials, epilogue, start);
    }

    /// <summary>A product cut into items; its sums of later chunks of the inner dimension are still to be added.</summary>
    private static GemmBody<TSimd, TVector, T, TEnd> BodyOf<TEnd>(
        T* a, T* b, T* c, int m, int n, int k, bool transposeA, bool transposeB, in TEnd epilogue, nint start)
        where TEnd : struct, IEpilogue
    {
        var (plan, direct) = PlanOf(m, n, k, transposeA, transposeB);
        var partials = plan.DepthChunks - 1;
        return new GemmBody<TSimd, TVector, T, TEnd>
        {
            Block = new GemmBlock<TSimd, TVector, T>
            {
                A = a, B = b, C = c, M = m, N = n, K = k, StepA = transposeA ? m : k, StepB = transposeB ? k : n, StepC = n,
                TransposeA = transposeA, TransposeB = transposeB, Direct = direct,
            },
            Plan = plan, Epilogue = epilogue, OutputStart = start, Partials = partials > 0 ? (T*)Scratch.Get(3, (nint)partials * m * n * sizeof(T)) : null,
        };
    }

    /// <summary>A large product: rows of a transposed left operand are packed together, but not too many, and the inner dimension in ranges.</summary>
    private static void RunPacked(in GemmBlock<TSimd, TVector, T> block, in TEpilogue epilogue, nint start)
    {
        int parts = block.TransposeA ? GemmPlan.Up(block.M, MaxPackedRows) : 1, ranges = GemmPlan.Up(block.K, GemmPlan.PackedDepth);
        for (var part = 0; part < parts; part++)
        {
            int row = GemmPlan.Cut(block.M, parts, part), rows = GemmPlan.Cut(block.M, parts, part + 1) - row;
            for (var range = 0; range < ranges; range++)
            {
                int from = GemmPlan.Cut(block.K, ranges, range), to = GemmPlan.Cut(block.K, ranges, range + 1);
                if (block.TransposeA)
                {
                    var strips = GemmStrips<TSimd, TVector, T>.Transposed(block.A + from * block.StepA + row, block.StepA, rows, to - from);
                    GemmPacked<TSimd, TVector, T, GemmStrips<TSimd, TVector, T>, TEpilogue>.Run(block, strips, row, rows, from, to, epilogue, start);
                }
                else
                {
                    var strips = new GemmRows<TSimd, TVector, T>(block.A + from, block.StepA, rows, to - from);
                    GemmPacked<TSimd, TVector, T, GemmRows<TSimd, TVector, T>, TEpilogue>.Run(block, strips, row, rows, from, to, epilogue, start);
                }
            }
        }
    }

    /// <summary>How a product is cut, and whether B is read in place.</summary>
    private static (GemmPlan Plan, bool Direct) PlanOf(int m, int n, int k, bool transposeA, bool transposeB)
    {
        // B in place saves a copy that few rows would not earn back; far rows of a wide one crowd the cache, though.
        var few = !transposeB && m <= DirectTiles * TSimd.MaxRows;
        var width = 2 * GemmTiles<TSimd, TVector, T>.Lanes;
        if (!few && GemmPlan.OfKeptColumns(m, n, k, TSimd.MaxRows, width, sizeof(T)) is { } kept) return (kept, false);
        var direct = few || (!transposeB && m <= MaxDirectRows && n * sizeof(T) <= MaxDirectStep);
        return (GemmPlan.Of(
            m, n, k, TSimd.MaxRows, width, transposeA ? 3 : 1, direct ? 1 : transposeB ? 3 : 2,
            direct ? n : GemmBlock<TSimd, TVector, T>.PieceColumns(k, transposeA), inStretches: transposeA && !transposeB), direct);
    }

    private struct TransposeBody : IParallelBody
    {
        /// <summary>Columns that are transposed at a time, of as many rows or, where there are fewer columns, as many elements.</summary>
        private const int Side = 128;

        public T* Source, Target;
        public int Rows, Columns;

        public readonly int Items => GemmPlan.Up(Rows, RowsAtATime) * GemmPlan.Up(Columns, Side);

        private readonly int RowsAtATime => Side * Side / Math.Min(Columns, Side);

        public readonly void Run(int item)
        {
            var across = GemmPlan.Up(Columns, Side);
            int row = item / across * RowsAtATime, column = item % across * Side;
            Transpose.Run(
                Source + (nint)row * Columns + column, Columns, Math.Min(RowsAtATime, Rows - row), Math.Min(Side, Columns - column),
                Target + (nint)column * Rows + row, Rows);
        }
    }

    private struct BatchBody : IParallelBody
    {
        public GemmCall<T>* Call;
        public int Group;
        public TEpilogue Epilogue;

        public readonly void Run(int item)
        {
            var end = Math.Min(Call->Batch, (item + 1) * Group);
            for (var i = item * Group; i < end; i++) RunOne(Call, i, Epilogue, default);
        }
    }
}
