using Hero.Data;

namespace Hero.Tests.Data;

/// <summary>Counts the bytes the whole process allocates, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public class AloneCollection;

[Collection(nameof(AloneCollection))]
public class DatasetAllocationTests
{
    [Fact]
    public void A_steady_loop_allocates_nothing_per_batch_and_uses_the_same_few_buffers()
    {
        var inputs = RowSource.From<float>(new float[5000 * 3], [3]);
        var set = new RowBatchDataset([inputs], Dataset.Range(5000).Shuffle(4), 1).Prefetch(2);
        var buffers = new HashSet<RowBatch>();
        Assert.InRange(Allocated(set, batch => buffers.Add(batch)), 0, 4000 * 8);
        Assert.InRange(buffers.Count, 1, 5);
    }

    [Fact]
    public void Neither_does_a_parallel_map_into_buffers()
    {
        var set = Dataset.Range(5000).MapInto(() => new int[10], (element, _, buffer) => buffer[0] = element, 3).Prefetch(2);
        Assert.InRange(Allocated(set, buffer => buffer[1]++), 0, 4000 * 8);
    }

    // Bytes allocated, on all threads, from the 1,000th to the 5,000th element: an object per element would be 24 bytes each at least.
    // The least of a few epochs, since the test runner allocates now and then beside it.
    private static long Allocated<T>(Dataset<T> set, Action<T> use) => Enumerable.Range(0, 5).Min(epoch =>
    {
        long count = 0, before = 0;
        foreach (var element in set.Epoch(epoch))
        {
            use(element);
            if (++count == 1000) before = GC.GetTotalAllocatedBytes(precise: true);
        }
        Assert.Equal(5000, count);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    });
}
