using System.Collections;
using System.Runtime.CompilerServices;

namespace Hero;

/// <summary>A short immutable list of integers compared by value: the axes, permutations and steps that operations carry.</summary>
[CollectionBuilder(typeof(Ints), nameof(Create))]
internal readonly struct Ints(int[] values) : IEquatable<Ints>, IEnumerable<int>
{
    private readonly int[]? values = values;

    public int Count => values?.Length ?? 0;

    public ReadOnlySpan<int> Span => values;

    public int this[int index] => values![index];

    public static Ints Create(ReadOnlySpan<int> values) => new(values.ToArray());

    public bool Equals(Ints other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is Ints other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var value in Span) hash.Add(value);
        return hash.ToHashCode();
    }

    public override string ToString() => $"[{string.Join(", ", values ?? [])}]";

    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(values ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
