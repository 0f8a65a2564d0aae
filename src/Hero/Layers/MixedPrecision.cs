namespace Hero;

/// <summary>The policy of layers that are made without one of their own: Keras' mixed_precision.set_global_policy.</summary>
/// <example><code>MixedPrecision.SetGlobalPolicy("mixed_bfloat16");</code></example>
public static class MixedPrecision
{
    private static volatile DTypePolicy globalPolicy = DTypePolicy.Float32;

    [ThreadStatic] private static DTypePolicy? inner;

    /// <summary>The policy that layers get where none is given; float32 at first. Layers that a layer makes get that layer's.</summary>
    public static DTypePolicy GlobalPolicy => inner ?? globalPolicy;

    /// <summary>Sets the policy of layers that are made from now on; those there are keep theirs, and so do models from files.</summary>
    /// <param name="policy">A policy or its name: "mixed_bfloat16".</param>
    public static void SetGlobalPolicy(DTypePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        globalPolicy = policy;
    }

    /// <summary>Gives layers that this thread makes a policy, until disposed.</summary>
    internal static Scope Within(DTypePolicy policy)
    {
        var scope = new Scope(inner);
        inner = policy;
        return scope;
    }

    internal readonly struct Scope(DTypePolicy? outer) : IDisposable
    {
        public void Dispose() => inner = outer;
    }
}
