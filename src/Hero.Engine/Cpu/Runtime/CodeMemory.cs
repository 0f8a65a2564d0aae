using System.Runtime.InteropServices;

namespace Hero.Cpu.Runtime;

/// <summary>
/// Memory for machine code that is assembled while the program runs. It is written first and made executable then, never both at one
/// time, and stays until the process ends.
/// </summary>
internal static unsafe partial class CodeMemory
{
    private const int ReadWrite = 1 | 2, ReadExecute = 1 | 4, PrivateAnonymous = 0x02 | 0x20;
    private const uint CommitAndReserve = 0x3000, Release = 0x8000, PageReadWrite = 0x04, PageExecuteRead = 0x20;
    private const nint ThisProcess = -1;

    /// <summary>The address of an executable copy of position-independent code; null where the system does not allow one.</summary>
    public static void* Place(ReadOnlySpan<byte> code)
    {
        try
        {
            if (OperatingSystem.IsLinux()) return PlaceOnLinux(code);
            if (OperatingSystem.IsWindows()) return PlaceOnWindows(code);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // A C library without these calls is one more system that does not allow it.
        }
        return null;
    }

    private static void* PlaceOnLinux(ReadOnlySpan<byte> code)
    {
        var memory = Map(null, (nuint)code.Length, ReadWrite, PrivateAnonymous, -1, 0);
        if ((nint)memory == -1) return null;
        code.CopyTo(new Span<byte>(memory, code.Length));
        if (Protect(memory, (nuint)code.Length, ReadExecute) == 0) return memory;
        _ = Unmap(memory, (nuint)code.Length);
        return null;
    }

    private static void* PlaceOnWindows(ReadOnlySpan<byte> code)
    {
        var memory = VirtualAlloc(null, (nuint)code.Length, CommitAndReserve, PageReadWrite);
        if (memory == null) return null;
        code.CopyTo(new Span<byte>(memory, code.Length));
        if (VirtualProtect(memory, (nuint)code.Length, PageExecuteRead, out _) != 0 && FlushInstructionCache(ThisProcess, memory, (nuint)code.Length) != 0) return memory;
        _ = VirtualFree(memory, 0, Release);
        return null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("kernel32")]
    private static partial void* VirtualAlloc(void* address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualProtect(void* address, nuint size, uint protection, out uint old);

    [LibraryImport("kernel32")]
    private static partial int VirtualFree(void* address, nuint size, uint type);

    [LibraryImport("kernel32")]
    private static partial int FlushInstructionCache(nint process, void* address, nuint size);
}
