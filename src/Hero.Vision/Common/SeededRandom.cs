using System.Numerics;

namespace Hero.Vision;

/// <summary>
/// Random numbers for what is drawn or drawn lots for outside of tensors: SplitMix64 (Steele, Lea, Flood 2014), the same on every
/// machine. A generator is cheap: one is made for each picture or step from (seed, stream, number), so that any of them can be made
/// again alone.
/// </summary>
internal struct SeededRandom
{
    private ulong state;

    public SeededRandom(long seed, long stream = 0, long number = 0)
    {
        state = Mix((ulong)seed + 0x9E3779B97F4A7C15);
        state = Mix(state ^ ((ulong)stream * 0xD1342543DE82EF95 + 0x632BE59BD9B4E019));
        state = Mix(state ^ ((ulong)number * 0xDA942042E4DD58B5 + 0x9E6C63D0876A9A47));
    }

    public ulong Next() => Mix(state += 0x9E3779B97F4A7C15);

    /// <summary>A number in [0, 1).</summary>
    public float Single() => (Next() >> 40) * (1f / (1 << 24));

    /// <summary>A number in [low, high).</summary>
    public float Range(float low, float high) => low + (high - low) * Single();

    /// <summary>A whole number in [0, count).</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    public bool Chance(float probability) => Single() < probability;

    public T Pick<T>(ReadOnlySpan<T> items) => items[Below(items.Length)];

    /// <summary>Nearly normal, mean 0 and deviation 1: the sum of four even numbers, which is the same everywhere to the last bit.</summary>
    public float Normal() => (Single() + Single() + Single() + Single() - 2) * 1.7320508f;

    public Vector2 InBox(float halfWidth, float halfHeight) => new(Range(-halfWidth, halfWidth), Range(-halfHeight, halfHeight));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
