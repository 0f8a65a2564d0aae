namespace Hero.Data;

/// <summary>
/// A run through an epoch of a <see cref="Dataset{T}"/>: one thread at a time asks for the next element. What the element lives
/// in may be leased; whoever asked gives it back when the element is done with.
/// </summary>
internal abstract class Cursor<T> : IDisposable
{
    /// <summary>The next element; false at the end.</summary>
    public abstract bool Next(out Leased<T> item);

    /// <summary>Stops all work behind the cursor and waits for it.</summary>
    public abstract void Dispose();
}

/// <summary>An element and, where its memory is to be used again, the lease to give back.</summary>
internal readonly record struct Leased<T>(T Value, Lease? Lease);

/// <summary>A claim on memory that is used again. <see cref="Release"/> is called once, on any thread.</summary>
internal abstract class Lease
{
    public abstract void Release();
}

/// <summary>
/// Values that are used again and again: as many are made as are ever out at the same time, then no more. Thread safe.
/// </summary>
internal sealed class Pool<T>(Func<T> create)
{
    private readonly Stack<Leased<T>> free = new();
    private readonly Lock gate = new();

    public Leased<T> Rent()
    {
        lock (gate)
        {
            if (free.TryPop(out var item)) return item;
        }
        var value = create();
        return new(value, new PooledLease(this, value));
    }

    private sealed class PooledLease(Pool<T> pool, T value) : Lease
    {
        public override void Release()
        {
            lock (pool.gate) pool.free.Push(new(value, this));
        }
    }
}
