using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Operands as a <see cref="TileUnit"/> reads them, from float32 (rounded) or bfloat16. Left: steps of depth, each 16 rows of 32, so that
/// a row of a step is one line of the cache. Right: panels of 32 columns in pairs of depth, [depth / 2][32][2]. What the source lacks
/// is zero.
/// </summary>
internal static unsafe class BFloat16Packing
{
    /// <summary>Elements of one step of a block of a left operand.</summary>
    public const int LeftStep = TileUnit.Rows * TileUnit.DepthStep;

    /// <summary>Elements of one step of a panel of a right operand.</summary>
    public const int RightStep = TileUnit.Columns * TileUnit.DepthStep;

    /// <summary>Elements of one pair of depth of a panel.</summary>
    public const int PairElements = 2 * TileUnit.Columns;

    /// <summary>Rows of the left operand that lie along its depth, <paramref name="step"/> elements apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Left<T>(T* source, nint step, int rows, int depth, ushort* target) where T : unmanaged
    {
        if (typeof(T) == typeof(float) && RoundingUnit.IsSupported)
        {
            RoundingUnit.Left((float*)source, step, rows, depth, target);
            return;
        }
        for (var i = 0; i < rows; i++, source += step, target += TileUnit.DepthStep)
        {
            var to = target;
            for (var p = 0; p < depth; p += TileUnit.DepthStep, to += LeftStep) BFloat16Vectors.Along(source + p, depth - p).Store((uint*)to);
        }
    }

    /// <summary>Columns <paramref name="start"/> .. + <paramref name="rows"/> of a source of <paramref name="depth"/> rows as rows of the left operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LeftTransposed<T, TRows>(TRows source, int start, int rows, int depth, ushort* target) where T : unmanaged where TRows : struct, IRowSource<T>
    {
        if (sizeof(T) == sizeof(ushort) && rows == TileUnit.Rows)
        {
            var zeros = Vector256<ushort>.Zero;
            var lines = stackalloc ushort*[TileUnit.DepthStep];
            for (var p = 0; p < depth; p += TileUnit.DepthStep, target += LeftStep)
            {
                for (var i = 0; i < TileUnit.DepthStep; i++)
                {
                    var row = p + i < depth ? source[p + i] : null;
                    lines[i] = row == null ? (ushort*)&zeros : (ushort*)row + start;
                }
                LeftTransposed(lines, 0, target);
            }
            return;
        }
        var block = stackalloc Vector512<uint>[16];
        for (var p = 0; p < depth; p += TileUnit.DepthStep, target += LeftStep)
        {
            for (var i = 0; i < 16; i++) block[i] = Pair<T, TRows>(source, p + 2 * i, depth, start, rows);
            BFloat16Vectors.Transpose(block);
            for (var i = 0; i < rows; i++) block[i].Store((uint*)target + i * 16);
        }
    }

    /// <summary>Columns <paramref name="start"/> .. + 16 of rows that lie where a table says as one step of the left operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LeftTransposed(ushort** rows, nint start, ushort* target)
    {
        BFloat16Vectors.Transpose(rows, start, target);
        BFloat16Vectors.Transpose(rows, start + 8, target + LeftStep / 2);
    }

    /// <summary>Columns <paramref name="start"/> .. + <paramref name="columns"/> of a source of <paramref name="depth"/> rows, as <paramref name="pairs"/> pairs of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Right<T, TRows>(TRows source, int start, int columns, int depth, int pairs, ushort* target) where T : unmanaged where TRows : struct, IRowSource<T>
    {
        for (var pair = 0; pair < pairs; pair++, target += PairElements)
        {
            if (sizeof(T) == sizeof(ushort) && columns == TileUnit.Columns && 2 * pair + 1 < depth)
            {
                T* even = source[2 * pair], odd = source[2 * pair + 1];
                if (even != null && odd != null)
                {
                    BFloat16Vectors.Interleave((ushort*)even + start, (ushort*)odd + start, target);
                    continue;
                }
            }
            Pair<T, TRows>(source, 2 * pair, depth, start, columns).Store((uint*)target);
            if (columns > 16) Pair<T, TRows>(source, 2 * pair, depth, start + 16, columns - 16).Store((uint*)target + 16);
        }
    }

    /// <summary>
    /// Columns <paramref name="start"/> .. + 32 of rows that lie where a table says, as <paramref name="pairs"/> pairs of a panel, the even columns in its first half,
    /// the odd ones in its second: nothing has to change places for that.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RightSplit(ushort** rows, nint start, int pairs, ushort* target)
    {
        var low = Vector512.Create(0xFFFFu);
        for (var pair = 0; pair < pairs; pair++, rows += 2, target += PairElements)
        {
            Vector512<uint> even = Vector512.Load((uint*)(rows[0] + start)), odd = Vector512.Load((uint*)(rows[1] + start));
            Vector512.ConditionalSelect(low, even, odd << 16).Store((uint*)target);
            Vector512.ConditionalSelect(low, even >>> 16, odd).Store((uint*)target + 16);
        }
    }

    /// <summary>Rows of a source, along the depth, as columns of a panel of <paramref name="pairs"/> pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RightTransposed<T, TRows>(TRows source, int columns, int depth, int pairs, ushort* target) where T : unmanaged where TRows : struct, IRowSource<T>
    {
        var block = stackalloc Vector512<uint>[16];
        for (var half = 0; half < columns; half += 16)
        {
            for (var pair = 0; pair < pairs; pair += 16)
            {
                for (var i = 0; i < 16; i++)
                {
                    var row = half + i < columns ? source[half + i] : null;
                    block[i] = row == null ? Vector512<uint>.Zero : BFloat16Vectors.Along(row + 2 * pair, depth - 2 * pair);
                }
                BFloat16Vectors.Transpose(block);
                var to = (uint*)target + pair * TileUnit.Columns + half;
                for (var i = 0; i < Math.Min(16, pairs - pair); i++) block[i].Store(to + i * TileUnit.Columns);
            }
        }
    }

    /// <summary>Pairs (0, 1), (2, 3) ... of a panel become pairs (1, 2), (3, 4) ...; the last is arbitrary then.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void NextPairs(ushort* panel, int pairs)
    {
        var here = (uint*)panel;
        for (var i = 0; i < (pairs - 1) * TileUnit.Columns; i += 16)
            ((Vector512.Load(here + i) >>> 16) | (Vector512.Load(here + i + TileUnit.Columns) << 16)).Store(here + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Pair<T, TRows>(TRows source, int row, int rows, int start, int columns) where T : unmanaged where TRows : struct, IRowSource<T>
    {
        T* even = row < rows ? source[row] : null, odd = row + 1 < rows ? source[row + 1] : null;
        return BFloat16Vectors.Across(even == null ? null : even + start, odd == null ? null : odd + start, columns);
    }
}
