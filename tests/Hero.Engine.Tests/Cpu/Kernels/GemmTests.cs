using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;

namespace Hero.Engine.Tests.Cpu.Kernels;

[Collection("threads")]
public sealed unsafe class GemmTests
{
    private static readonly int[] Sizes = [1, 2, 3, 7, 13, 14, 15, 16, 17, 29, 31, 32, 33, 48, 57, 64];

    public static TheoryData<int, int, int> Shapes()
    {
        var shapes = new TheoryData<int, int, int>();
        for (var i = 0; i < Sizes.Length; i++)
        {
            for (var j = 0; j < Sizes.Length; j++) shapes.Add(Sizes[i], Sizes[j], Sizes[(i * 5 + j * 3) % Sizes.Length]);
        }
        foreach (var (m, n, k) in new[]
        {
            (1, 1001, 1280), (1, 10, 1000), (100, 4, 1280), (1280, 4, 100), (70, 130, 1000), (500, 1, 77), (5, 700, 401),
            (3, 300, 2), (40, 40, 3000), (64, 10, 128), (129, 257, 65), (2, 2, 5000), (1200, 33, 9), (200, 1100, 40),
            (150, 97, 600), (230, 300, 1100), (70, 12, 90), (60, 14, 33), (30, 1030, 300), (200, 40, 2100), (390, 517, 263),
            (205, 531, 523), (75, 540, 517), (610, 290, 130), (300, 290, 1101),
            (1, 4101, 35), (1, 700, 1999), (1, 9001, 67), (32, 71, 401), (27, 257, 193), (531, 9, 131), (2001, 3, 71), (129, 10, 515), (67, 5, 300), (130, 12, 1500), (129, 2051, 130),
            (307, 411, 512), (257, 269, 1024), (261, 259, 2560),
        })
        {
            shapes.Add(m, n, k);
        }
        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Agrees_with_a_plain_loop_in_every_orientation(int m, int n, int k)
    {
        foreach (var (transposeA, transposeB) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            var problem = new Problem(m, n, k, transposeA, transposeB);
            problem.Check<float>(1e-5);
            problem.Check<double>(1e-13);
        }
    }

    [Theory]
    [InlineData(3, 5, 7, 4)]
    [InlineData(40, 1, 33, 40)]
    [InlineData(2, 130, 150, 120)]
    [InlineData(9, 64, 64, 64)]
    public void Multiplies_batches_and_repeats_operands_with_stride_zero(int batch, int m, int n, int k)
    {
        foreach (var (repeatA, repeatB) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            foreach (var transpose in new[] { false, true })
            {
                var problem = new Problem(m, n, k, transpose, transpose, batch, repeatA, repeatB);
                problem.Check<float>(1e-5);
                problem.Check<double>(1e-13);
            }
        }
    }

    [Fact]
    public void An_empty_inner_dimension_gives_zeros_and_still_runs_the_epilogue()
    {
        var problem = new Problem(5, 6, 0, false, false, 2);
        problem.Check<float>(0);
        var c = problem.Run<float>(addSeven: true);
        Assert.All(c, value => Assert.Equal(7, value));
    }

    [Fact]
    public void A_transposed_left_operand_of_many_rows_is_packed_in_parts() => new Problem(4110, 259, 257, true, false).Check<float>(1e-5);

    [Theory]
    [InlineData(1, 1, 1, 1, false)]
    [InlineData(1, 57, 45, 31, false)]
    [InlineData(1, 300, 1000, 20, false)]
    [InlineData(1, 401, 389, 337, false)]
    [InlineData(1, 75, 540, 517, false)]
    [InlineData(1, 17, 33, 4000, false)]
    [InlineData(1, 2000, 17, 8, false)]
    [InlineData(1, 1, 900, 600, false)]
    [InlineData(1, 1, 9000, 60, false)]
    [InlineData(1, 1280, 4, 100, true)]
    [InlineData(1, 700, 9, 40, true)]
    [InlineData(1, 130, 10, 515, false)]
    [InlineData(6, 31, 17, 5, false)]
    [InlineData(1, 301, 289, 1100, true)]
    [InlineData(1, 301, 395, 512, false)]
    [InlineData(1, 259, 257, 1536, false)]
    public void The_epilogue_sees_every_element_once_and_final(int batch, int m, int n, int k, bool transposeA)
    {
        var problem = new Problem(m, n, k, transposeA, false, batch);
        var plain = problem.Run<float>();
        var added = problem.Run<float>(addSeven: true);
        for (var i = 0; i < plain.Length; i++) Assert.Equal(plain[i] + 7, added[i]);
    }

    [Theory]
    [InlineData(1, 128, 128, 2000, false, false)]
    [InlineData(1, 300, 200, 100, true, false)]
    [InlineData(1, 64, 900, 300, false, true)]
    [InlineData(1, 1, 1001, 1280, false, false)]
    [InlineData(1, 100, 400, 900, false, false)]
    [InlineData(1, 403, 389, 347, false, true)]
    [InlineData(1, 331, 515, 513, true, false)]
    [InlineData(1, 301, 289, 1100, true, true)]
    [InlineData(1, 301, 395, 512, false, false)]
    [InlineData(1, 259, 283, 1536, false, true)]
    [InlineData(1, 75, 540, 517, false, false)]
    [InlineData(1, 75, 540, 517, true, false)]
    [InlineData(1, 128, 512, 512, false, true)]
    [InlineData(1, 610, 290, 130, true, false)]
    [InlineData(1, 300, 12, 200, true, false)]
    [InlineData(1, 1280, 4, 100, true, false)]
    [InlineData(1, 100, 4, 1280, false, false)]
    [InlineData(1, 128, 10, 512, false, false)]
    [InlineData(1, 32, 257, 1001, false, true)]
    [InlineData(1, 1, 9001, 300, false, false)]
    [InlineData(17, 130, 70, 1000, false, true)]
    [InlineData(20, 40, 40, 40, true, true)]
    public void Every_thread_count_gives_the_same_bits(int batch, int m, int n, int k, bool transposeA, bool transposeB)
    {
        var problem = new Problem(m, n, k, transposeA, transposeB, batch);
        var before = WorkerTeam.Default.ThreadCount;
        try
        {
            WorkerTeam.Default.Resize(1);
            var expected = problem.Run<float>();
            foreach (var threads in new[] { 2, 4, 7 })
            {
                WorkerTeam.Default.Resize(threads);
                Assert.Equal(expected, problem.Run<float>());
            }
        }
        finally
        {
            WorkerTeam.Default.Resize(before);
        }
    }

    [Fact]
    public void Several_callers_at_once_get_their_own_results()
    {
        var problem = new Problem(100, 90, 500, true, false);
        var expected = problem.Run<float>();
        Parallel.For(0, 16, _ => Assert.Equal(expected, problem.Run<float>()));
    }

    [Fact]
    public void Other_element_types_are_refused_by_name()
    {
        var value = 1;
        var error = Assert.Throws<NotSupportedException>(() =>
        {
            fixed (int* p = new int[1]) Gemm.Run(p, p, p, value, 1, 1, false, false, 1, 0, 0, 0, default(NoEpilogue));
        });
        Assert.Contains("Int32", error.Message, StringComparison.Ordinal);
    }

    private sealed class Problem
    {
        private const int Guard = 40;

        private readonly int m, n, k, batch;
        private readonly bool transposeA, transposeB;
        private readonly nint strideA, strideB;
        private readonly double[] a, b, expected, scale;

        public Problem(int m, int n, int k, bool transposeA, bool transposeB, int batch = 1, bool repeatA = false, bool repeatB = false)
        {
            (this.m, this.n, this.k, this.batch, this.transposeA, this.transposeB) = (m, n, k, batch, transposeA, transposeB);
            strideA = repeatA ? 0 : m * k;
            strideB = repeatB ? 0 : k * n;
            a = Values((int)strideA * (batch - 1) + m * k, m + 3 * k);
            b = Values((int)strideB * (batch - 1) + k * n, n + 5 * k);
            expected = new double[batch * m * n];
            scale = new double[batch * m * n];
            for (var q = 0; q < batch; q++)
            {
                for (var i = 0; i < m; i++)
                {
                    for (var j = 0; j < n; j++)
                    {
                        double sum = 0, size = 0;
                        for (var p = 0; p < k; p++)
                        {
                            var product = a[q * strideA + (transposeA ? p * m + i : i * k + p)]
                                * b[q * strideB + (transposeB ? j * k + p : p * n + j)];
                            sum += product;
                            size += Math.Abs(product);
                        }
                        expected[(q * m + i) * n + j] = sum;
                        scale[(q * m + i) * n + j] = size;
                    }
                }
            }
        }

        public T[] Run<T>(bool addSeven = false) where T : unmanaged, System.Numerics.INumber<T>
        {
            // What lies behind the operands must not get into the result, and nothing may be written behind it.
            var left = Padded<T>(a);
            var right = Padded<T>(b);
            var c = new T[expected.Length + Guard];
            Array.Fill(c, T.CreateChecked(-12345));
            fixed (T* pa = left, pb = right, pc = c)
            {
                if (addSeven)
                {
                    Gemm.Run(pa, pb, pc, m, n, k, transposeA, transposeB, batch, strideA, strideB, m * n, new AddSevenTo { Output = (float*)pc });
                }
                else
                {
                    Gemm.Run(pa, pb, pc, m, n, k, transposeA, transposeB, batch, strideA, strideB, m * n, default(NoEpilogue));
                }
            }
            Assert.All(c[expected.Length..], value => Assert.Equal(T.CreateChecked(-12345), value));
            return c[..expected.Length];
        }

        public void Check<T>(double tolerance) where T : unmanaged, System.Numerics.INumber<T>
        {
            var c = Run<T>();
            for (var i = 0; i < c.Length; i++)
            {
                var actual = double.CreateChecked(c[i]);
                if (!(Math.Abs(actual - expected[i]) <= tolerance * scale[i]))
                {
                    Assert.Fail($"{m}x{n}x{k} {transposeA} {transposeB} {typeof(T).Name}: element {i} is {actual}, expected {expected[i]}");
                }
            }
        }

        private static T[] Padded<T>(double[] values) where T : unmanaged, System.Numerics.INumber<T>
        {
            var result = new T[values.Length + Guard];
            for (var i = 0; i < values.Length; i++) result[i] = T.CreateChecked(values[i]);
            for (var i = values.Length; i < result.Length; i++) result[i] = T.CreateChecked(double.NaN);
            return result;
        }

        private static double[] Values(int count, int seed)
        {
            // Exact in float32, so that both types have the same operands.
            var random = new Random(seed);
            var values = new double[count];
            for (var i = 0; i < count; i++) values[i] = (float)(random.NextDouble() * 2 - 1);
            return values;
        }
    }
}
