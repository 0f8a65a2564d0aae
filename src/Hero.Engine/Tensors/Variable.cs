using Hero.Compiling;

namespace Hero;

/// <summary>
/// A tensor whose value can be assigned: weights, optimizer slots, running statistics. Expressions over it read the value it
/// has when they are evaluated.
/// </summary>
public sealed class Variable : Tensor
{
    private static long changes;
    private long version;

    /// <summary>Makes a variable that starts with the value of an expression.</summary>
    /// <param name="value">The first value; its shape and type are the variable's for good.</param>
    /// <param name="name">What saved files and messages call it.</param>
    /// <param name="trainable">Whether optimizers may change it.</param>
    public Variable(Tensor value, string name = "variable", bool trainable = true)
        : base(value.DType, value.Shape, Copy(value))
    {
        Name = name;
        Trainable = trainable;
        DependsOnVariable = true;
    }

    /// <summary>A variable without a value as yet.</summary>
    internal Variable(DType type, Shape shape)
        : base(type, shape, new Storage(shape.Size * DTypes.Size(type)))
    {
        Name = "held";
        DependsOnVariable = true;
    }

    /// <summary>What saved files and messages call it.</summary>
    public string Name { get; set; }

    /// <summary>Whether optimizers may change it.</summary>
    public bool Trainable { get; set; }

    /// <summary>
    /// Gives the variable a new value. Inside a function that is being traced the assignment becomes part of the function and
    /// happens at the end of each of its runs; otherwise it happens now.
    /// </summary>
    /// <exception cref="ArgumentException">The value has another shape or type.</exception>
    public void Assign(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Shape != Shape || value.DType != DType)
            throw new ArgumentException($"Variable '{Name}' holds {DTypes.Name(DType)} {Shape}, got {DTypes.Name(value.DType)} {value.Shape}.", nameof(value));
        if (Trace.Current is { } trace) trace.Assign(this, value);
        else Write(value.Evaluate().Span);
    }

    /// <summary>Gives the variable a new value now, from numbers in row-major order.</summary>
    /// <exception cref="ArgumentException">Another type or number of elements.</exception>
    public void Assign<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        if (DTypes.Of<T>() != DType || values.Length != Size)
            throw new ArgumentException($"Variable '{Name}' holds {Size:N0} elements of {DTypes.Name(DType)}, got {values.Length:N0} of {DTypes.Name(DTypes.Of<T>())}.", nameof(values));
        Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values));
    }

    /// <summary>
    /// The value after the assignments traced so far; outside of a trace the variable itself. What is used several times in one
    /// function and adds to a variable each time reads this: <c>total.Assign(total.Latest + x)</c>.
    /// </summary>
    public Tensor Latest => Trace.Current?.Assigned(this) ?? this;

    /// <summary>Grows whenever any variable has been written.</summary>
    internal static long Changes => Volatile.Read(ref changes);

    /// <summary>Grows whenever this variable has been written.</summary>
    internal long Version => Volatile.Read(ref version);

    /// <summary>The memory of the value. Whoever writes there calls <see cref="HaveChanged"/> after it.</summary>
    internal Storage Storage => Value!;

    /// <summary>Gives the variable a new value now, traced or not.</summary>
    internal void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Storage.Span);
        HaveChanged(this);
    }

    /// <summary>Lets plans that keep something computed from these variables compute it again.</summary>
    internal static void HaveChanged(params ReadOnlySpan<Variable> variables)
    {
        // In this order: who sees the count of all changes sees the variables' own.
        foreach (var variable in variables) Volatile.Write(ref variable.version, variable.version + 1);
        Interlocked.Increment(ref changes);
    }

    private static Storage Copy(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var source = value.Evaluate();
        var copy = new Storage(source.Bytes);
        source.Span.CopyTo(copy.Span);
        return copy;
    }
}
