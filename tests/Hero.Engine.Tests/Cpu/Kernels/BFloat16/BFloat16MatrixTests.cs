using Hero.Cpu.Kernels;

namespace Hero.Engine.Tests.Cpu.Kernels;

public sealed unsafe class BFloat16MatrixTests
{
    [SkippableTheory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 7, 5)]
    [InlineData(32, 64, 7)]
    [InlineData(13, 33, 17)]
    [InlineData(49, 31, 129)]
    [InlineData(29, 100, 64)]
    [InlineData(67, 2, 2100)]
    [InlineData(500, 70, 33)]
    public void Multiplies_rounded_operands_as_a_plain_loop(int rows, int columns, int depth)
    {
        RequireUnit();
        foreach (var transposed in new[] { false, true })
        {
            foreach (var accumulate in new[] { false, true }) Check(rows, columns, depth, transposed, accumulate);
        }
    }

    [SkippableFact]
    public void Slices_multiply_their_own_columns()
    {
        RequireUnit();
        int rows = 9, depth = 70, width = BFloat16Matrix.PanelWidth, columns = 4 * width + 1;
        using GuardedBuffer<float> a = new(PackedProduct.Values(rows * depth, 1)), b = new(PackedProduct.Values(depth * columns, 2));
        using GuardedBuffer<float> whole = new(rows * columns), slices = new(rows * columns), memory = new((int)BFloat16Matrix.Size(depth, columns) / 2);
        var packed = new BFloat16Matrix((ushort*)memory.Data, depth, columns);
        packed.Pack(b.Data, columns, transposed: false);
        packed.Multiply(a.Data, depth, whole.Data, columns, rows, accumulate: false);
        for (var start = 0; start < columns; start += 2 * width)
            packed.Slice(start, Math.Min(2 * width, columns - start)).Multiply(a.Data, depth, slices.Data + start, columns, rows, accumulate: false);
        Assert.Equal(whole.ToArray(), slices.ToArray());
    }

    [SkippableFact]
    public void A_left_operand_packed_in_parts_is_that_packed_at_once()
    {
        RequireUnit();
        int rows = 45, depth = 79, size = (int)BFloat16Matrix.LeftSize(rows, depth);
        using GuardedBuffer<float> a = new(PackedProduct.Values(rows * depth, 1)), whole = new(size / 2), parts = new(size / 2);
        new Span<float>(whole.Data, size / 2).Clear();
        new Span<float>(parts.Data, size / 2).Clear();
        BFloat16Matrix.PackLeft(a.Data, rows, depth, (ushort*)whole.Data);
        foreach (var (row, count) in new[] { (19, 26), (0, 3), (3, 16) })
        {
            foreach (var (column, columns) in new[] { (0, 32), (32, 47) })
            {
                using var part = new GuardedBuffer<float>(count * columns);
                for (var i = 0; i < part.Length; i++) part.Data[i] = a.Data[(row + i / columns) * depth + column + i % columns];
                BFloat16Matrix.PackLeftPart(part.Data, row, count, column, columns, depth, (ushort*)parts.Data);
            }
        }
        Assert.Equal(whole.ToArray().Select(BitConverter.SingleToInt32Bits), parts.ToArray().Select(BitConverter.SingleToInt32Bits));
    }

    private static void Check(int rows, int columns, int depth, bool transposed, bool accumulate)
    {
        var problem = new PackedProduct(rows, columns, depth, transposed, accumulate);
        using GuardedBuffer<float> left = new(problem.A), right = new(problem.B), c = new(problem.C), memory = new((int)BFloat16Matrix.Size(depth, columns) / 2);
        var packed = new BFloat16Matrix((ushort*)memory.Data, depth, columns);
        packed.Pack(right.Data, problem.StepB, transposed);
        memory.ToArray();   // looks at what lies around
        packed.Multiply(left.Data, problem.StepA, c.Data, problem.StepC, rows, accumulate);
        var result = c.ToArray();
        problem.Verify(at => result[at], BFloat16Numbers.Rounded, 1e-6);
    }

    private static void RequireUnit() => Skip.IfNot(TileUnit.IsSupported, "The processor has no unit for bfloat16 matrices, or it is switched off.");

    /// <summary>Short calls of the unit are interrupted where they are, its registers in use; long ones are left to themselves.</summary>
    [SkippableTheory]
    [InlineData(70)]
    [InlineData(700)]
    public void The_garbage_collector_may_stop_threads_that_multiply(int rows)
    {
        RequireUnit();
        const int Depth = 96, Columns = 500;
        var numbers = new Random(4);
        float[] Values(int count) => Enumerable.Range(0, count).Select(_ => (float)numbers.NextDouble() - 0.5f).ToArray();
        float[] a = Values(rows * Depth), b = Values(Depth * Columns);
        var packed = new ushort[BFloat16Matrix.Size(Depth, Columns)];
        float[] Product()
        {
            var c = new float[rows * Columns];
            fixed (float* left = a, result = c)
            fixed (ushort* weights = packed)
            {
                new BFloat16Matrix(weights, Depth, Columns).Multiply(left, Depth, result, Columns, rows, accumulate: false);
            }
            return c;
        }
        fixed (float* right = b)
        fixed (ushort* weights = packed) new BFloat16Matrix(weights, Depth, Columns).Pack(right, Columns, transposed: false);

        var expected = Product();
        // A bounded number of collections: each of them stops all tests that run beside this one.
        const int Collections = 100;
        var wrong = 0;
        var over = false;
        var threads = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            do
            {
                if (!Product().AsSpan().SequenceEqual(expected)) Interlocked.Increment(ref wrong);
            }
            while (!Volatile.Read(ref over));
        })).ToList();
        threads.ForEach(thread => thread.Start());
        for (var i = 0; i < Collections; i++)
        {
            GC.Collect(0);
            Thread.Sleep(1);
        }
        Volatile.Write(ref over, true);
        threads.ForEach(thread => thread.Join());
        Assert.Equal(0, wrong);
    }
}
