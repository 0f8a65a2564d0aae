namespace Hero;

public partial class Tensor
{
    /// <summary>The value as a new array in row-major order. bfloat16 is given as BFloat16 or, without loss, as float.</summary>
    /// <exception cref="InvalidCastException">The elements are of another type: Cast first.</exception>
    public T[] ToArray<T>() where T : unmanaged
    {
        // First the value itself, then its conversion: together they would skip the rounding.
        if (typeof(T) == typeof(float) && DType == DType.BFloat16)
            return Array.ConvertAll(ToArray<BFloat16>(), number => System.Runtime.CompilerServices.Unsafe.BitCast<float, T>(number));
        RequireType<T>();
        return Evaluate().As<T>()[..checked((int)Size)].ToArray();
    }

    /// <summary>Copies the value, in row-major order, into memory of the caller's.</summary>
    /// <exception cref="InvalidCastException">The elements are of another type: Cast first.</exception>
    /// <exception cref="ArgumentException">The span is shorter than the value.</exception>
    public void CopyTo<T>(Span<T> destination) where T : unmanaged
    {
        RequireType<T>();
        Evaluate().As<T>()[..checked((int)Size)].CopyTo(destination);
    }

    /// <summary>The value as an array with as many dimensions: (float[,])t.ToMultidimensionalArray().</summary>
    public Array ToMultidimensionalArray()
    {
        var result = Array.CreateInstance(DTypes.ClrType(DType), Rank == 0 ? [1] : Shape.ToArray());
        var bytes = System.Runtime.InteropServices.MemoryMarshal.CreateSpan(
            ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(result), checked((int)Bytes));
        if (Bytes > 0) Evaluate().Span[..(int)Bytes].CopyTo(bytes);
        return result;
    }

    /// <summary>The only element of a tensor of size 1, converted to <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidOperationException">The tensor has more or fewer elements.</exception>
    public T Item<T>() where T : unmanaged
    {
        if (Size != 1) throw new InvalidOperationException($"Item needs a tensor of one element, got shape {Shape}. Index it first.");
        if (DTypes.Of<T>() == DType) return Evaluate().As<T>()[0];
        return new Tensor(DType, Shape, Evaluate()).Cast(DTypes.Of<T>()).Evaluate().As<T>()[0];
    }

    /// <summary>The value as NumPy prints it; a function's input, which has no value, as its type and shape.</summary>
    public override string ToString() => Compiling.Evaluator.HasValue(this) ? TensorFormatter.Format(this) : $"Tensor({DTypes.Name(DType)}, {Shape})";

    private void RequireType<T>() where T : unmanaged
    {
        if (DTypes.Of<T>() != DType)
            throw new InvalidCastException($"The tensor holds {DTypes.Name(DType)}, asked for {DTypes.Name(DTypes.Of<T>())}. Use Cast(DType.{DTypes.Of<T>()}) first.");
    }
}
