using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>What a recurrent cell does to one sample at one time step, besides the matrix product: gates and states, vectorized along the units.</summary>
internal unsafe interface IRecurrentKernel<T> where T : unmanaged, INumber<T>
{
    /// <summary>Numbers per unit that input and state are projected to.</summary>
    static abstract int Gates { get; }

    /// <summary>Numbers per unit that go on to the next step.</summary>
    static abstract int States { get; }

    /// <summary>Numbers per unit kept for the gradient.</summary>
    static abstract int Kept { get; }

    /// <summary>Whether the product's gradient is written apart from the projected input's.</summary>
    static abstract bool HasOwnProductGradient { get; }

    /// <summary>States after the step, and what is kept, from the projections and the states before.</summary>
    static abstract void Forward<TV>(in RecurrentRow<T> row) where TV : struct, ISimd<TV, T>;

    /// <summary>
    /// Gradients of the projections from those of the states after the step; the gradients of the states before it, as far as they do not
    /// come through the product, replace those that were carried.
    /// </summary>
    static abstract void Backward<TV>(in RecurrentGradientRow<T> row) where TV : struct, ISimd<TV, T>;
}

/// <summary>Where one sample's numbers of one time step are. The parts of gates and states follow each other at the given steps.</summary>
internal unsafe struct RecurrentRow<T> where T : unmanaged
{
    public T* X, Product, Before, After, Kept;
    public nint GateStep, ProductStep, KeptStep, StateStep;

    /// <summary>Units.</summary>
    public nint Count;
}

/// <summary>As <see cref="RecurrentRow{T}"/> for the way back. The gradients from above, of h and of a second state, are added to what is carried.</summary>
internal unsafe struct RecurrentGradientRow<T> where T : unmanaged
{
    public T* Before, After, Kept, Upstream, SecondUpstream, Carried, Dx, Dproduct;
    public nint GateStep, StateStep, CarriedStep;

    /// <summary>Units.</summary>
    public nint Count;
}
