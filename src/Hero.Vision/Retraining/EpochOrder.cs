using Hero.Data;

namespace Hero.Vision.Retraining;

/// <summary>Draws pictures for steps so that each comes once in every epoch, in another order each time. A function of the seed and the step; thread safe.</summary>
internal sealed class EpochOrder(int count, long seed)
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, int[]> orders = [];

    public void Draw(int step, Span<int> numbers)
    {
        var first = (long)step * numbers.Length;
        for (var i = 0; i < numbers.Length; i++) numbers[i] = Order((int)((first + i) / count))[(first + i) % count];
    }

    private int[] Order(int epoch)
    {
        lock (gate)
        {
            if (orders.TryGetValue(epoch, out var order)) return order;
            if (orders.Count > 8) orders.Clear(); // batches are made a few ahead: old epochs are not asked for again
            return orders[epoch] = Permutation.Create(count, seed, epoch);
        }
    }
}
