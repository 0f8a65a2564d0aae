using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// What <see cref="PackedMatrix{T}"/> is to float32 products: the right operand [depth, columns] of products for the matrix unit, rounded
/// and packed once. Whoever packs provides <see cref="Size"/> elements.
/// </summary>
internal readonly unsafe struct BFloat16Matrix(ushort* data, int depth, int columns)
{
    /// <summary>Bytes of the left operand that are packed at a time.</summary>
    private const int BlockBytes = 48 * 1024;

    private readonly int steps = GemmPlan.Up(depth, TileUnit.DepthStep);

    public ushort* Data { get; } = data;

    /// <summary>Columns that lie together; slices begin at multiples of it.</summary>
    public const int PanelWidth = TileUnit.Columns;

    /// <summary>Elements of the packed form, padding included.</summary>
    public static nint Size(int depth, int columns) => (nint)GemmPlan.Up(columns, PanelWidth) * GemmPlan.Up(depth, TileUnit.DepthStep) * BFloat16Packing.RightStep;

    /// <summary>
    /// Fills <see cref="Data"/>, on the team, from float32 or bfloat16. The source is [depth, columns], or [columns, depth] when it is
    /// <paramref name="transposed"/>; its rows are <paramref name="step"/> elements apart.
    /// </summary>
    public void Pack<T>(T* source, nint step, bool transposed) where T : unmanaged =>
        new BFloat16Operands<T> { B = source, N = columns, K = depth, TransposeB = transposed, StepB = step, Height = TileUnit.Rows }.Pack(null, Data);

    /// <summary>Columns <paramref name="start"/> (a multiple of <see cref="PanelWidth"/>) to start + <paramref name="count"/>.</summary>
    public BFloat16Matrix Slice(int start, int count) => new(Data + (nint)start / PanelWidth * steps * BFloat16Packing.RightStep, depth, count);

    /// <summary>Elements of a packed left operand [rows, depth].</summary>
    public static nint LeftSize(int rows, int depth) => (nint)GemmPlan.Up(rows, TileUnit.Rows) * TileElements(GemmPlan.Up(depth, TileUnit.DepthStep));

    /// <summary>Rounds and packs a left operand [rows, depth], on the team, for several products with it: see <see cref="MultiplyPacked"/>.</summary>
    public static void PackLeft(float* a, int rows, int depth, ushort* packed) =>
        new BFloat16Operands<float> { A = a, M = rows, K = depth, Height = TileUnit.Rows }.Pack(packed, null);

    /// <summary>
    /// C = A B, or C += A B with <paramref name="accumulate"/>, on the calling thread alone; A is rounded on the way. A is [rows, depth] and C
    /// [rows, columns]; their rows are so many elements apart. C overlaps neither operand.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Multiply(float* a, nint stepA, float* c, nint stepC, int rows, bool accumulate)
    {
        var tileElements = TileElements(steps);
        var most = (int)Math.Max(2, BlockBytes / (tileElements * sizeof(ushort))) * TileUnit.Rows;
        var packed = (ushort*)Scratch.Get(2, GemmPlan.Up(Math.Min(rows, most), TileUnit.Rows) * tileElements * sizeof(ushort));
        for (var row = 0; row < rows; row += most)
        {
            var count = Math.Min(most, rows - row);
            for (int start = row, tile = 0; start < row + count; start += TileUnit.Rows, tile++)
            {
                var height = Math.Min(TileUnit.Rows, row + count - start);
                BFloat16Packing.Left<float, EvenRows<float>>(new(a + start * stepA, stepA, height), height, depth, packed + tile * tileElements);
            }
            MultiplyPacked(packed, c + row * stepC, stepC, count, accumulate);
        }
    }

    /// <summary>The same with the left operand packed, or with tiles of it from one of them on.</summary>
    public void MultiplyPacked(ushort* packed, float* c, nint stepC, int rows, bool accumulate) => new BFloat16Block
    {
        Rows = rows, Columns = columns, Height = TileUnit.Rows, Steps = steps,
        TileStep = TileElements(steps) * sizeof(ushort), PanelStep = (nint)steps * BFloat16Packing.RightStep * sizeof(ushort),
    }.Multiply((byte*)packed, (byte*)Data, c, stepC, accumulate);

    private static nint TileElements(int steps) => (nint)steps * BFloat16Packing.LeftStep;
}
