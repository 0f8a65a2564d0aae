using Hero.Data;

namespace Hero.Tests.Data;

public class DatasetShuffleTests
{
    [Fact]
    public void An_epoch_of_a_seed_is_always_the_same_order_and_another_is_not()
    {
        foreach (var set in new[] { Dataset.Range(1000), Dataset.From(() => Enumerable.Range(0, 1000)) })
        {
            var order = set.Shuffle(7).Epoch(3).ToList();
            Assert.Equal(order, set.Shuffle(7).Epoch(3));
            Assert.Equal(Enumerable.Range(0, 1000), order.Order());
            Assert.NotEqual(order, set.Shuffle(7).Epoch(4));
            Assert.NotEqual(order, set.Shuffle(8).Epoch(3));
            Assert.NotEqual(order, set.Shuffle(7 + (1L << 32)).Epoch(3));
            Assert.Equal(set.Shuffle(7, reshuffleEachEpoch: false).Epoch(0), set.Shuffle(7, reshuffleEachEpoch: false).Epoch(3));
            Assert.Equal(set.Shuffle(7).Epoch(0), set.Shuffle(7, reshuffleEachEpoch: false).Epoch(3));
        }
    }

    // Whoever resumes a run with a later version must meet the same order. The figures are those of a few lines of Python: Philox
    // 4x32-10 (checked against Random123's known answers) with counter (i, 0, epoch, 0x5F1E) and key (seed, 0), then Fisher-Yates from the end.
    [Fact]
    public void The_order_stays_what_it_was_when_this_was_written() =>
        Assert.Equal(Golden, Dataset.Range(12).Shuffle(seed: 42).Epoch(1));

    private static readonly int[] Golden = [5, 11, 10, 7, 6, 4, 2, 1, 8, 0, 9, 3];

    [Fact]
    public void Every_order_of_four_comes_equally_often()
    {
        const int Trials = 24_000;
        var counts = new Dictionary<string, int>();
        for (var epoch = 0; epoch < Trials; epoch++)
        {
            var key = string.Join(' ', Permutation.Create(4, seed: 11, epoch));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        Assert.Equal(24, counts.Count);
        var chiSquare = counts.Values.Sum(n => Math.Pow(n - (Trials / 24.0), 2) / (Trials / 24.0));
        Assert.InRange(chiSquare, 5, 50); // 23 degrees of freedom: 99.9 % lie below 49.7
    }

    [Fact]
    public void A_part_of_a_shuffled_set_is_the_same_part_when_the_whole_is_not_reshuffled()
    {
        var whole = Dataset.Range(100).Shuffle(1, reshuffleEachEpoch: false);
        var train = whole.Take(80).Shuffle(2);
        var validation = whole.Skip(80);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            Assert.Equal(Enumerable.Range(0, 100), train.Epoch(epoch).Concat(validation.Epoch(epoch)).Order());
            Assert.Equal(validation.Epoch(0), validation.Epoch(epoch));
            Assert.Equal(train.Epoch(0).Order(), train.Epoch(epoch).Order());
        }
        Assert.NotEqual(train.Epoch(0), train.Epoch(1));
    }

    [Fact]
    public void Pairs_stay_pairs()
    {
        var pairs = Dataset.Range(50).Zip(Dataset.From(Enumerable.Range(0, 50).Select(i => $"{i}").ToArray())).Shuffle(3);
        Assert.All(pairs.Epoch(), pair => Assert.Equal($"{pair.First}", pair.Second));
        Assert.NotEqual(0, pairs.Epoch().First().First);
    }

    [Fact]
    public void A_buffer_moves_elements_forward_by_less_than_its_size()
    {
        var order = Dataset.From(() => Enumerable.Range(0, 500)).Shuffle(9, bufferSize: 10).Epoch().ToList();
        Assert.Equal(Enumerable.Range(0, 500), order.Order());
        for (var place = 0; place < order.Count; place++) Assert.InRange(order[place], 0, place + 9);
    }
}
