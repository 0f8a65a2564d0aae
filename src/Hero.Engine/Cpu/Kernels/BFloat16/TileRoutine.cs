using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>Assembled code that computes the blocks of a <see cref="TileCall"/>.</summary>
/// <param name="code">Where it lies.</param>
internal readonly unsafe struct TileRoutine(void* code)
{
    /// <summary>Steps of depth, over all blocks, of a short call: some ten microseconds.</summary>
    private const long ShortSteps = 256;

    private readonly void* code = code;

    /// <summary>
    /// Runs it. Telling the run time that a thread leaves managed code, so that the garbage collector need not wait for it, takes as long as several steps: short calls do without.
    /// </summary>
    public void Run(TileCall* call)
    {
        if (call->Count * call->SegmentCount * call->StepsPerSegment <= ShortSteps) RunShort(call);
        else RunLong(call);
    }

    // Apart from each other: what a method does to leave managed code begins with its first instruction.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunShort(TileCall* call) => ((delegate* unmanaged[SuppressGCTransition]<TileCall*, void>)code)(call);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunLong(TileCall* call) => ((delegate* unmanaged<TileCall*, void>)code)(call);
}
