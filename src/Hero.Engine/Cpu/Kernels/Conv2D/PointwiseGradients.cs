using System.Runtime.Intrinsics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Both gradients of a 1 x 1 convolution, a few pixels at a time, for which x and dy are made once or read from memory once: dx = dy f^T and df = x^T dy.
/// Chunks of pixels are worked on in parallel; their sums of df are added up in order.
/// </summary>
internal static unsafe class PointwiseGradients
{
    /// <summary>Elements of a filter whose sums stay in the second-level cache with the pixels at hand.</summary>
    private const int MostFilter = 96 * 1024;

    /// <summary>The most channels, on one side and on the other: the elements of dy are read where they are.</summary>
    private const int MostNarrow = 192, MostWide = 1024;

    private const int LeastChannels = 8, LeastPixels = 4096;

    /// <summary>Whether a convolution is one of these.</summary>
    public static bool Takes(in Window2D w) =>
        Conv2D.IsPointwise(w, out var pixels) && pixels >= LeastPixels && w.InChannels * w.OutChannels <= MostFilter
        && Math.Min(w.InChannels, w.OutChannels) is >= LeastChannels and <= MostNarrow && Math.Max(w.InChannels, w.OutChannels) <= MostWide;

    public static void Run(in Window2D w, in ConvolutionGradients operands)
    {
        if (Vector512.IsHardwareAccelerated) PointwiseGradientsBody<TileVector512<float>, Vector512<float>>.Run(w, operands);
        else if (Vector256.IsHardwareAccelerated) PointwiseGradientsBody<TileVector256<float>, Vector256<float>>.Run(w, operands);
        else if (Vector128.IsHardwareAccelerated) PointwiseGradientsBody<TileVector128<float>, Vector128<float>>.Run(w, operands);
        else PointwiseGradientsBody<TileVector1<float>, float>.Run(w, operands);
    }
}

internal unsafe struct PointwiseGradientsBody<TSimd, TVector> : IParallelBody
    where TSimd : struct, ITileVector<TVector, float>
    where TVector : unmanaged
{
    /// <summary>Multiply-adds of a chunk, and how many there are at least and at most.</summary>
    private const double ChunkWork = 4e6;

    private const int LeastChunks = 16, MostChunks = 64;

    /// <summary>Elements of x or dy that are made at a time: they stay in the second-level cache.</summary>
    private const int MadeElements = 64 * 1024;

    // Behind those of packing.
    private const int FilterSlot = 7, DySlot = 5, XSlot = 6, PartialSlot = 3, SumSlot = 0;

    private ConvolutionGradients operands;
    private PackedMatrix<float> transposed;   // f^T
    private float* partials;
    private int pixels, chunks, columnsIn, columnsOut;

    private readonly nint FilterSize => (nint)columnsIn * columnsOut;

    public static void Run(in Window2D w, in ConvolutionGradients operands)
    {
        var pixels = w.Batch * w.OutHeight * w.OutWidth;
        var chunks = (int)Math.Clamp((double)pixels * w.InChannels * w.OutChannels / ChunkWork, LeastChunks, MostChunks);
        var body = new PointwiseGradientsBody<TSimd, TVector> { operands = operands, pixels = pixels, chunks = chunks, columnsIn = w.InChannels, columnsOut = w.OutChannels };
        body.transposed = new PackedMatrix<float>((float*)Scratch.Get(FilterSlot, PackedMatrix<float>.Bytes(w.OutChannels, w.InChannels)), w.OutChannels, w.InChannels);
        body.transposed.Pack(operands.Filter, w.OutChannels, transposed: true);
        body.partials = (float*)Scratch.Get(PartialSlot, (chunks - 1) * body.FilterSize * sizeof(float));
        body.operands.Sums.Prepare(SumSlot, chunks);
        WorkerTeam.Default.For(chunks, ref body);
        body.operands.Sums.Finish(chunks, pixels);
        GemmReduction<TSimd, TVector, float, NoEpilogue>.Run(operands.DFilter, body.FilterSize, body.partials, chunks - 1, default, 0);
    }

    public readonly void Run(int item)
    {
        int start = GemmPlan.Cut(pixels, chunks, item), end = GemmPlan.Cut(pixels, chunks, item + 1), panels = GemmPlan.Up(columnsOut, PackedMatrix<float>.PanelWidth);
        var most = Math.Clamp(MadeElements / Math.Max(columnsIn, columnsOut) / TSimd.MaxRows, 1, 256 / TSimd.MaxRows) * TSimd.MaxRows;
        var step = GemmPlan.TileHeight(end - start, most);
        if (operands.Sums.Exist) operands.Sums.Begin(item);
        var output = item == 0 ? operands.DFilter : partials + (item - 1) * FilterSize;
        for (var from = start; from < end; from += step)
        {
            var to = Math.Min(from + step, end);
            var x = Rows(operands.XIntake, operands.X, from, to, columnsIn, XSlot);
            var dy = Rows(operands.DyIntake, operands.Dy, from, to, columnsOut, DySlot);
            GemmBlock<TSimd, TVector, float>.Packed(transposed, dy, columnsOut, operands.Dx + (nint)from * columnsIn, columnsIn, to - from, accumulate: false);
            var block = new GemmBlock<TSimd, TVector, float>
            {
                A = x, B = dy, C = output, StepA = columnsIn, StepB = columnsOut, StepC = columnsOut, M = columnsIn, N = columnsOut, K = to - from,
                TransposeA = true, Direct = true, LeftIsNear = operands.XIntake.Exists,
            };
            block.Run(output, 0, columnsIn, 0, panels, 0, to - from, accumulate: from > start, default(NoEpilogue), 0);
            if (operands.Sums.Exist) operands.Sums.Take(item, from, to - from);
        }
    }

    private static float* Rows(in Intake intake, float* source, int from, int to, int columns, int slot)
    {
        if (!intake.Exists) return source + (nint)from * columns;
        var made = (float*)Scratch.Get(slot, (nint)(to - from) * columns * sizeof(float));
        intake.Make((nint)from * columns, (nint)(to - from) * columns, made);
        return made;
    }
}
