using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>Matrix multiplication on one instruction set: what to pack, and batches.</summary>
internal static unsafe class GemmDriver<TSimd, TVector, T, TEpilogue>
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
    where TEpilogue : struct, IEpilogue
{
    /// <summary>Up to this many tiles of rows the right operand is read where it is: a copy would cost more than it saves.</summary>
    private const int DirectTiles = 4;

    /// <summary>Up to this many blocks of rows every item packs the panels it needs: cheaper than a copy that leaves the cache.</summary>
    private const int OwnPackingBlocks = 2;

    /// <summary>Multiply-adds from which a matrix of a batch is worth the whole team.</summary>
    private const double LargeMatrix = 8_000_000;

    /// <summary>Multiply-adds one parallel item takes from a batch of small matrices.</summary>
    private const double GroupWork = 250_000;

    public static void Run(GemmCall<T>* call, in TEpilogue epilogue)
    {
        int m = call->M, n = call->N, k = call->K;
        if (call->Batch > 1 && call->StrideB == 0 && !call->TransposeA && call->StrideA == (nint)m * k && call->StrideC == (nint)m * n
            && (long)m * call->Batch <= int.MaxValue)
        {
            call->M = m *= call->Batch;   // one tall matrix
            call->Batch = 1;
        }

        var work = Math.Max(1.0, (double)m * n * k);
        if (call->Batch == 1 || work >= LargeMatrix)
        {
            for (var i = 0; i < call->Batch; i++) RunOne(call, i, epilogue);
            return;
        }
        var body = new BatchBody { Call = call, Group = (int)Math.Clamp(GroupWork / work, 1, call->Batch), Epilogue = epilogue };
        WorkerTeam.Default.For(GemmPlan.Up(call->Batch, body.Group), ref body);
    }

    private static void RunOne(GemmCall<T>* call, int index, in TEpilogue epilogue)
    {
        int m = call->M, n = call->N, k = call->K;
        var start = index * call->StrideC;
        if (k == 0)
        {
            for (var row = 0; row < m; row++) new Span<T>(call->C + start + (nint)row * n, n).Clear();
            epilogue.Apply(start, (nint)m * n);
            return;
        }

        var body = new GemmBody<TSimd, TVector, T, TEpilogue>
        {
            A = call->A + index * call->StrideA, B = call->B + index * call->StrideB, C = call->C + start,
            M = m, N = n, K = k, TransposeA = call->TransposeA, TransposeB = call->TransposeB,
            Plan = GemmPlan.Of(m, n, k, TSimd.MaxRows, 2 * GemmTiles<TSimd, TVector, T>.Lanes),
            Epilogue = epilogue, OutputStart = start,
        };
        if (call->TransposeB || m > DirectTiles * TSimd.MaxRows)
        {
            if (body.Plan.RowBlocks <= OwnPackingBlocks)
            {
                body.PackPanels = true;
            }
            else
            {
                var panels = GemmPlan.Up(n, 2 * GemmTiles<TSimd, TVector, T>.Lanes);
                body.PackedB = (T*)Scratch.Get(0, (nint)panels * k * 2 * sizeof(TVector));
                GemmPacking<TSimd, TVector, T>.Right(body.B, k, n, call->TransposeB, body.PackedB);
            }
        }
        var partials = body.Plan.DepthChunks - 1;
        if (partials > 0) body.Partials = (T*)Scratch.Get(3, (nint)partials * m * n * sizeof(T));

        WorkerTeam.Default.For(body.Plan.Items, ref body);

        if (partials > 0) GemmReduction<TSimd, TVector, T, TEpilogue>.Run(body.C, (nint)m * n, body.Partials, partials, epilogue, start);
    }

    private struct BatchBody : IParallelBody
    {
        public GemmCall<T>* Call;
        public int Group;
        public TEpilogue Epilogue;

        public readonly void Run(int item)
        {
            var end = Math.Min(Call->Batch, (item + 1) * Group);
            for (var i = item * Group; i < end; i++) RunOne(Call, i, Epilogue);
        }
    }
}
