using Hero.Compiling;

namespace Hero.Engine.Tests.Compiling;

public unsafe class ArenaTests
{
    [Fact]
    public void A_large_arena_goes_from_run_to_run_and_is_never_in_two_at_a_time()
    {
        var first = Arena.Take(Arena.LargeBytes + 12345, null);
        var second = Arena.Take(Arena.LargeBytes + 12345, null);
        Assert.NotSame(first, second);
        Assert.Equal(0, (nint)first.Pointer % (2 << 20));
        new Span<byte>(first.Pointer, (int)first.Bytes).Fill(7);
        new Span<byte>(second.Pointer, (int)second.Bytes).Fill(9);
        Assert.Equal(7, first.Pointer[first.Bytes - 1]);

        first.Release();
        Assert.Same(first, Arena.Take(Arena.LargeBytes, first));
        first.Release();
        second.Release();
    }

    [Fact]
    public void Plans_of_different_sizes_that_take_turns_compute_the_same_as_alone()
    {
        var w = new RandomGenerator(5).Normal([64, 64]);
        var function = Function.Compile((Tensor x) => x.MatMul(w).Tanh().MatMul(w).Softmax());
        var inputs = new[] { 12_000, 9_000, 300, 12_000 }.Select((rows, i) => new RandomGenerator(i).Normal([rows, 64])).ToArray();
        var expected = inputs.Select(x => function.Call(x).ToArray<float>()).ToArray();
        Parallel.For(0, 16, i => Assert.Equal(expected[i % 4], function.Call(inputs[i % 4]).ToArray<float>()));
    }
}
