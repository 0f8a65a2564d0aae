using System.Runtime.CompilerServices;

namespace Hero.Layers;

/// <summary>Which time steps of a value count: masks, bool (batch, time), go along with the tensors they belong to (Keras' <c>_keras_mask</c>).</summary>
internal static class Masks
{
    private static readonly ConditionalWeakTable<Tensor, Tensor> Attached = [];

    /// <summary>A tensor's mask; null where all steps count.</summary>
    public static Tensor? Of(Tensor tensor) => Attached.TryGetValue(tensor, out var mask) ? mask : null;

    public static void Attach(Tensor tensor, Tensor mask) => Attached.AddOrUpdate(tensor, mask);
}
