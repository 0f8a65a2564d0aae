using Hero.Data;

namespace Hero.Tests.Data;

public class RowBatchTests
{
    private static readonly float[] Inputs = Enumerable.Range(0, 103 * 3).Select(i => (float)i).ToArray();
    private static readonly long[] Targets = Enumerable.Range(0, 103).Select(i => i * 1000L).ToArray();

    private static RowSource[] Sources => [RowSource.From<float>(Inputs, [3]), RowSource.From<long>(Targets, [])];

    [Fact]
    public void Rows_are_gathered_in_the_order_asked_for()
    {
        var order = Dataset.Range(103).Shuffle(4);
        var set = new RowBatchDataset(Sources, order, 10);
        Assert.Equal(11, set.Count);
        var seen = new List<int>();
        foreach (var batch in set.Epoch(2))
        {
            Assert.Equal(seen.Count == 100 ? 3 : 10, batch.Count);
            for (var i = 0; i < batch.Count; i++)
            {
                var row = batch.Rows[i];
                Assert.Equal([row * 3f, (row * 3f) + 1, (row * 3f) + 2], batch.Values<float>(0).Slice(i * 3, 3).ToArray());
                Assert.Equal(row * 1000L, batch.Values<long>(1)[i]);
                seen.Add(row);
            }
        }
        Assert.Equal(order.Epoch(2), seen);
        Assert.Equal(10, new RowBatchDataset(Sources, order, 10, dropRemainder: true).Epoch().Count());
        Assert.Equal(seen.Skip(40).Take(10), set.Epoch(2, start: 4).First().Rows.ToArray());
    }

    [Fact]
    public void Tensors_give_their_rows_and_batches_are_tensors()
    {
        var x = Tensor.From(new float[,,] { { { 1, 2 } }, { { 3, 4 } }, { { 5, 6 } } });
        var set = new RowBatchDataset([RowSource.From(x * 2f), RowSource.From(Tensor.From(new byte[] { 7, 8, 9 }))], Dataset.From([2, 0, 1]), 2);
        var seen = new List<Array>();
        foreach (var batch in set.Epoch())
        {
            seen.Add(batch[0].ToMultidimensionalArray());
            seen.Add(batch[1].ToMultidimensionalArray());
            Assert.Same(batch[0], batch[0]);
        }
        Assert.Equal([new float[,,] { { { 10, 12 } }, { { 2, 4 } } }, new byte[] { 9, 7 }, new float[,,] { { { 6, 8 } } }, new byte[] { 8 }], seen);
    }

    [Fact]
    public void A_row_that_is_not_there_is_refused_not_read()
    {
        var set = new RowBatchDataset([RowSource.From(Tensor.Zeros([3, 2]))], Dataset.From([0, 3]), 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Epoch().Count());
        set = new RowBatchDataset([RowSource.From(Tensor.Zeros([3, 2]))], Dataset.From([-1]), 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Epoch().Count());
    }

    [Fact]
    public void Prefetched_batches_are_not_written_over_while_they_are_in_use()
    {
        var set = new RowBatchDataset(Sources, Dataset.Range(103).Shuffle(4), 10).Prefetch(3);
        for (var epoch = 0; epoch < 20; epoch++)
        {
            foreach (var batch in set.Epoch(epoch))
            {
                Thread.Yield();
                for (var i = 0; i < batch.Count; i++) Assert.Equal(batch.Rows[i] * 1000L, batch.Values<long>(1)[i]);
            }
        }
    }

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        Assert.Throws<ArgumentException>(() => RowSource.From<float>(new float[7], [3]));
        Assert.Throws<ArgumentException>(() => RowSource.From<float>(new float[6], [0]));
        Assert.Throws<ArgumentException>(() => RowSource.From(Tensor.From(1f)));
        var error = Assert.Throws<ArgumentException>(() =>
            new RowBatchDataset([RowSource.From<float>(new float[6], [3]), RowSource.From<float>(new float[6], [1])], Dataset.Range(2), 1));
        Assert.Contains("the first has 2, number 2 has 6", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new RowBatchDataset([], Dataset.Range(2), 1));
        Assert.Throws<ArgumentException>(() => new RowBatchDataset(Sources, Dataset.Range(2).Map(i => i), 1));
    }

    [Fact]
    public void Results_of_a_map_into_buffers_are_whole_and_their_buffers_few()
    {
        foreach (var parallelism in new[] { 1, 3 })
        {
            var made = 0;
            var set = Dataset.Range(500).MapInto(() => { Interlocked.Increment(ref made); return new int[8]; },
                (element, _, buffer) => Array.Fill(buffer, element), parallelism).Prefetch(2);
            var next = 0;
            foreach (var buffer in set.Epoch())
            {
                Assert.All(buffer, value => Assert.Equal(next, value));
                next++;
            }
            Assert.Equal(500, next);
            Assert.InRange(made, 1, 4 + (2 * parallelism));
        }
    }

    [Fact]
    public void Leases_travel_through_every_operator()
    {
        var made = 0;
        Dataset<int[]> Buffers() => Dataset.Range(300).MapInto(() => { Interlocked.Increment(ref made); return new int[1]; }, (element, _, buffer) => buffer[0] = element);
        var set = Buffers().Zip(Buffers()).Map(pair => pair).Skip(3).Batch(4).Map(batch => batch, 2).Take(70).Prefetch().Repeat(4);
        foreach (var batch in set.Epoch())
            foreach (var (first, second) in batch) Assert.Equal(first[0], second[0]);
        Assert.InRange(made, 1, 2 * 4 * 16);
    }
}
