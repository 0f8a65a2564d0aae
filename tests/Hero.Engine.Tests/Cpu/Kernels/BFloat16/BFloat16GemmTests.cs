using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;

namespace Hero.Engine.Tests.Cpu.Kernels;

[Collection("threads")]
public sealed unsafe class BFloat16GemmTests
{
    private static readonly int[] Sizes = [1, 2, 3, 7, 15, 16, 17, 29, 31, 32, 33, 48, 57, 64, 65];

    public static TheoryData<int, int, int> Shapes()
    {
        var shapes = new TheoryData<int, int, int>();
        for (var i = 0; i < Sizes.Length; i++)
        {
            for (var j = 0; j < Sizes.Length; j++) shapes.Add(Sizes[i], Sizes[j], Sizes[(i * 4 + j * 7) % Sizes.Length]);
        }
        foreach (var (m, n, k) in new[]
        {
            (1, 1001, 128), (100, 4, 1280), (70, 130, 1000), (500, 1, 77), (5, 700, 401), (40, 40, 3000), (129, 257, 65), (2, 2, 5000),
            (1200, 33, 9), (200, 1100, 40), (300, 1200, 300), (16, 256, 641), (31, 67, 1201), (67, 48, 2003),
        })
        {
            shapes.Add(m, n, k);
        }
        return shapes;
    }

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void Agrees_with_a_plain_loop_over_rounded_operands_in_every_orientation(int m, int n, int k)
    {
        RequireUnit();
        foreach (var (transposeA, transposeB) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            var problem = new Problem(m, n, k, transposeA, transposeB);
            problem.Check(problem.Run<float>());
            Assert.Equal(problem.Run<float>(), problem.Run<Hero.BFloat16>());
            if (transposeA) continue;
            Assert.Equal(problem.Run<float>(), problem.RunPacked<float>());
            Assert.Equal(problem.Run<float>(), problem.RunPacked<Hero.BFloat16>());
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void Three_parts_agree_with_a_plain_loop_over_float32_operands_in_every_orientation(int m, int n, int k)
    {
        RequireUnit();
        foreach (var (transposeA, transposeB) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            var problem = new Problem(m, n, k, transposeA, transposeB, rounded: false);
            problem.Check(problem.Run<float>(inThreeParts: true), 3.1 / 65536);   // each remainder's rounding, and the product of both
        }
    }

    [SkippableFact]
    public void Three_parts_are_a_hundred_times_as_exact_as_one()
    {
        RequireUnit();
        var problem = new Problem(70, 130, 1000, false, false, rounded: false);
        Assert.True(problem.Error(problem.Run<float>(inThreeParts: true)) * 100 < problem.Error(problem.Run<float>()));
    }

    [SkippableFact]
    public void What_is_infinite_or_no_number_is_so_in_three_parts()
    {
        RequireUnit();
        foreach (var (value, expected) in new[] { (float.PositiveInfinity, float.PositiveInfinity), (float.NegativeInfinity, float.NegativeInfinity), (float.MaxValue, float.PositiveInfinity), (float.NaN, float.NaN) })
        {
            float[] one = [value], two = [2.001f], product = [0];
            fixed (float* a = one, b = two, c = product) BFloat16Gemm.Run(a, b, c, 1, 1, 1, false, false, 1, 0, 0, 0, default(NoEpilogue), inThreeParts: true);
            Assert.Equal(expected, product[0]);
        }
    }

    [SkippableTheory]
    [InlineData(3, 5, 7, 4)]
    [InlineData(2, 130, 150, 120)]
    [InlineData(9, 64, 64, 64)]
    public void Multiplies_batches_and_repeats_operands_with_stride_zero(int batch, int m, int n, int k)
    {
        RequireUnit();
        foreach (var (repeatA, repeatB) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            foreach (var transpose in new[] { false, true })
            {
                var problem = new Problem(m, n, k, transpose, transpose, batch, repeatA, repeatB);
                problem.Check(problem.Run<float>());
            }
        }
    }

    [SkippableTheory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(1, 57, 45, 31)]
    [InlineData(1, 300, 1000, 20)]
    [InlineData(1, 17, 33, 4000)]
    [InlineData(1, 700, 300, 700)]
    [InlineData(6, 31, 17, 5)]
    public void The_epilogue_sees_every_element_once_and_final(int batch, int m, int n, int k)
    {
        RequireUnit();
        var problem = new Problem(m, n, k, false, false, batch);
        var plain = problem.Run<float>();
        var added = problem.Run<float>(addSeven: true);
        for (var i = 0; i < plain.Length; i++) Assert.Equal(plain[i] + 7, added[i]);
        Assert.Equal(added, problem.Run<float>(addSeven: true, hidden: true));
        Assert.Equal(problem.Run<float>(inThreeParts: true).Select(value => value + 7), problem.Run<float>(addSeven: true, hidden: true, inThreeParts: true));
    }

    [SkippableTheory]
    [InlineData(1, 128, 128, 4000, false, false)]
    [InlineData(1, 300, 200, 100, true, false)]
    [InlineData(1, 640, 900, 300, false, true)]
    [InlineData(1, 32, 67, 1201, true, false)]
    [InlineData(20, 40, 40, 40, true, true)]
    public void Every_thread_count_gives_the_same_bits(int batch, int m, int n, int k, bool transposeA, bool transposeB)
    {
        RequireUnit();
        var problem = new Problem(m, n, k, transposeA, transposeB, batch);
        var before = WorkerTeam.Default.ThreadCount;
        try
        {
            WorkerTeam.Default.Resize(1);
            var (expected, inThreeParts) = (problem.Run<float>(), problem.Run<float>(inThreeParts: true));
            foreach (var threads in new[] { 2, 4, 7 })
            {
                WorkerTeam.Default.Resize(threads);
                Assert.Equal(expected, problem.Run<float>());
                Assert.Equal(inThreeParts, problem.Run<float>(inThreeParts: true));
            }
        }
        finally
        {
            WorkerTeam.Default.Resize(before);
        }
    }

    [SkippableFact]
    public void Values_that_are_no_numbers_and_the_largest_ones_round_as_the_format_says()
    {
        RequireUnit();
        // One row times the identity: every product is a value or a zero, so the result is the rounded value itself.
        float[] values =
        [
            0, -0f, 1, -1, 1.00390625f, 1.01171875f, 1.0039063f, float.MaxValue, float.MinValue, 3.3895314e38f, 1e-30f, 0.1f, 3.14159274f, 65504, 1e20f, -2.5f,
        ];
        var n = values.Length;
        var identity = new float[n * n];
        for (var i = 0; i < n; i++) identity[i * n + i] = 1;
        foreach (var only in Enumerable.Range(0, n))
        {
            var row = new float[n];
            row[only] = values[only];
            var result = new float[n];
            var expected = BFloat16Numbers.Value(BFloat16Numbers.Bits(values[only]));
            if (float.IsInfinity(expected)) continue;   // times the identity's zeros is not a number
            fixed (float* a = row, b = identity, c = result) BFloat16Gemm.Run(a, b, c, 1, n, n, false, false, 1, 0, 0, 0, default(NoEpilogue));
            Assert.Equal(expected, result[only]);
        }
        foreach (var value in new[] { float.NaN, BitConverter.UInt32BitsToSingle(0x7F800001), BitConverter.UInt32BitsToSingle(0xFFFFFFFF) })
        {
            float[] one = [value], unit = [1], result = [0];
            fixed (float* a = one, b = unit, c = result) BFloat16Gemm.Run(a, b, c, 1, 1, 1, false, false, 1, 0, 0, 0, default(NoEpilogue));
            Assert.True(float.IsNaN(result[0]));
        }
        float[] infinite = [float.PositiveInfinity], two = [2], product = [0];
        fixed (float* a = infinite, b = two, c = product) BFloat16Gemm.Run(a, b, c, 1, 1, 1, false, false, 1, 0, 0, 0, default(NoEpilogue));
        Assert.Equal(float.PositiveInfinity, product[0]);
    }

    [SkippableFact]
    public void Several_callers_at_once_and_new_threads_get_their_own_results()
    {
        RequireUnit();
        var problem = new Problem(100, 90, 500, true, false);
        var expected = problem.Run<float>();
        var threads = Enumerable.Range(0, 16).Select(_ => new Thread(() => Assert.Equal(expected, problem.Run<float>()))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    private static void RequireUnit() => Skip.IfNot(TileUnit.IsSupported, "The processor has no unit for bfloat16 matrices, or it is switched off.");

    private sealed class Problem
    {
        private const int Guard = 40;

        private readonly int m, n, k, batch;
        private readonly bool transposeA, transposeB;
        private readonly nint strideA, strideB;
        private readonly float[] a, b;
        private readonly Sums expected;

        public Problem(int m, int n, int k, bool transposeA, bool transposeB, int batch = 1, bool repeatA = false, bool repeatB = false, bool rounded = true)
        {
            (this.m, this.n, this.k, this.batch, this.transposeA, this.transposeB) = (m, n, k, batch, transposeA, transposeB);
            strideA = repeatA ? 0 : m * k;
            strideB = repeatB ? 0 : k * n;
            a = Values((int)strideA * (batch - 1) + m * k, m + 3 * k);
            b = Values((int)strideB * (batch - 1) + k * n, n + 5 * k);
            expected = new Sums(batch * m * n);
            double[] left = Array.ConvertAll(a, value => rounded ? BFloat16Numbers.Rounded(value) : value), right = Array.ConvertAll(b, value => rounded ? BFloat16Numbers.Rounded(value) : value);
            for (var q = 0; q < batch; q++)
            for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
            for (var p = 0; p < k; p++)
                expected.Add((q * m + i) * n + j, left[q * strideA + (transposeA ? p * m + i : i * k + p)] * right[q * strideB + (transposeB ? j * k + p : p * n + j)]);
        }

        /// <summary>The product, with operands in float32, or already rounded to bfloat16.</summary>
        public float[] Run<T>(bool addSeven = false, bool hidden = false, bool inThreeParts = false) where T : unmanaged
        {
            T[] left = Stored<T>(a), right = Stored<T>(b);
            var c = new float[expected.Values.Length + Guard];
            Array.Fill(c, -12345f);
            fixed (T* pa = left, pb = right)
            fixed (float* pc = c)
            {
                if (addSeven) BFloat16Gemm.Run(pa, pb, hidden ? null : pc, m, n, k, transposeA, transposeB, batch, strideA, strideB, m * n, new AddSevenTo { Output = pc }, inThreeParts);
                else BFloat16Gemm.Run(pa, pb, pc, m, n, k, transposeA, transposeB, batch, strideA, strideB, m * n, default(NoEpilogue), inThreeParts);
            }
            Assert.All(c[expected.Values.Length..], value => Assert.Equal(-12345f, value));
            return c[..expected.Values.Length];
        }

        /// <summary>The same with a right operand that was packed before.</summary>
        public float[] RunPacked<T>() where T : unmanaged
        {
            T[] left = Stored<T>(a), right = Stored<T>(b);
            var c = new float[expected.Values.Length];
            using GuardedBuffer<float> memory = new((int)(BFloat16Matrix.Size(k, n) / 2));   // two elements in a float
            fixed (T* pa = left, pb = right)
            fixed (float* pc = c)
            {
                new BFloat16Matrix((ushort*)memory.Data, k, n).Pack(pb, transposeB ? k : n, transposeB);
                BFloat16Gemm.RunPacked(pa, (ushort*)memory.Data, pc, m, n, k, default(NoEpilogue));
            }
            memory.ToArray();   // looks at what lies around
            return c;
        }

        /// <summary>The greatest error as a share of the sum of absolute products.</summary>
        public double Error(float[] c) => c.Select((value, i) => Math.Abs(value - expected.Values[i]) / expected.Scale[i]).Max();

        public void Check(float[] c, double tolerance = 1e-6)
        {
            for (var i = 0; i < c.Length; i++)
            {
                if (!(Math.Abs(c[i] - expected.Values[i]) <= tolerance * expected.Scale[i]))
                    Assert.Fail($"{batch} of {m}x{n}x{k} {transposeA} {transposeB}: element {i} is {c[i]}, expected {expected.Values[i]}");
            }
        }

        /// <summary>What lies behind an operand must not get into the result.</summary>
        private static T[] Stored<T>(float[] values) where T : unmanaged
        {
            float[] guarded = [.. values, .. Enumerable.Repeat(float.NaN, Guard)];
            return typeof(T) == typeof(float) ? (T[])(object)guarded : (T[])(object)Array.ConvertAll(guarded, value => (Hero.BFloat16)value);
        }

        private static float[] Values(int count, int seed)
        {
            var random = new Random(seed);
            var values = new float[count];
            for (var i = 0; i < count; i++) values[i] = (float)(random.NextDouble() * 2 - 1);
            return values;
        }
    }
}
