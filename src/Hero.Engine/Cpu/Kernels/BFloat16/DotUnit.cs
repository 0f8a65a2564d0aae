using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>AVX512-BF16: dot products of pairs in ordinary vectors.</summary>
internal static unsafe class DotUnit
{
    // [rows - 1][one or two vectors of columns]
    private static TileRoutine* routines;

    /// <summary>
    /// Whether the instruction does more than float32's multiply-add: AMD's do twice its work in the same time; on Intel's, where AMX is for
    /// this, a product took twice as long as in float32 (Sapphire Rapids).
    /// </summary>
    public static bool IsFast => Vector512.IsHardwareAccelerated && X86Base.IsSupported && X86Base.CpuId(0, 0).Ebx == BitConverter.ToInt32("Auth"u8);   // AuthenticAMD

    /// <summary>Assembles the code; false where the processor has no such instructions.</summary>
    public static bool Prepare()
    {
        if (!RoundingUnit.IsThere()) return false;
        var prepared = (TileRoutine*)NativeMemory.Alloc(2 * DotAssembly.Rows, (nuint)sizeof(TileRoutine));
        for (var i = 0; i < 2 * DotAssembly.Rows; i++)
        {
            var code = CodeMemory.Place(DotAssembly.Assemble(rows: 1 + i / 2, columnVectors: 1 + i % 2));
            if (code == null) return false;
            prepared[i] = new(code);
        }
        routines = prepared;
        return true;
    }

    public static void Run(TileCall* call, int rows, int columns, int depthStep, bool inPairs)
    {
        var vectors = columns > 16 ? 2 : 1;
        call->ColumnMask = (nint)(0xFFFFu >> (16 * vectors - columns));
        call->PairsPerStep = depthStep / 2;
        var count = call->Count;
        byte* left = call->Left, output = call->Output;
        if (inPairs) call->Count *= 2;
        // As many rows at a time as there are registers for.
        var pieces = GemmPlan.Up(rows, DotAssembly.Rows);
        for (var piece = 0; piece < pieces; piece++)
        {
            int start = GemmPlan.Cut(rows, pieces, piece), height = GemmPlan.Cut(rows, pieces, piece + 1) - start;
            call->Left = left + start * call->LeftRowStep;
            call->Output = output + start * call->OutputRowStep;
            routines[2 * (height - 1) + vectors - 1].Run(call);
        }
        call->Count = count;
        call->Left = left;
        call->Output = output;
    }
}
