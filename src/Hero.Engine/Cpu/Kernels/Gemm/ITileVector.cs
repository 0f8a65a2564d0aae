namespace Hero.Cpu.Kernels;

/// <summary>
/// What the matrix tile needs of one instruction set and element type. The tile is written once over this; every member compiles
/// to one or two instructions.
/// </summary>
internal unsafe interface ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    /// <summary>The most rows a tile of two vectors' width may have with all its sums in registers.</summary>
    static abstract int MaxRows { get; }

    static abstract TVector Zero { get; }

    static abstract TVector Load(T* source);

    /// <summary>The first <paramref name="count"/> elements, zeros after them; nothing behind them is read.</summary>
    static abstract TVector LoadFirst(T* source, int count);

    static abstract TVector Broadcast(T* source);

    static abstract void Store(TVector value, T* target);

    /// <summary>Writes the first <paramref name="count"/> elements and nothing behind them.</summary>
    static abstract void StoreFirst(TVector value, T* target, int count);

    /// <summary>left * right + sum, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector sum);

    /// <summary>Whether multiplications broadcast an element of memory for nothing.</summary>
    static abstract bool MultipliesFromMemory { get; }

    /// <summary>left * right + sum for an element in memory, by an instruction that reads it if there is one.</summary>
    static abstract TVector MultiplyAdd(T* left, TVector right, TVector sum);

    static abstract TVector Add(TVector left, TVector right);

    /// <summary>The value held between two others; NaN stays NaN.</summary>
    static abstract TVector Clamp(TVector value, TVector low, TVector high);

    /// <summary>The sum of all lanes, always in the same order.</summary>
    static abstract T Sum(TVector value);

    /// <summary>Writes the sums of four vectors' lanes one after the other, each always in the same order.</summary>
    static abstract void StoreSums(TVector a, TVector b, TVector c, TVector d, T* target);
}
