using System.Runtime.Intrinsics;
using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;

namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>Kernels that make an operand as they read it: every bit must be that of the same kernel on an operand in memory.</summary>
[Collection("threads")]
public sealed unsafe class IntakeTests
{
    [Fact]
    public void Depthwise_convolutions_and_their_filter_gradients()
    {
        Window2D[] usual = [WindowCases.Same(3, 13, 17, 3, 1), WindowCases.Same(2, 12, 32, 3, 1), WindowCases.Same(3, 13, 17, 3, 2), WindowCases.Same(2, 14, 48, 3, 2), WindowCases.Same(2, 11, 5, 9, 2)];
        foreach (var w in usual.Concat(WindowCases.Random(150, 21))) Depthwise(w);
    }

    private static void Depthwise(Window2D w)
    {
        var filterLength = w.KernelHeight * w.KernelWidth * w.OutChannels;
        using var x = new GuardedBuffer<float>(WindowCases.Values(w.InLength(), 1));
        using var filter = new GuardedBuffer<float>(WindowCases.Values(filterLength, 2));
        using var dy = new GuardedBuffer<float>(WindowCases.Values(w.OutLength(), 3));
        using GuardedBuffer<float> expected = new(w.OutLength()), actual = new(w.OutLength()), expectedFilter = new(filterLength), actualFilter = new(filterLength);
        DepthwiseConv2D.Forward(w, x.Data, filter.Data, expected.Data, default(NoEpilogue));
        DepthwiseConv2D.FilterGradient(w, x.Data, dy.Data, expectedFilter.Data);
        var intake = new Intake(new Copied(x.Data), null);
        OnThreads(() =>
        {
            DepthwiseConv2D.Forward(w, null, filter.Data, actual.Data, default(NoEpilogue), intake);
            DepthwiseConv2D.FilterGradient(w, null, dy.Data, actualFilter.Data, intake);
            Assert.Equal(expected.ToArray(), actual.ToArray());
            Assert.Equal(expectedFilter.ToArray(), actualFilter.ToArray());
        });
    }

    [Theory]
    [InlineData(30_011, 40, 24, false)]
    [InlineData(3_001, 65, 127, false)]
    [InlineData(7_001, 96, 33, false)]
    [InlineData(40, 24, 30_011, true)]
    [InlineData(13, 65, 9_001, true)]
    [InlineData(31, 96, 7_001, true)]
    public void Products(int m, int n, int k, bool transposed)
    {
        // Narrower vectors cut some of them into columns.
        Assert.True(Gemm.TakesLeft(m, n, k, transposed) || !Vector512.IsHardwareAccelerated);
        if (!Gemm.TakesLeft(m, n, k, transposed)) return;
        using var a = new GuardedBuffer<float>(WindowCases.Values(m * k, 1));
        using var b = new GuardedBuffer<float>(WindowCases.Values(k * n, 2));
        using GuardedBuffer<float> expected = new(m * n), actual = new(m * n);
        Gemm.Run(a.Data, b.Data, expected.Data, m, n, k, transposed, false, 1, 0, 0, 0, default(NoEpilogue));
        OnThreads(() =>
        {
            Gemm.Run(null, b.Data, actual.Data, m, n, k, transposed, false, 1, 0, 0, 0, default(NoEpilogue), new Intake(new Copied(a.Data), null));
            Assert.Equal(expected.ToArray(), actual.ToArray());
        });
    }

    [Theory]
    [InlineData(7, 7, 64, true)]
    [InlineData(30_011, 3, 64, false)]
    [InlineData(1_024, 512, 1_024, true)]
    public void Products_that_are_not_cut_into_rows_or_chunks_alone_do_not_take_it(int m, int n, int k, bool transposed) =>
        Assert.False(Gemm.TakesLeft(m, n, k, transposed));

    private static void OnThreads(Action check)
    {
        var before = Threads.Count;
        try
        {
            foreach (var threads in new[] { 1, 3, 4 })
            {
                Threads.Count = threads;
                check();
            }
        }
        finally
        {
            Threads.Count = before;
        }
    }

    private sealed class Copied(float* source) : IIntake
    {
        public void Make(void** slots, nint start, nint length, void* target) => new Span<float>(source + start, (int)length).CopyTo(new Span<float>(target, (int)length));
    }
}
