using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>What one thread does of a matrix product: tiles over a block of rows, columns and the inner dimension.</summary>
internal static unsafe class GemmBlock<TSimd, TVector, T>
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged, INumber<T>
{
    /// <summary>The longest inner dimension a tile goes through at once ...</summary>
    private const int MaxDepth = 1024;

    /// <summary>... and the bytes of packed right operand that all rows go over before the next: half of a second-level cache.</summary>
    private const int RightBytes = 1024 * 1024;

    private static int Lanes => sizeof(TVector) / sizeof(T);

    /// <summary>C = A B or C += A B; see <see cref="PackedMatrix{T}.Multiply"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Packed(PackedMatrix<T> b, T* a, nint stepA, T* c, nint stepC, int rows, bool accumulate)
    {
        if (b.Depth == 0 && !accumulate) for (var row = 0; row < rows; row++) new Span<T>(c + row * stepC, b.Columns).Clear();
        if (rows == 0 || b.Depth == 0) return;
        int depth = b.Depth, panels = GemmPlan.Up(b.Columns, 2 * Lanes), depthBlocks = GemmPlan.Up(depth, MaxDepth);
        var panelsPerBlock = Math.Max(1, RightBytes / (2 * sizeof(TVector) * GemmPlan.Up(depth, depthBlocks)));
        var height = GemmPlan.TileHeight(rows, TSimd.MaxRows);
        nint segment = 0;
        var operands = new TileOperands
        {
            Segments = &segment, SegmentCount = 1,
            LeftRowStep = stepA * sizeof(T), LeftDepthStep = sizeof(T), OutputStep = stepC * sizeof(T),
        };
        for (var firstPanel = 0; firstPanel < panels; firstPanel += panelsPerBlock)
        {
            var endPanel = Math.Min(panels, firstPanel + panelsPerBlock);
            for (var block = 0; block < depthBlocks; block++)
            {
                int from = GemmPlan.Cut(depth, depthBlocks, block), to = GemmPlan.Cut(depth, depthBlocks, block + 1);
                operands.SegmentLength = to - from;
                operands.Accumulate = accumulate || block > 0;
                for (var row = 0; row < rows; row += height)
                {
                    operands.Left = (byte*)(a + row * stepA + from);
                    for (var panel = firstPanel; panel < endPanel; panel++)
                    {
                        var columns = Math.Min(2 * Lanes, b.Columns - panel * 2 * Lanes);
                        var vectors = columns > Lanes ? 2 : 1;
                        operands.LastColumns = columns - (vectors - 1) * Lanes;
                        operands.RightStep = vectors * (nint)sizeof(TVector);
                        operands.Right = (byte*)(b.Data + (nint)panel * depth * 2 * Lanes + (nint)from * vectors * Lanes);
                        operands.Output = (byte*)(c + row * stepC + panel * 2 * Lanes);
                        GemmTiles<TSimd, TVector, T>.Run(Math.Min(height, rows - row), vectors, &operands);
                    }
                }
            }
        }
    }
}
