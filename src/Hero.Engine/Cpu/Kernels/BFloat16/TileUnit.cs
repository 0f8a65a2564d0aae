namespace Hero.Cpu.Kernels;

/// <summary>
/// What multiplies bfloat16 matrices with float32 sums: AMX, or else AVX512-BF16 where that is fast. Absent where the processor or the
/// operating system has neither, where memory may not be made executable, where the vectors that feed it are switched off
/// (DOTNET_EnableAVX512=0, DOTNET_EnableHWIntrinsic=0), and where the environment variable HERO_MATRIX_UNIT says none; amx and avx512 name
/// the one to use.
/// </summary>
internal static unsafe class TileUnit
{
    /// <summary>The most rows and columns of a block, and the most depth of a step.</summary>
    public const int Rows = 16, Columns = 32, DepthStep = 32;

    /// <summary>The environment variable that limits what is used.</summary>
    public const string Variable = "HERO_MATRIX_UNIT";

    private static readonly bool HasAmx, HasDots;

    static TileUnit()
    {
        var allowed = Environment.GetEnvironmentVariable(Variable)?.Trim().ToUpperInvariant();
        var unset = allowed is null or "";
        HasAmx = (unset || allowed == "AMX") && AmxUnit.Prepare();
        HasDots = !HasAmx && (allowed == "AVX512" || (unset && DotUnit.IsFast)) && DotUnit.Prepare();
        if (allowed is not (null or "" or "AMX" or "AVX512" or "NONE"))
            throw new FormatException($"{Variable} expects amx, avx512 or none, got \"{allowed}\". Correct it or unset it to use what the processor has.");
    }

    public static bool IsSupported => HasAmx || HasDots;

    /// <summary>Whether it multiplies several times as fast as float32's vectors do: three products in the place of one still gain.</summary>
    public static bool IsFast => HasAmx;

    /// <summary>
    /// Computes the blocks of a call, <paramref name="rows"/> x <paramref name="columns"/> each, in steps of <paramref name="depthStep"/>
    /// (even). The right operand continues from step to step and segment to segment.
    /// </summary>
    public static void Run(TileCall* call, int rows, int columns, int depthStep) => Run(call, rows, columns, depthStep, inPairs: false);

    /// <summary>As <see cref="Run(TileCall*, int, int, int)"/> for pairs of blocks, which take half the loads.</summary>
    public static void RunPairs(TileCall* call, int rows, int columns, int depthStep) => Run(call, rows, columns, depthStep, inPairs: true);

    private static void Run(TileCall* call, int rows, int columns, int depthStep, bool inPairs)
    {
        if (call->Count == 0) return;
        call->SegmentsEnd = call->Segments + call->SegmentCount;
        if (HasAmx) AmxUnit.Run(call, rows, columns, depthStep, inPairs);
        else DotUnit.Run(call, rows, columns, depthStep, inPairs);
    }
}
