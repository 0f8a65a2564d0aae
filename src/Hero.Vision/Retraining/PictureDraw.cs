namespace Hero.Vision.Retraining;

/// <summary>
/// Draws pictures for steps, each as likely as any other, so that classes come as often as they are. (retrain.py draws a class first; on
/// test pictures that are spread like the training ones that costs accuracy.) What is drawn is a function of the seed and the step:
/// a resumed training sees what an uninterrupted one would have seen.
/// </summary>
/// <param name="count">How many pictures there are.</param>
/// <param name="seed">The training's seed.</param>
/// <param name="stream">Keeps draws for different purposes apart.</param>
internal sealed class PictureDraw(int count, long seed, int stream)
{
    /// <summary>Numbers of pictures for a step; some may come twice.</summary>
    public void Draw(int step, Span<int> numbers)
    {
        var random = new SeededRandom(seed, stream, step);
        foreach (ref var number in numbers) number = random.Below(count);
    }

    /// <summary>Numbers of pictures to validate a step with: so many at random, or all for 0 or less.</summary>
    public int[] Sample(int step, int wanted)
    {
        if (count == 0) return [];
        if (wanted <= 0) return [.. Enumerable.Range(0, count)];
        var numbers = new int[wanted];
        Draw(step, numbers);
        return numbers;
    }
}
