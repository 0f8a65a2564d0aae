using System.Numerics;
using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;

namespace Hero.Engine.Tests.Cpu.Kernels;

public sealed unsafe class PackedMatrixTests
{
    public static TheoryData<int, int, int> Shapes() => new()
    {
        { 1, 1, 1 }, { 3, 7, 5 }, { 32, 64, 7 }, { 13, 33, 17 }, { 15, 31, 129 }, { 29, 100, 64 }, { 5, 2, 2100 }, { 2, 700, 530 }, { 4, 9, 0 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Multiplies_as_a_plain_loop(int rows, int columns, int depth)
    {
        foreach (var transposed in new[] { false, true })
        {
            foreach (var accumulate in new[] { false, true })
            {
                Check<float>(rows, columns, depth, transposed, accumulate, 1e-5);
                Check<double>(rows, columns, depth, transposed, accumulate, 1e-13);
            }
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(31, 37, 16)]
    [InlineData(15, 66, 24)]
    [InlineData(3, 40, 1100)]   // depth in two blocks: held when the second is done
    public void Adds_a_number_to_each_column_and_holds_what_comes_out(int rows, int columns, int depth)
    {
        double[] a = PackedProduct.Values(rows * depth, 4), b = PackedProduct.Values(depth * columns, 5), bias = PackedProduct.Values(columns, 6);
        using GuardedBuffer<float> left = new(a), right = new(b), numbers = new(bias), range = new([-0.4, 0.7]), c = new(rows * columns), memory = new((int)PackedMatrix<float>.Size(depth, columns));
        var packed = new PackedMatrix<float>(memory.Data, depth, columns);
        packed.Pack(right.Data, columns, transposed: false);
        left.Data[0] = float.NaN;
        packed.MultiplyHeld(left.Data, depth, c.Data, columns, rows, numbers.Data, range.Data);

        var result = c.ToArray();
        Assert.All(result[..columns], value => Assert.True(float.IsNaN(value)));
        for (var i = 1; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var sum = bias[j];
                for (var p = 0; p < depth; p++) sum += a[i * depth + p] * b[p * columns + j];
                Assert.Equal(Math.Clamp(sum, -0.4, 0.7), result[i * columns + j], 1e-5 * depth);
            }
        }
    }

    [Fact]
    public void Slices_multiply_their_own_columns_from_inside_a_parallel_body()
    {
        int rows = 9, depth = 70, width = PackedMatrix<float>.PanelWidth, columns = 4 * width + 1;
        using GuardedBuffer<float> a = new(PackedProduct.Values(rows * depth, 1)), b = new(PackedProduct.Values(depth * columns, 2));
        using GuardedBuffer<float> whole = new(rows * columns), slices = new(rows * columns);
        using GuardedBuffer<float> memory = new((int)PackedMatrix<float>.Size(depth, columns));
        var packed = new PackedMatrix<float>(memory.Data, depth, columns);
        packed.Pack(b.Data, columns, transposed: false);
        packed.Multiply(a.Data, depth, whole.Data, columns, rows, accumulate: false);

        var body = new SliceBody { Matrix = packed, A = a.Data, C = slices.Data, Rows = rows };
        WorkerTeam.Default.For(3, ref body);
        Assert.Equal(whole.ToArray(), slices.ToArray());
    }

    [Fact]
    public void Other_element_types_are_refused_by_name()
    {
        var error = Assert.Throws<NotSupportedException>(() => new PackedMatrix<int>(null, 1, 1).Pack(null, 1, false));
        Assert.Contains("Int32", error.Message, StringComparison.Ordinal);
    }

    private static void Check<T>(int rows, int columns, int depth, bool transposed, bool accumulate, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var problem = new PackedProduct(rows, columns, depth, transposed, accumulate);
        using GuardedBuffer<T> left = new(problem.A), right = new(problem.B), c = new(problem.C), memory = new((int)PackedMatrix<T>.Size(depth, columns));
        var packed = new PackedMatrix<T>(memory.Data, depth, columns);
        packed.Pack(right.Data, problem.StepB, transposed);
        memory.ToArray();   // looks at what lies around
        packed.Multiply(left.Data, problem.StepA, c.Data, problem.StepC, rows, accumulate);
        var result = c.ToArray();
        problem.Verify(at => double.CreateChecked(result[at]), number => number, tolerance);
    }

    private struct SliceBody : IParallelBody
    {
        public PackedMatrix<float> Matrix;
        public float* A, C;
        public int Rows;

        public readonly void Run(int item)
        {
            var start = item * 2 * PackedMatrix<float>.PanelWidth;
            var slice = Matrix.Slice(start, Math.Min(2 * PackedMatrix<float>.PanelWidth, Matrix.Columns - start));
            slice.Multiply(A, Matrix.Depth, C + start, Matrix.Columns, Rows, accumulate: false);
        }
    }
}
