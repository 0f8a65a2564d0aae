using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>AMX: tiles of 16 rows of 64 bytes, which Linux gives to processes that ask for them.</summary>
internal static unsafe partial class AmxUnit
{
    private const int ColumnVector = 16;

    // [one block of rows or a pair][one or two vectors of columns]
    private static TileRoutine* routines;

    /// <summary>Asks for the unit and assembles its code; false where there is none.</summary>
    public static bool Prepare()
    {
        if (!IsThere() || !Permitted()) return false;
        var prepared = (TileRoutine*)NativeMemory.Alloc(4, (nuint)sizeof(TileRoutine));
        for (var i = 0; i < 4; i++)
        {
            var code = CodeMemory.Place(AmxAssembly.Assemble(rowBlocks: 1 + i / 2, columnVectors: 1 + i % 2));
            if (code == null) return false;
            prepared[i] = new(code);
        }
        routines = prepared;
        return true;
    }

    public static void Run(TileCall* call, int rows, int columns, int depthStep, bool inPairs)
    {
        var configuration = stackalloc byte[64];
        new Span<byte>(configuration, 64).Clear();
        configuration[0] = 1;
        int firstColumns = Math.Min(columns, ColumnVector), secondColumns = columns - firstColumns;
        for (var row = 0; row < (inPairs ? 2 : 1); row++)
        {
            Shape(configuration, 2 * row, rows, firstColumns * sizeof(float));
            if (secondColumns > 0) Shape(configuration, 2 * row + 1, rows, secondColumns * sizeof(float));
            Shape(configuration, 4 + row, rows, depthStep * sizeof(ushort));
        }
        Shape(configuration, 6, depthStep / 2, firstColumns * sizeof(float));
        if (secondColumns > 0) Shape(configuration, 7, depthStep / 2, secondColumns * sizeof(float));

        call->Configuration = configuration;
        call->RightDepthStep = depthStep / 2 * TileUnit.Columns * 2 * sizeof(ushort);
        routines[(inPairs ? 2 : 0) + (secondColumns > 0 ? 1 : 0)].Run(call);
    }

    private static void Shape(byte* configuration, int tile, int rows, int rowBytes)
    {
        *(ushort*)(configuration + 16 + 2 * tile) = (ushort)rowBytes;
        configuration[48 + tile] = (byte)rows;
    }

    private static bool IsThere()
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
