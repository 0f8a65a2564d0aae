using System.Numerics;
using Hero.Cpu.Kernels;

namespace Hero.Engine.Tests.Cpu.Kernels;

[Collection("threads")]
public unsafe class SoftmaxTests
{
    public static TheoryData<int, int> Shapes
    {
        get
        {
            var data = new TheoryData<int, int> { { 0, 5 }, { 1, 100_000 }, { 3, 5000 }, { 700, 10 }, { 40, 1000 }, { 2, 2048 } };
            for (var n = 1; n <= 256; n += n < 40 ? 1 : 31) data.Add(3, n);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Float32_agrees_with_double_precision(int rows, int n) => Check<float>(rows, n, 4e-6);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Float64_agrees_with_plain_loops(int rows, int n) => Check<double>(rows, n, 1e-13);

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        var y = Run<float>(1, 3, [1e30f, 1e30f, -1e30f], (y, x) => SoftmaxKernels.Softmax(y, x, 1, 3));
        Assert.Equal([0.5f, 0.5f, 0f], y);
        y = Run<float>(1, 3, [88, float.NegativeInfinity, 88], (y, x) => SoftmaxKernels.Softmax(y, x, 1, 3));
        Assert.Equal([0.5f, 0f, 0.5f], y);
        y = Run<float>(1, 2, [float.NaN, 1], (y, x) => SoftmaxKernels.Softmax(y, x, 1, 2));
        Assert.All(y, v => Assert.True(float.IsNaN(v)));
        y = Run<float>(1, 2, [1, float.NaN], (y, x) => SoftmaxKernels.LogSoftmax(y, x, 1, 2));
        Assert.All(y, v => Assert.True(float.IsNaN(v)));
        y = Run<float>(1, 3, [1000, 1001, float.NegativeInfinity], (y, x) => SoftmaxKernels.LogSoftmax(y, x, 1, 3));
        Assert.Equal(-1.3132617f, y[0], 1e-6f);
        Assert.Equal(float.NegativeInfinity, y[2]);
    }

    [Fact]
    public void A_label_that_is_no_class_gives_NaN()
    {
        float[] x = [1, 2, 3, 1, 2, 3, 1, 2, 3];
        int[] labels = [3, -1, 2];
        float[] loss = new float[3], dx = new float[9], dz = [1, 1, 1];
        fixed (float* px = x, pl = loss, pd = dx, pz = dz)
        fixed (int* labelsAt = labels)
        {
            SoftmaxKernels.CrossEntropy(pl, px, labelsAt, 3, 3);
            SoftmaxKernels.CrossEntropyGradient(pd, px, labelsAt, pz, 3, 3);
        }
        Assert.True(float.IsNaN(loss[0]) && float.IsNaN(loss[1]) && float.IsFinite(loss[2]));
        Assert.All(dx[..6], v => Assert.True(float.IsNaN(v)));
        Assert.All(dx[6..], v => Assert.True(float.IsFinite(v)));
    }

    [Fact]
    public void A_target_of_0_meets_a_logit_of_minus_infinity()
    {
        float[] x = [1, float.NegativeInfinity, 3], t = [0.5f, 0, 0.5f], loss = new float[1];
        fixed (float* px = x, pt = t, pl = loss) SoftmaxKernels.CrossEntropy(pl, px, pt, 1, 3);
        Assert.Equal((float)(0.5 * Math.Log(1 + Math.Exp(2)) + 0.5 * Math.Log(1 + Math.Exp(-2))), loss[0], 1e-6f);
    }

    [Fact]
    public void Thread_counts_and_neighbours_do_not_change_a_row()
    {
        var x = Data<float>(500, 77, 1);
        var results = ReduceTests.AtThreadCounts(() => Run(500, 77, x, (y, p) => SoftmaxKernels.Softmax(y, p, 500, 77)));
        Assert.All(results, r => BlockRunner.SameBits(results[0], r));
        var alone = Run(1, 77, x[(33 * 77)..(34 * 77)], (y, p) => SoftmaxKernels.Softmax(y, p, 1, 77));
        BlockRunner.SameBits(results[0][(33 * 77)..(34 * 77)], alone);
    }

    private unsafe delegate void Kernel<T>(T* y, T* x) where T : unmanaged;

    private static T[] Run<T>(int rows, int n, T[] x, Kernel<T> kernel) where T : unmanaged
    {
        var y = new T[rows * n];
        fixed (T* px = x, py = y) kernel(py, px);

        // Once more in place.
        var copy = (T[])x.Clone();
        fixed (T* p = copy) kernel(p, p);
        BlockRunner.SameBits(y, copy);
        return y;
    }

    private static void Check<T>(int rows, int n, double tolerance) where T : unmanaged, INumber<T>
    {
        var x = Data<T>(rows, n, 1);
        var dy = Data<T>(rows, n, 2);
        var targets = Data<T>(rows, n, 3).Select(T.Abs).ToArray();
        var dz = Data<T>(rows, 1, 4);
        var labels = Enumerable.Range(0, rows).Select(r => (long)(r * 7 % n)).ToArray();
        var narrow = labels.Select(l => (int)l).ToArray();
        T[] y = new T[rows * n], log = new T[rows * n], dx = new T[rows * n], dlog = new T[rows * n], dense = new T[rows], ddense = new T[rows * n];
        T[] sparse = new T[rows], dsparse = new T[rows * n], sparse32 = new T[rows], dsparse32 = new T[rows * n];
        fixed (T* px = x, pdy = dy, pt = targets, pdz = dz, py = y, plog = log, pdx = dx, pdlog = dlog, pdense = dense, pddense = ddense)
        fixed (T* ps = sparse, pds = dsparse, ps32 = sparse32, pds32 = dsparse32)
        fixed (long* l64 = labels)
        fixed (int* l32 = narrow)
        {
            SoftmaxKernels.Softmax(py, px, rows, n);
            SoftmaxKernels.LogSoftmax(plog, px, rows, n);
            SoftmaxKernels.SoftmaxGradient(pdx, py, pdy, rows, n);
            SoftmaxKernels.LogSoftmaxGradient(pdlog, plog, pdy, rows, n);
            SoftmaxKernels.CrossEntropy(pdense, px, pt, rows, n);
            SoftmaxKernels.CrossEntropyGradient(pddense, px, pt, pdz, rows, n);
            SoftmaxKernels.CrossEntropy(ps, px, l64, rows, n);
            SoftmaxKernels.CrossEntropyGradient(pds, px, l64, pdz, rows, n);
            SoftmaxKernels.CrossEntropy(ps32, px, l32, rows, n);
            SoftmaxKernels.CrossEntropyGradient(pds32, px, l32, pdz, rows, n);
        }
        BlockRunner.SameBits(sparse, sparse32);
        BlockRunner.SameBits(dsparse, dsparse32);
        for (var r = 0; r < rows; r++)
        {
            double[] row = Row(x, r), up = Row(dy, r), t = Row(targets, r);
            var max = row.Max();
            var sum = row.Sum(v => Math.Exp(v - max));
            var p = row.Select(v => Math.Exp(v - max) / sum).ToArray();
            var logs = row.Select(v => v - max - Math.Log(sum)).ToArray();
            var dot = p.Zip(up, (a, b) => a * b).Sum();
            double z = double.CreateChecked(dz[r]), upSum = up.Sum(), weight = t.Sum();
            Close(p, y, 1);
            Close(logs, log, 10);
            Close(p.Zip(up, (a, b) => a * (b - dot)), dx, 1);
            Close(p.Zip(up, (a, b) => b - a * upSum), dlog, 1 + Math.Abs(upSum));
            Close(p.Zip(t, (a, b) => z * (a * weight - b)), ddense, 1 + weight);
            Close(p.Select((a, i) => z * (a - (i == labels[r] ? 1 : 0))), dsparse, 2);
            Near(-t.Zip(logs, (a, b) => a * b).Sum(), dense[r], tolerance * (1 + weight * 10));
            Near(-logs[labels[r]], sparse[r], tolerance * 10);

            void Close(IEnumerable<double> expected, T[] actual, double scale)
            {
                var i = r * n;
                foreach (var e in expected) Near(e, actual[i++], tolerance * scale);
            }
        }

        double[] Row(T[] a, int r) => a.Skip(r * n).Take(n).Select(v => double.CreateChecked(v)).ToArray();

        void Near(double expected, T actual, double within) =>
            Assert.True(Math.Abs(double.CreateChecked(actual) - expected) <= within, $"[{rows}, {n}]: {actual}, expected {expected}");
    }

    private static T[] Data<T>(int rows, int n, int seed) where T : unmanaged, INumber<T>
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows * n).Select(_ => T.CreateTruncating(random.NextDouble() * 10 - 5))];
    }
}
