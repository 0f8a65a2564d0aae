using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// What <see cref="PackedMatrix{T}"/> is to float32 products: the right operand [depth, columns] of products for the matrix unit, rounded
/// and packed once. Whoever packs provides <see cref="Size"/> elements.
/// </summary>
internal readonly unsafe struct BFloat16Matrix(ushort* data, int depth, int columns) : IPackedMatrix<BFloat16Matrix, float>
{
    /// <summary>Bytes of the left operand that are packed at a time.</summary>
    private const int BlockBytes = 48 * 1024;

    private readonly int steps = GemmPlan.Up(depth, TileUnit.DepthStep);

    public ushort* Data { get; } = data;

    /// <inheritdoc/>
    public static int PanelWidth => TileUnit.Columns;

    public static int ElementSize => sizeof(ushort);

    /// <summary>Elements of the packed form, padding included.</summary>
    public static nint Size(int depth, int columns) => (nint)GemmPlan.Up(columns, PanelWidth) * GemmPlan.Up(depth, TileUnit.DepthStep) * BFloat16Packing.RightStep;

    public static nint Bytes(int depth, int columns) => Size(depth, columns) * sizeof(ushort);

    public static BFloat16Matrix At(void* data, int depth, int columns) => new((ushort*)data, depth, columns);

    public void Pack(float* source, nint step, bool transposed) => Pack<float>(source, step, transposed);

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
    /// Rounds a part [<paramref name="rows"/>, <paramref name="columns"/>] of a left operand of some depth to its place in the packed form, on the calling thread. It begins at
    /// any row and at a column that is a multiple of <see cref="TileUnit.DepthStep"/>, and ends at another or with the operand.
    /// </summary>
    public static void PackLeftPart(float* part, int row, int rows, int column, int columns, int depth, ushort* packed)
    {
        var tileElements = TileElements(GemmPlan.Up(depth, TileUnit.DepthStep));
        packed += column / TileUnit.DepthStep * BFloat16Packing.LeftStep;
        for (var end = row + rows; row < end;)
        {
            var (tile, place) = Math.DivRem(row, TileUnit.Rows);
            var count = Math.Min(TileUnit.Rows - place, end - row);
            BFloat16Packing.Left(part, columns, count, columns, packed + tile * tileElements + place * TileUnit.DepthStep);
            row += count;
            part += (nint)count * columns;
        }
    }

    /// <summary>As <see cref="IPackedMatrix{TSelf, T}.Multiply"/>; A is rounded on the way.</summary>
    public void Multiply(float* a, nint stepA, float* c, nint stepC, int rows, bool accumulate) =>
        Multiply(a, stepA, c, stepC, rows, null, new(0, columns, 0, 1), accumulate);

    /// <summary>As <see cref="IPackedMatrix{TSelf, T}.MultiplyBiased"/>; A is rounded on the way.</summary>
    public void MultiplyBiased(float* a, nint stepA, float* c, nint stepC, int rows, float* bias, in ColumnSlices slices) =>
        Multiply(a, stepA, c, stepC, rows, bias, slices, accumulate: false);

    /// <summary>C = A B or C += A B with the left operand packed, or with tiles of it from one of them on.</summary>
    public void MultiplyPacked(ushort* packed, float* c, nint stepC, int rows, bool accumulate) => new BFloat16Block
    {
        Rows = rows, Columns = columns, Height = TileUnit.Rows, Steps = steps,
        TileStep = TileElements(steps) * sizeof(ushort), PanelStep = (nint)steps * BFloat16Packing.RightStep * sizeof(ushort),
    }.Multiply((byte*)packed, (byte*)Data, c, stepC, accumulate);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply(float* a, nint stepA, float* c, nint stepC, int rows, float* bias, in ColumnSlices slices, bool accumulate)
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
                BFloat16Packing.Left(a + start * stepA, stepA, height, depth, packed + tile * tileElements);
            }
            for (var i = 0; i < slices.Count; i++)
            {
                var first = slices.Start + i * slices.Step;
                var output = c + row * stepC + i * slices.Width;
                if (bias != null)
                    for (var r = 0; r < count; r++) new ReadOnlySpan<float>(bias + first, slices.Width).CopyTo(new Span<float>(output + r * stepC, slices.Width));
                Slice(first, slices.Width).MultiplyPacked(packed, output, stepC, count, accumulate || bias != null);
            }
        }
    }

    private static nint TileElements(int steps) => (nint)steps * BFloat16Packing.LeftStep;
}
