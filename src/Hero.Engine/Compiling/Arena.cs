using System.Runtime.InteropServices;

namespace Hero.Compiling;

/// <summary>
/// The memory for what lives between the steps of a run. A large one belongs to one run at a time, and when that is over to the next of any
/// plan that it is large enough for: plans that never run at the same time, as those of the last, smaller batch or of validation, share it.
/// It goes when no plan that has used it is left.
/// </summary>
internal sealed unsafe partial class Arena
{
    /// <summary>From this size on an arena is shared, and lies in huge pages where the system has them to give.</summary>
    public const long LargeBytes = 4 << 20;

    private const nuint HugePage = 2 << 20;
    private const int AdviseHugePages = 14; // MADV_HUGEPAGE

    // An arena much larger than what is asked for is kept for those who need it.
    private const long LargestRatio = 4;

    private static readonly List<WeakReference<Arena>> All = [];

    private readonly Storage? small;
    private int taken;

    private Arena(long bytes)
    {
        Bytes = bytes;
        taken = 1;
        if (bytes < LargeBytes)
        {
            small = new Storage(bytes);
            Pointer = small.Pointer;
            return;
        }
        var size = ((nuint)bytes + HugePage - 1) & ~(HugePage - 1);
        Pointer = (byte*)NativeMemory.AlignedAlloc(size, HugePage);
        GC.AddMemoryPressure(bytes);
        if (OperatingSystem.IsLinux()) _ = Advise((nint)Pointer, size, AdviseHugePages); // a wish: pages of any size will do
    }

    ~Arena()
    {
        if (small is not null || Pointer is null) return;
        NativeMemory.AlignedFree(Pointer);
        GC.RemoveMemoryPressure(Bytes);
    }

    public byte* Pointer { get; }

    public long Bytes { get; }

    /// <summary>An arena for one run: the one used last if it is free.</summary>
    /// <param name="bytes">What it must hold.</param>
    /// <param name="last">The one used last; null for none.</param>
    public static Arena Take(long bytes, Arena? last)
    {
        if (last is not null && last.TryTake()) return last;
        if (bytes < LargeBytes) return new Arena(bytes);
        lock (All)
        {
            Arena? best = null;
            for (var i = All.Count - 1; i >= 0; i--)
            {
                if (!All[i].TryGetTarget(out var arena)) All.RemoveAt(i);
                else if (arena.Bytes >= bytes && arena.Bytes / LargestRatio <= bytes && (best is null || arena.Bytes < best.Bytes) && Volatile.Read(ref arena.taken) == 0) best = arena;
            }
            if (best is not null && best.TryTake()) return best;
            var made = new Arena(bytes);
            All.Add(new WeakReference<Arena>(made));
            return made;
        }
    }

    /// <summary>Lets the next run have it.</summary>
    public void Release() => Volatile.Write(ref taken, 0);

    private bool TryTake() => Volatile.Read(ref taken) == 0 && Interlocked.CompareExchange(ref taken, 1, 0) == 0;

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
