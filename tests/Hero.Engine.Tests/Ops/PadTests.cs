namespace Hero.Engine.Tests.Ops;

public class PadTests
{
    // Elements of 1, 2, 4 and 8 bytes; the outputs are of several parts that threads fill, the last of them no whole one.
    public static TheoryData<DType> Types => [DType.UInt8, DType.BFloat16, DType.Float32, DType.Float64];

    [Theory]
    [MemberData(nameof(Types))]
    public void Elements_lie_among_the_value_wherever_threads_fill_it(DType type)
    {
        const int rows = 41, columns = 19, before = 300, after = 377;
        var x = Tensor.From(Enumerable.Range(0, rows * columns).Select(i => (float)(i % 100)).ToArray()).Reshape(rows, columns).Cast(type);

        var y = x.Pad([(before, after), (after, before)], 3).Cast(DType.Float32).ToArray<float>();

        const int width = columns + before + after;
        Assert.Equal((rows + before + after) * width, y.Length);
        for (var i = 0; i < y.Length; i++)
        {
            int row = i / width - before, column = i % width - after;
            var inside = row is >= 0 and < rows && column is >= 0 and < columns;
            Assert.Equal(inside ? (row * columns + column) % 100 : 3, y[i]);
        }
    }
}
