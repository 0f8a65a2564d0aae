using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The filter gradient of a depthwise convolution: parallel over chunks of rows, each with its own sums. The sums of a tap are
/// kept in whole vectors; where the last vector of a row overlaps the one before, both have places of their own.
/// </summary>
internal unsafe struct DepthwiseFilterPass<T, TChunk> : IParallelBody
    where T : unmanaged, INumber<T>
    where TChunk : struct, IDepthwiseFilterChunk<T>
{
    private const int MaxChunks = 64;
    private const nint MaxPartialBytes = 16 << 20;

    private TChunk chunk;
    private T* partials;
    private int channels, chunkRows;
    private nint totalRows, tapLength, partialLength;

    /// <summary>The rows are those of the output, counted through all images.</summary>
    public static void Run(in Window2D w, in TChunk chunk, T* dfilter)
    {
        var rows = (nint)w.Batch * w.OutHeight;
        Run(w, w.OutWidth == 0 ? 0 : rows, ChunkRows(w, rows, w.OutWidth), chunk, dfilter);
    }

    /// <summary>How many of so many rows, each so many pixels wide, a chunk takes.</summary>
    public static int ChunkRows(in Window2D w, nint rows, int width)
    {
        var mostChunks = Math.Clamp(MaxPartialBytes / Math.Max(1, PartialLength(w) * sizeof(T)), 1, MaxChunks);
        return (int)Math.Max(WindowScratch.BandRows(rows, (nint)width * w.OutChannels), (rows + mostChunks - 1) / mostChunks);
    }

    /// <summary>The rows are what the chunk says.</summary>
    public static void Run(in Window2D w, nint rows, int chunkRows, in TChunk chunk, T* dfilter)
    {
        int taps = w.KernelHeight * w.KernelWidth, channels = w.OutChannels;
        var pass = new DepthwiseFilterPass<T, TChunk>
        {
            chunk = chunk,
            channels = channels,
            totalRows = rows,
            chunkRows = chunkRows,
            partialLength = PartialLength(w),
        };
        pass.tapLength = pass.partialLength / Math.Max(taps, 1);
        if (rows == 0 || pass.partialLength == 0)
        {
            for (nint i = 0; i < (nint)taps * channels; i++) dfilter[i] = default;
            return;
        }

        var chunks = (int)((pass.totalRows + pass.chunkRows - 1) / pass.chunkRows);
        pass.partials = (T*)Scratch.Get(WindowScratch.Partials, chunks * pass.partialLength * sizeof(T));
        WorkerTeam.Default.For(chunks, ref pass);
        DepthwiseFilterTotal<T>.Run(pass.partials, chunks, taps, pass.tapLength, channels, dfilter);
    }

    /// <summary>Elements of a chunk's sums.</summary>
    private static nint PartialLength(in Window2D w)
    {
        var lanes = SimdWidth.Count<T>(w.OutChannels);
        return w.KernelHeight * w.KernelWidth * (((nint)w.OutChannels + lanes - 1) / lanes * lanes);
    }

    public void Run(int item)
    {
        switch (SimdWidth.For<T>(channels))
        {
            case 512: Chunk<Simd512<T>>(item); break;
            case 256: Chunk<Simd256<T>>(item); break;
            case 128: Chunk<Simd128<T>>(item); break;
            default: Chunk<Simd1<T>>(item); break;
        }
    }

    private void Chunk<TVec>(int item)
        where TVec : struct, ISimd<TVec, T>
    {
        var sums = partials + item * partialLength;
        nint row = (nint)item * chunkRows, end = Math.Min(totalRows, row + chunkRows);
        Clear<TVec>(sums);
        chunk.Add<TVec>(row, end, sums, tapLength);
        if (AreFinite<TVec>(sums)) return;
        Clear<TVec>(sums);
        chunk.AddMet<TVec>(row, end, sums, tapLength);
    }

    private readonly void Clear<TVec>(T* sums)
        where TVec : struct, ISimd<TVec, T>
    {
        for (nint i = 0; i < partialLength; i += TVec.Count) TVec.Store(default, sums + i);
    }

    private readonly bool AreFinite<TVec>(T* sums)
        where TVec : struct, ISimd<TVec, T>
    {
        TVec total = default;
        for (nint i = 0; i < partialLength; i += TVec.Count) total = TVec.MultiplyAdd(TVec.Load(sums + i), default, total);
        var lanes = stackalloc T[TVec.Count];
        TVec.Store(total, lanes);
        for (var i = 0; i < TVec.Count; i++)
            if (!T.IsFinite(lanes[i])) return false;
        return true;
    }
}
