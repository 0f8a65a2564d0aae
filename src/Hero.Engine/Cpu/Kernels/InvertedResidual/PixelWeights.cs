namespace Hero.Cpu.Kernels;

/// <summary>
/// The packed weights of a pointwise convolution inside a block: a <see cref="PackedMatrix{T}"/> of float32, or a
/// <see cref="BFloat16Matrix"/> for the matrix unit.
/// </summary>
internal readonly unsafe struct PixelWeights(void* data, int depth, int columns, bool inBFloat16)
{
    /// <summary>Bytes of the unit's products that are held while they are in the second-level cache: in the first-level one there is room for few, and each call of the unit has its price.</summary>
    private const int HeldBytes = 192 * 1024;

    /// <summary>Rows of a pair of the unit's tiles.</summary>
    private const int UnitRows = 2 * TileUnit.Rows;

    /// <summary>Columns that lie together in either form; slices begin at multiples of it.</summary>
    public static int PanelWidth => PackedMatrix<float>.PanelWidth;

    /// <summary>The weights behind these, where several lie one after the other.</summary>
    public void* Next => inBFloat16 ? (ushort*)data + BFloat16Matrix.Size(depth, columns) : (float*)data + PackedMatrix<float>.Size(depth, columns);

    public PixelWeights Slice(int start, int count) => inBFloat16
        ? new(new BFloat16Matrix((ushort*)data, depth, columns).Slice(start, count).Data, depth, count, true)
        : new(new PackedMatrix<float>((float*)data, depth, columns).Slice(start, count).Data, depth, count, false);

    /// <summary>
    /// C = hold(A B + bias): a number for each column, and two that results are held between; see <see cref="PackedMatrix{T}.MultiplyHeld"/>. Where
    /// there is a <paramref name="packed"/> form of A for the unit (<see cref="BFloat16Matrix.PackLeft"/>), that is read.
    /// </summary>
    public void MultiplyHeld(float* a, nint stepA, ushort* packed, float* c, nint stepC, int rows, float* bias, float* range)
    {
        if (!inBFloat16)
        {
            new PackedMatrix<float>((float*)data, depth, columns).MultiplyHeld(a, stepA, c, stepC, rows, bias, range);
            return;
        }
        var block = Math.Max(1, HeldBytes / sizeof(float) / columns / UnitRows) * UnitRows;
        for (var row = 0; row < rows; row += block)
        {
            var count = Math.Min(block, rows - row);
            if (packed == null) Multiply(a + row * stepA, stepA, c + row * stepC, stepC, count, accumulate: false);
            else MultiplyPacked(packed + BFloat16Matrix.LeftSize(row, depth), c + row * stepC, stepC, count, accumulate: false);
            BiasedRows.Hold(c + row * stepC, stepC, count, columns, bias, range[0], range[1]);
        }
    }

    /// <summary>Weights in bfloat16 only: see <see cref="BFloat16Matrix.MultiplyPacked"/>.</summary>
    public void MultiplyPacked(ushort* packed, float* c, nint stepC, int rows, bool accumulate) =>
        new BFloat16Matrix((ushort*)data, depth, columns).MultiplyPacked(packed, c, stepC, rows, accumulate);

    /// <summary>See <see cref="PackedMatrix{T}.Multiply"/>.</summary>
    public void Multiply(float* a, nint stepA, float* c, nint stepC, int rows, bool accumulate)
    {
        if (inBFloat16) new BFloat16Matrix((ushort*)data, depth, columns).Multiply(a, stepA, c, stepC, rows, accumulate);
        else new PackedMatrix<float>((float*)data, depth, columns).Multiply(a, stepA, c, stepC, rows, accumulate);
    }
}
