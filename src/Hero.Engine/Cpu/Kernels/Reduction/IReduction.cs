using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>A reduction whose partial results in registers have the elements' type; accumulators between blocks may be wider.</summary>
internal unsafe interface IReduction<T> where T : unmanaged, INumber<T>
{
    /// <summary>Bytes of an accumulator.</summary>
    static abstract int AccumulatorSize { get; }

    /// <summary>Two partial results, or a partial result and an element, made one.</summary>
    static abstract TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T>;

    static abstract void Begin(void* accumulators, nint count);

    /// <summary>Takes partial results, one per column, into the accumulators.</summary>
    static abstract void Take(void* accumulators, T* partial, nint count);

    static abstract void Combine(void* accumulators, void* later, nint count);

    static abstract void Finish(void* results, void* accumulators, nint count, nint length);
}
