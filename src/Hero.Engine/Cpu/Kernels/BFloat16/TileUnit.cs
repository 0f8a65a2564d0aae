using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The processor's unit for products of bfloat16 matrices with float32 sums: AMX, asked for once per process. Absent where the processor or
/// the operating system has none, where memory may not be made executable, and where the vectors that feed it are switched off
/// (DOTNET_EnableAVX512=0, DOTNET_EnableHWIntrinsic=0).
/// </summary>
internal static unsafe partial class TileUnit
{
    /// <summary>The most rows and columns of a block, and the most depth of a step.</summary>
    public const int Rows = 16, Columns = 32, DepthStep = 32;

    private const int ColumnVector = 16;

    // [one or two blocks of rows][one or two vectors of columns]
    private static readonly delegate* unmanaged<TileCall*, void>* Routines = Prepare();

    public static bool IsSupported => Routines != null;

    /// <summary>
    /// Computes the blocks of a call, <paramref name="rows"/> x <paramref name="columns"/> each, in steps of <paramref name="depthStep"/>
    /// (even). The right operand continues from step to step and segment to segment.
    /// </summary>
    public static void Run(TileCall* call, int rows, int columns, int depthStep) => Run(call, rows, columns, depthStep, 0);

    /// <summary>As <see cref="Run(TileCall*, int, int, int)"/> for pairs of blocks, which take half the loads.</summary>
    public static void RunPairs(TileCall* call, int rows, int columns, int depthStep) => Run(call, rows, columns, depthStep, 1);

    private static void Run(TileCall* call, int rows, int columns, int depthStep, int inPairs)
    {
        if (call->Count == 0) return;
        var configuration = stackalloc byte[64];
        new Span<byte>(configuration, 64).Clear();
        configuration[0] = 1;
        int firstColumns = Math.Min(columns, ColumnVector), secondColumns = columns - firstColumns;
        for (var row = 0; row <= inPairs; row++)
        {
            Shape(configuration, 2 * row, rows, firstColumns * sizeof(float));
            if (secondColumns > 0) Shape(configuration, 2 * row + 1, rows, secondColumns * sizeof(float));
            Shape(configuration, 4 + row, rows, depthStep * sizeof(ushort));
        }
        Shape(configuration, 6, depthStep / 2, firstColumns * sizeof(float));
        if (secondColumns > 0) Shape(configuration, 7, depthStep / 2, secondColumns * sizeof(float));

        call->Configuration = configuration;
        call->RightDepthStep = depthStep / 2 * Columns * 2 * sizeof(ushort);
        call->SegmentsEnd = call->Segments + call->SegmentCount;
        Routines[2 * inPairs + (secondColumns > 0 ? 1 : 0)](call);
    }

    private static void Shape(byte* configuration, int tile, int rows, int rowBytes)
    {
        *(ushort*)(configuration + 16 + 2 * tile) = (ushort)rowBytes;
        configuration[48 + tile] = (byte)rows;
    }

    private static delegate* unmanaged<TileCall*, void>* Prepare()
    {
        if (!HasAmx() || !Permitted()) return null;
        var routines = (delegate* unmanaged<TileCall*, void>*)NativeMemory.Alloc(4, (nuint)sizeof(void*));
        for (var i = 0; i < 4; i++)
        {
            routines[i] = (delegate* unmanaged<TileCall*, void>)CodeMemory.Place(AmxAssembly.Assemble(rowBlocks: 1 + i / 2, columnVectors: 1 + i % 2));
            if (routines[i] == null) return null;
        }
        return routines;
    }

    private static bool HasAmx()
    {
        const int tile = 1 << 24, bfloat16 = 1 << 22;
        if (!Vector512.IsHardwareAccelerated || !Avx512BW.IsSupported || !OperatingSystem.IsLinux()) return false;
        return X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Edx & (tile | bfloat16)) == (tile | bfloat16);
    }

    /// <summary>Linux gives tiles to processes that ask (5.16 and later); it refuses where the processor's state for them is not enabled.</summary>
    private static bool Permitted()
    {
        const nint archPrctl = 158, requestPermission = 0x1023, tileData = 18;
        try
        {
            return SystemCall(archPrctl, requestPermission, tileData) == 0;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint code, nint argument);
}
