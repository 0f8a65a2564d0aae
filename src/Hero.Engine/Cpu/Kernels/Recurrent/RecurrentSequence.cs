using System.Numerics;
using System.Runtime.Intrinsics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>A recurrent cell over whole sequences, for the vectors that the processor has and for one way to multiply by the kernel.</summary>
internal abstract unsafe class RecurrentSequence<T> where T : unmanaged, INumber<T>
{
    /// <summary>The sequence of a cell in its own type.</summary>
    public static RecurrentSequence<T> Of<TKernel>() where TKernel : struct, IRecurrentKernel<T> =>
        Vector512.IsHardwareAccelerated ? new RecurrentSequence<TKernel, PackedMatrix<T>, Simd512<T>, T>()
        : Vector256.IsHardwareAccelerated ? new RecurrentSequence<TKernel, PackedMatrix<T>, Simd256<T>, T>()
        : Vector128.IsHardwareAccelerated ? new RecurrentSequence<TKernel, PackedMatrix<T>, Simd128<T>, T>()
        : new RecurrentSequence<TKernel, PackedMatrix<T>, Simd1<T>, T>();

    /// <summary>
    /// The sequence of a cell of float32 whose products are those of factors rounded to bfloat16, with sums in float32; needs a <see cref="TileUnit"/>. Gates and
    /// states are float32.
    /// </summary>
    public static RecurrentSequence<float> InBFloat16<TKernel>() where TKernel : struct, IRecurrentKernel<float> =>
        new RecurrentSequence<TKernel, BFloat16Matrix, Simd512<float>, float>();

    /// <summary>Numbers per unit that input and state are projected to.</summary>
    public abstract int Gates { get; }

    /// <summary>Numbers per unit that go on to the next step.</summary>
    public abstract int States { get; }

    /// <summary>Whether the product's gradient is written apart from the projected input's.</summary>
    public abstract bool HasOwnProductGradient { get; }

    /// <summary>Computes the states before the first and after each step.</summary>
    /// <param name="shape">Steps, samples, units.</param>
    /// <param name="x">Projected inputs: [steps, batch, gates * units].</param>
    /// <param name="kernel">[units, gates * units].</param>
    /// <param name="packed">The kernel packed; or null, and it is packed for this run.</param>
    /// <param name="bias">[gates * units] or null.</param>
    /// <param name="initial">[states, batch, units] or null for zeros.</param>
    /// <param name="mask">[steps, batch], 0 for steps that leave the states as they are; or null.</param>
    /// <param name="states">Output: [states, steps + 1, batch, units].</param>
    /// <param name="kept">Output: [steps, batch, kept * units], or null where no gradient is wanted.</param>
    public abstract void Forward(RecurrentShape shape, T* x, T* kernel, void* packed, T* bias, T* initial, byte* mask, T* states, T* kept);

    /// <summary>Computes the gradients of the projections and, where wanted, of bias and first states.</summary>
    /// <param name="shape">Steps, samples, units.</param>
    /// <param name="kernel">[units, gates * units].</param>
    /// <param name="mask">As on the way forward.</param>
    /// <param name="states">What the way forward gave.</param>
    /// <param name="kept">What the way forward gave.</param>
    /// <param name="upstream">The gradient of the states: that of a region, [states, times, batch, units]; the others' is zero.</param>
    /// <param name="regionStates">The states of the region.</param>
    /// <param name="regionTimes">Its times, of steps + 1.</param>
    /// <param name="dx">Output: the gradient of the projected inputs, [steps, batch, gates * units].</param>
    /// <param name="dproduct">Output: the gradient of the projected states, of the same shape; dx itself where the cell has no other.</param>
    /// <param name="dbias">Output: the sums of dproduct, [gates * units], or null.</param>
    /// <param name="dinitial">Output: [states, batch, units], or null.</param>
    public abstract void Backward(
        RecurrentShape shape, T* kernel, byte* mask, T* states, T* kept, T* upstream, Range regionStates, Range regionTimes, T* dx, T* dproduct, T* dbias, T* dinitial);
}

internal sealed unsafe class RecurrentSequence<TKernel, TWeights, TV, T> : RecurrentSequence<T>
    where TKernel : struct, IRecurrentKernel<T>
    where TWeights : struct, IPackedMatrix<TWeights, T>
    where TV : struct, ISimd<TV, T>
    where T : unmanaged, INumber<T>
{
    private const int PackedSlot = 0;

    public override int Gates => TKernel.Gates;

    public override int States => TKernel.States;

    public override bool HasOwnProductGradient => TKernel.HasOwnProductGradient;

    public override void Forward(RecurrentShape shape, T* x, T* kernel, void* packed, T* bias, T* initial, byte* mask, T* states, T* kept)
    {
        int units = shape.Units, width = TKernel.Gates * units;
        var weights = TWeights.At(packed == null ? Scratch.Get(PackedSlot, TWeights.Bytes(units, width)) : packed, units, width);
        RecurrentForward<TKernel, TWeights, TV, T>.Run(shape, x, packed == null ? kernel : null, weights, bias, initial, mask, states, kept);
    }

    public override void Backward(
        RecurrentShape shape, T* kernel, byte* mask, T* states, T* kept, T* upstream, Range regionStates, Range regionTimes, T* dx, T* dproduct, T* dbias, T* dinitial) =>
        RecurrentBackward<TKernel, TWeights, TV, T>.Run(shape, kernel, mask, states, kept, upstream, regionStates, regionTimes, dx, dproduct, dbias, dinitial);
}
