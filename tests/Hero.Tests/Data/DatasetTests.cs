using Hero.Data;

namespace Hero.Tests.Data;

public class DatasetTests
{
    private static Dataset<int> Stream(int count) => Dataset.From(() => Enumerable.Range(0, count));

    [Fact]
    public void Sources_give_their_elements_every_epoch()
    {
        foreach (var set in new[] { Dataset.Range(4), Dataset.From([0, 1, 2, 3]), Stream(4) })
        {
            Assert.Equal([0, 1, 2, 3], set.Epoch());
            Assert.Equal([0, 1, 2, 3], set.Epoch(3));
            Assert.Equal([2, 3], set.Epoch(1, start: 2));
            Assert.Empty(set.Epoch(0, start: 9));
        }
        Assert.Equal(4, Dataset.Range(4).Count);
        Assert.Null(Stream(4).Count);
        Assert.Empty(Dataset.Range(0).Epoch());
    }

    [Theory]
    [InlineData(10, 5, false, 2)]
    [InlineData(11, 5, false, 3)]
    [InlineData(11, 5, true, 2)]
    [InlineData(3, 5, false, 1)]
    [InlineData(3, 5, true, 0)]
    [InlineData(0, 5, false, 0)]
    public void Batches_hold_all_elements_in_order(int count, int size, bool dropRemainder, int batches)
    {
        foreach (var set in new[] { Dataset.Range(count), Stream(count) })
        {
            var all = set.Batch(size, dropRemainder).Epoch().ToList();
            Assert.Equal(batches, all.Count);
            Assert.All(all.SkipLast(1), batch => Assert.Equal(size, batch.Length));
            Assert.Equal(Enumerable.Range(0, dropRemainder ? batches * size : count), all.SelectMany(batch => batch));
        }
        Assert.Equal(batches, Dataset.Range(count).Batch(size, dropRemainder).Count);
    }

    [Fact]
    public void Take_skip_repeat_and_zip_do_as_their_names_say()
    {
        foreach (var set in new[] { Dataset.Range(5), Stream(5) })
        {
            Assert.Equal([0, 1, 2], set.Take(3).Epoch());
            Assert.Equal([3, 4], set.Skip(3).Epoch());
            Assert.Equal([1, 2], set.Skip(1).Take(2).Epoch());
            Assert.Equal([1], set.Take(2).Skip(1).Epoch());
            Assert.Equal([2], set.Skip(1).Take(2).Epoch(0, start: 1));
            Assert.Empty(set.Take(2).Epoch(0, start: 3));
            Assert.Empty(set.Skip(7).Epoch());
            Assert.Empty(set.Take(0).Epoch());
            Assert.Equal([0, 1, 2, 3, 4, 0, 1, 2, 3, 4], set.Repeat(2).Epoch());
            Assert.Equal([3, 4, 0, 1, 2, 3, 4], set.Repeat(3).Epoch(0, start: 8));
            Assert.Equal([2, 3, 4], set.Repeat().Epoch(0, start: 5002).Take(3));
            Assert.Equal([(0, 2), (1, 3), (2, 4)], set.Zip(set.Skip(2)).Epoch());
            Assert.Equal([(1, 3), (2, 4)], set.Zip(set.Skip(2)).Epoch(0, start: 1));
        }
        Assert.Equal(3, Dataset.Range(5).Zip(Dataset.Range(3)).Count);
        Assert.Equal(10, Dataset.Range(5).Repeat(2).Count);
        Assert.Null(Dataset.Range(5).Repeat().Count);
        Assert.Equal(2, Dataset.Range(5).Skip(3).Count);
        Assert.Equal(0, Dataset.Range(5).Skip(8).Count);
    }

    [Fact]
    public void An_endless_repeat_of_nothing_ends()
    {
        Assert.Empty(Dataset.Range(0).Repeat().Epoch());
        Assert.Empty(Stream(0).Repeat().Epoch());
        Assert.Empty(Stream(3).Skip(5).Repeat().Epoch());
    }

    [Fact]
    public void Repeat_counts_the_epochs_below_it()
    {
        var seen = Dataset.Range(2).Map((element, position) => position).Repeat(2).Epoch(3).ToList();
        Assert.Equal([new Position(6, 0), new(6, 1), new(7, 0), new(7, 1)], seen);
    }

    [Fact]
    public void Map_knows_the_place_of_an_element_also_after_a_resume()
    {
        foreach (var parallelism in new[] { 1, 3 })
        {
            var set = Dataset.Range(9).Map((element, position) => (element, position), parallelism);
            Assert.Equal(set.Epoch(4).Skip(5), set.Epoch(4, start: 5));
            Assert.Equal((5, new Position(4, 5)), set.Epoch(4, start: 5).First());
        }
    }

    [Fact]
    public void A_run_goes_on_where_it_was_stopped_whatever_the_pipeline()
    {
        var pipelines = new[]
        {
            Dataset.Range(103).Shuffle(5).Map(i => i * 3, 3).Batch(10),
            Stream(103).Shuffle(5, bufferSize: 20).Map(i => i * 3).Batch(10).Prefetch(),
            Dataset.Range(103).Batch(10).Shuffle(5).Repeat(3).Skip(2).Take(25),
        };
        foreach (var set in pipelines)
        {
            var whole = set.Epoch(2).ToList();
            for (var start = 0; start <= whole.Count; start += 4) Assert.Equal(whole.Skip(start), set.Epoch(2, start).ToList());
        }
    }

    [Fact]
    public void What_cannot_be_is_refused_at_once()
    {
        var set = Dataset.Range(3);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Batch(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Prefetch(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Take(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Skip(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Repeat(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Shuffle(1, bufferSize: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Map(i => i, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Epoch(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Epoch(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dataset.Range(-1));
    }
}
