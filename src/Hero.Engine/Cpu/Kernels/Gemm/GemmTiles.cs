using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hero.Cpu.Kernels;

/// <summary>The tile of a given height (1 to <c>TSimd.MaxRows</c>) and width (1 or 2 vectors).</summary>
internal static unsafe class GemmTiles<TSimd, TVector, T>
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    /// <summary>Elements in a vector.</summary>
    public static int Lanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => sizeof(TVector) / sizeof(T);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(int rows, int vectors, TileOperands* operands)
    {
        if (operands->LeftTransposed)
        {
            if (vectors > 1) RunTransposed<N2>(rows, operands);
            else RunTransposed<N1>(rows, operands);
        }
        else if (vectors > 1)
        {
            Run<N2>(rows, operands);
        }
        else
        {
            Run<N1>(rows, operands);
        }
    }

    /// <summary>The same over packed operands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RunPacked<TLeft>(int rows, int vectors, PackedOperands* operands) where TLeft : struct, ILeftStrips<T>
    {
        if (vectors > 1) RunPacked<N2, TLeft>(rows, operands);
        else RunPacked<N1, TLeft>(rows, operands);
    }

    private static void RunPacked<TColumns, TLeft>(int rows, PackedOperands* operands)
        where TColumns : unmanaged
        where TLeft : struct, ILeftStrips<T>
    {
        switch (rows)
        {
            case 1: GemmTile.RunPacked<TSimd, TVector, T, N1, TColumns, TLeft>(operands); break;
            case 2: GemmTile.RunPacked<TSimd, TVector, T, N2, TColumns, TLeft>(operands); break;
            case 3: GemmTile.RunPacked<TSimd, TVector, T, N3, TColumns, TLeft>(operands); break;
            case 4: GemmTile.RunPacked<TSimd, TVector, T, N4, TColumns, TLeft>(operands); break;
            case 5: GemmTile.RunPacked<TSimd, TVector, T, N5, TColumns, TLeft>(operands); break;
            case 6: GemmTile.RunPacked<TSimd, TVector, T, N6, TColumns, TLeft>(operands); break;
            case 7: GemmTile.RunPacked<TSimd, TVector, T, N7, TColumns, TLeft>(operands); break;
            case 8: GemmTile.RunPacked<TSimd, TVector, T, N8, TColumns, TLeft>(operands); break;
            case 9: GemmTile.RunPacked<TSimd, TVector, T, N9, TColumns, TLeft>(operands); break;
            case 10: GemmTile.RunPacked<TSimd, TVector, T, N10, TColumns, TLeft>(operands); break;
            case 11: GemmTile.RunPacked<TSimd, TVector, T, N11, TColumns, TLeft>(operands); break;
            case 12: GemmTile.RunPacked<TSimd, TVector, T, N12, TColumns, TLeft>(operands); break;
            case 13: GemmTile.RunPacked<TSimd, TVector, T, N13, TColumns, TLeft>(operands); break;
            case 14: GemmTile.RunPacked<TSimd, TVector, T, N14, TColumns, TLeft>(operands); break;
        }
    }

    private static void Run<TColumns>(int rows, TileOperands* operands) where TColumns : unmanaged
    {
        switch (rows)
        {
            case 1: GemmTile.Run<TSimd, TVector, T, N1, TColumns>(operands); break;
            case 2: GemmTile.Run<TSimd, TVector, T, N2, TColumns>(operands); break;
            case 3: GemmTile.Run<TSimd, TVector, T, N3, TColumns>(operands); break;
            case 4: GemmTile.Run<TSimd, TVector, T, N4, TColumns>(operands); break;
            case 5: GemmTile.Run<TSimd, TVector, T, N5, TColumns>(operands); break;
            case 6: GemmTile.Run<TSimd, TVector, T, N6, TColumns>(operands); break;
            case 7: GemmTile.Run<TSimd, TVector, T, N7, TColumns>(operands); break;
            case 8: GemmTile.Run<TSimd, TVector, T, N8, TColumns>(operands); break;
            case 9: GemmTile.Run<TSimd, TVector, T, N9, TColumns>(operands); break;
            case 10: GemmTile.Run<TSimd, TVector, T, N10, TColumns>(operands); break;
            case 11: GemmTile.Run<TSimd, TVector, T, N11, TColumns>(operands); break;
            case 12: GemmTile.Run<TSimd, TVector, T, N12, TColumns>(operands); break;
            case 13: GemmTile.Run<TSimd, TVector, T, N13, TColumns>(operands); break;
            case 14: GemmTile.Run<TSimd, TVector, T, N14, TColumns>(operands); break;
        }
    }

    private static void RunTransposed<TColumns>(int rows, TileOperands* operands) where TColumns : unmanaged
    {
        switch (rows)
        {
            case 1: GemmTile.RunTransposed<TSimd, TVector, T, N1, TColumns>(operands); break;
            case 2: GemmTile.RunTransposed<TSimd, TVector, T, N2, TColumns>(operands); break;
            case 3: GemmTile.RunTransposed<TSimd, TVector, T, N3, TColumns>(operands); break;
            case 4: GemmTile.RunTransposed<TSimd, TVector, T, N4, TColumns>(operands); break;
            case 5: GemmTile.RunTransposed<TSimd, TVector, T, N5, TColumns>(operands); break;
            case 6: GemmTile.RunTransposed<TSimd, TVector, T, N6, TColumns>(operands); break;
            case 7: GemmTile.RunTransposed<TSimd, TVector, T, N7, TColumns>(operands); break;
            case 8: GemmTile.RunTransposed<TSimd, TVector, T, N8, TColumns>(operands); break;
            case 9: GemmTile.RunTransposed<TSimd, TVector, T, N9, TColumns>(operands); break;
            case 10: GemmTile.RunTransposed<TSimd, TVector, T, N10, TColumns>(operands); break;
            case 11: GemmTile.RunTransposed<TSimd, TVector, T, N11, TColumns>(operands); break;
            case 12: GemmTile.RunTransposed<TSimd, TVector, T, N12, TColumns>(operands); break;
            case 13: GemmTile.RunTransposed<TSimd, TVector, T, N13, TColumns>(operands); break;
            case 14: GemmTile.RunTransposed<TSimd, TVector, T, N14, TColumns>(operands); break;
        }
    }
}

[StructLayout(LayoutKind.Sequential, Size = 1)]
internal struct N1;

[StructLayout(LayoutKind.Sequential, Size = 2)]
internal struct N2;

[StructLayout(LayoutKind.Sequential, Size = 3)]
internal struct N3;

[StructLayout(LayoutKind.Sequential, Size = 4)]
internal struct N4;

[StructLayout(LayoutKind.Sequential, Size = 5)]
internal struct N5;

[StructLayout(LayoutKind.Sequential, Size = 6)]
internal struct N6;

[StructLayout(LayoutKind.Sequential, Size = 7)]
internal struct N7;

[StructLayout(LayoutKind.Sequential, Size = 8)]
internal struct N8;

[StructLayout(LayoutKind.Sequential, Size = 9)]
internal struct N9;

[StructLayout(LayoutKind.Sequential, Size = 10)]
internal struct N10;

[StructLayout(LayoutKind.Sequential, Size = 11)]
internal struct N11;

[StructLayout(LayoutKind.Sequential, Size = 12)]
internal struct N12;

[StructLayout(LayoutKind.Sequential, Size = 13)]
internal struct N13;

[StructLayout(LayoutKind.Sequential, Size = 14)]
internal struct N14;
