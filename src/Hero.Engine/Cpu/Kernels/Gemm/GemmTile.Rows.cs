using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>What tiles do with all their rows before and after their sums.</summary>
internal static unsafe partial class GemmTile
{
    /// <summary>Sums begin with what is in memory, row after row <paramref name="step"/> bytes apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReadRows<TSimd, TVector, T, TRows, TColumns>(
        byte* row, nint step, int last,
        ref TVector c0, ref TVector d0, ref TVector c1, ref TVector d1, ref TVector c2, ref TVector d2, ref TVector c3, ref TVector d3,
        ref TVector c4, ref TVector d4, ref TVector c5, ref TVector d5, ref TVector c6, ref TVector d6, ref TVector c7, ref TVector d7,
        ref TVector c8, ref TVector d8, ref TVector c9, ref TVector d9, ref TVector c10, ref TVector d10, ref TVector c11, ref TVector d11,
        ref TVector c12, ref TVector d12, ref TVector c13, ref TVector d13)
        where TSimd : struct, ITileVector<TVector, T>
        where TVector : unmanaged
        where T : unmanaged
        where TRows : unmanaged
        where TColumns : unmanaged
    {
        if (sizeof(TRows) > 0) { Read<TSimd, TVector, T, TColumns>(row, last, ref c0, ref d0); row += step; }
        if (sizeof(TRows) > 1) { Read<TSimd, TVector, T, TColumns>(row, last, ref c1, ref d1); row += step; }
        if (sizeof(TRows) > 2) { Read<TSimd, TVector, T, TColumns>(row, last, ref c2, ref d2); row += step; }
        if (sizeof(TRows) > 3) { Read<TSimd, TVector, T, TColumns>(row, last, ref c3, ref d3); row += step; }
        if (sizeof(TRows) > 4) { Read<TSimd, TVector, T, TColumns>(row, last, ref c4, ref d4); row += step; }
        if (sizeof(TRows) > 5) { Read<TSimd, TVector, T, TColumns>(row, last, ref c5, ref d5); row += step; }
        if (sizeof(TRows) > 6) { Read<TSimd, TVector, T, TColumns>(row, last, ref c6, ref d6); row += step; }
        if (sizeof(TRows) > 7) { Read<TSimd, TVector, T, TColumns>(row, last, ref c7, ref d7); row += step; }
        if (sizeof(TRows) > 8) { Read<TSimd, TVector, T, TColumns>(row, last, ref c8, ref d8); row += step; }
        if (sizeof(TRows) > 9) { Read<TSimd, TVector, T, TColumns>(row, last, ref c9, ref d9); row += step; }
        if (sizeof(TRows) > 10) { Read<TSimd, TVector, T, TColumns>(row, last, ref c10, ref d10); row += step; }
        if (sizeof(TRows) > 11) { Read<TSimd, TVector, T, TColumns>(row, last, ref c11, ref d11); row += step; }
        if (sizeof(TRows) > 12) { Read<TSimd, TVector, T, TColumns>(row, last, ref c12, ref d12); row += step; }
        if (sizeof(TRows) > 13) { Read<TSimd, TVector, T, TColumns>(row, last, ref c13, ref d13); row += step; }
    }

    /// <summary>Adds what is in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRows<TSimd, TVector, T, TRows, TColumns>(
        byte* row, nint step, int last,
        ref TVector c0, ref TVector d0, ref TVector c1, ref TVector d1, ref TVector c2, ref TVector d2, ref TVector c3, ref TVector d3,
        ref TVector c4, ref TVector d4, ref TVector c5, ref TVector d5, ref TVector c6, ref TVector d6, ref TVector c7, ref TVector d7,
        ref TVector c8, ref TVector d8, ref TVector c9, ref TVector d9, ref TVector c10, ref TVector d10, ref TVector c11, ref TVector d11,
        ref TVector c12, ref TVector d12, ref TVector c13, ref TVector d13)
        where TSimd : struct, ITileVector<TVector, T>
        where TVector : unmanaged
        where T : unmanaged
        where TRows : unmanaged
        where TColumns : unmanaged
    {
        if (sizeof(TRows) > 0) { Add<TSimd, TVector, T, TColumns>(row, last, ref c0, ref d0); row += step; }
        if (sizeof(TRows) > 1) { Add<TSimd, TVector, T, TColumns>(row, last, ref c1, ref d1); row += step; }
        if (sizeof(TRows) > 2) { Add<TSimd, TVector, T, TColumns>(row, last, ref c2, ref d2); row += step; }
        if (sizeof(TRows) > 3) { Add<TSimd, TVector, T, TColumns>(row, last, ref c3, ref d3); row += step; }
        if (sizeof(TRows) > 4) { Add<TSimd, TVector, T, TColumns>(row, last, ref c4, ref d4); row += step; }
        if (sizeof(TRows) > 5) { Add<TSimd, TVector, T, TColumns>(row, last, ref c5, ref d5); row += step; }
        if (sizeof(TRows) > 6) { Add<TSimd, TVector, T, TColumns>(row, last, ref c6, ref d6); row += step; }
        if (sizeof(TRows) > 7) { Add<TSimd, TVector, T, TColumns>(row, last, ref c7, ref d7); row += step; }
        if (sizeof(TRows) > 8) { Add<TSimd, TVector, T, TColumns>(row, last, ref c8, ref d8); row += step; }
        if (sizeof(TRows) > 9) { Add<TSimd, TVector, T, TColumns>(row, last, ref c9, ref d9); row += step; }
        if (sizeof(TRows) > 10) { Add<TSimd, TVector, T, TColumns>(row, last, ref c10, ref d10); row += step; }
        if (sizeof(TRows) > 11) { Add<TSimd, TVector, T, TColumns>(row, last, ref c11, ref d11); row += step; }
        if (sizeof(TRows) > 12) { Add<TSimd, TVector, T, TColumns>(row, last, ref c12, ref d12); row += step; }
        if (sizeof(TRows) > 13) { Add<TSimd, TVector, T, TColumns>(row, last, ref c13, ref d13); row += step; }
    }

    /// <summary>Holds sums between two numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void HoldRows<TSimd, TVector, T, TRows, TColumns>(
        TVector low, TVector high,
        ref TVector c0, ref TVector d0, ref TVector c1, ref TVector d1, ref TVector c2, ref TVector d2, ref TVector c3, ref TVector d3,
        ref TVector c4, ref TVector d4, ref TVector c5, ref TVector d5, ref TVector c6, ref TVector d6, ref TVector c7, ref TVector d7,
        ref TVector c8, ref TVector d8, ref TVector c9, ref TVector d9, ref TVector c10, ref TVector d10, ref TVector c11, ref TVector d11,
        ref TVector c12, ref TVector d12, ref TVector c13, ref TVector d13)
        where TSimd : struct, ITileVector<TVector, T>
        where TVector : unmanaged
        where T : unmanaged
        where TRows : unmanaged
        where TColumns : unmanaged
    {
        if (sizeof(TRows) > 0) Hold<TSimd, TVector, T, TColumns>(low, high, ref c0, ref d0);
        if (sizeof(TRows) > 1) Hold<TSimd, TVector, T, TColumns>(low, high, ref c1, ref d1);
        if (sizeof(TRows) > 2) Hold<TSimd, TVector, T, TColumns>(low, high, ref c2, ref d2);
        if (sizeof(TRows) > 3) Hold<TSimd, TVector, T, TColumns>(low, high, ref c3, ref d3);
        if (sizeof(TRows) > 4) Hold<TSimd, TVector, T, TColumns>(low, high, ref c4, ref d4);
        if (sizeof(TRows) > 5) Hold<TSimd, TVector, T, TColumns>(low, high, ref c5, ref d5);
        if (sizeof(TRows) > 6) Hold<TSimd, TVector, T, TColumns>(low, high, ref c6, ref d6);
        if (sizeof(TRows) > 7) Hold<TSimd, TVector, T, TColumns>(low, high, ref c7, ref d7);
        if (sizeof(TRows) > 8) Hold<TSimd, TVector, T, TColumns>(low, high, ref c8, ref d8);
        if (sizeof(TRows) > 9) Hold<TSimd, TVector, T, TColumns>(low, high, ref c9, ref d9);
        if (sizeof(TRows) > 10) Hold<TSimd, TVector, T, TColumns>(low, high, ref c10, ref d10);
        if (sizeof(TRows) > 11) Hold<TSimd, TVector, T, TColumns>(low, high, ref c11, ref d11);
        if (sizeof(TRows) > 12) Hold<TSimd, TVector, T, TColumns>(low, high, ref c12, ref d12);
        if (sizeof(TRows) > 13) Hold<TSimd, TVector, T, TColumns>(low, high, ref c13, ref d13);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteRows<TSimd, TVector, T, TRows, TColumns>(
        byte* row, nint step, int last,
        TVector c0, TVector d0, TVector c1, TVector d1, TVector c2, TVector d2, TVector c3, TVector d3,
        TVector c4, TVector d4, TVector c5, TVector d5, TVector c6, TVector d6, TVector c7, TVector d7,
        TVector c8, TVector d8, TVector c9, TVector d9, TVector c10, TVector d10, TVector c11, TVector d11,
        TVector c12, TVector d12, TVector c13, TVector d13)
        where TSimd : struct, ITileVector<TVector, T>
        where TVector : unmanaged
        where T : unmanaged
        where TRows : unmanaged
        where TColumns : unmanaged
    {
        if (sizeof(TRows) > 0) { Write<TSimd, TVector, T, TColumns>(row, last, c0, d0); row += step; }
        if (sizeof(TRows) > 1) { Write<TSimd, TVector, T, TColumns>(row, last, c1, d1); row += step; }
        if (sizeof(TRows) > 2) { Write<TSimd, TVector, T, TColumns>(row, last, c2, d2); row += step; }
        if (sizeof(TRows) > 3) { Write<TSimd, TVector, T, TColumns>(row, last, c3, d3); row += step; }
        if (sizeof(TRows) > 4) { Write<TSimd, TVector, T, TColumns>(row, last, c4, d4); row += step; }
        if (sizeof(TRows) > 5) { Write<TSimd, TVector, T, TColumns>(row, last, c5, d5); row += step; }
        if (sizeof(TRows) > 6) { Write<TSimd, TVector, T, TColumns>(row, last, c6, d6); row += step; }
        if (sizeof(TRows) > 7) { Write<TSimd, TVector, T, TColumns>(row, last, c7, d7); row += step; }
        if (sizeof(TRows) > 8) { Write<TSimd, TVector, T, TColumns>(row, last, c8, d8); row += step; }
        if (sizeof(TRows) > 9) { Write<TSimd, TVector, T, TColumns>(row, last, c9, d9); row += step; }
        if (sizeof(TRows) > 10) { Write<TSimd, TVector, T, TColumns>(row, last, c10, d10); row += step; }
        if (sizeof(TRows) > 11) { Write<TSimd, TVector, T, TColumns>(row, last, c11, d11); row += step; }
        if (sizeof(TRows) > 12) { Write<TSimd, TVector, T, TColumns>(row, last, c12, d12); row += step; }
        if (sizeof(TRows) > 13) { Write<TSimd, TVector, T, TColumns>(row, last, c13, d13); row += step; }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read<TSimd, TVector, T, TColumns>(byte* row, int last, ref TVector c, ref TVector d)
        where TSimd : struct, ITileVector<TVector, T>
        where TVector : unmanaged
        where T : unmanaged
        where TColumns : unmanaged
    {
        if (sizeof(TColumns) > 1)
        {
            c = TSimd.Load((T*)row);
            d = TSimd.LoadFirst((T*)(row + sizeof(TVector)), last);
        }
        else
        {
            c = TSimd.LoadFirst((T*)row, last);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TSimd, TVector, T, TColumns>(byte* row, int last, ref TVector c, ref TVector d)
        where TSimd : struct, ITileVector<TVector, T>
        where TVector : unmanaged
        where T : unmanaged
        where TColumns : unmanaged
    {
        TVector x = default, y = default;
        Read<TSimd, TVector, T, TColumns>(row, last, ref x, ref y);
        c = TSimd.Add(x, c);
        if (sizeof(TColumns) > 1) d = TSimd.Add(y, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Hold<TSimd, TVector, T, TColumns>(TVector low, TVector high, ref TVector c, ref TVector d)
        where TSimd : struct, ITileVector<TVector, T>
        where TVector : unmanaged
        where T : unmanaged
        where TColumns : unmanaged
    {
        c = TSimd.Clamp(c, low, high);
        if (sizeof(TColumns) > 1) d = TSimd.Clamp(d, low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<TSimd, TVector, T, TColumns>(byte* row, int last, TVector c, TVector d)
        where TSimd : struct, ITileVector<TVector, T>
        where TVector : unmanaged
        where T : unmanaged
        where TColumns : unmanaged
    {
        if (sizeof(TColumns) > 1)
        {
            TSimd.Store(c, (T*)row);
            TSimd.StoreFirst(d, (T*)(row + sizeof(TVector)), last);
        }
        else
        {
            TSimd.StoreFirst(c, (T*)row, last);
        }
    }
}
