using Hero.Saving;

namespace Hero.Layers;

/// <summary>What all poolings over a whole picture or sequence share.</summary>
public abstract class GlobalPooling : Layer
{
    private readonly int axes;

    private protected GlobalPooling(int axes, bool keepDims, string? name, DTypePolicy? dtype)
        : base(name, dtype)
    {
        this.axes = axes;
        KeepDims = keepDims;
    }

    /// <summary>Whether the axes that are pooled stay as dimensions of 1.</summary>
    public bool KeepDims { get; }

    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig().Set("keepdims", KeepDims);

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        if (inputShape.Rank == axes + 1) return;
        var expected = axes == 2 ? "pictures of shape (batch, height, width, channels)" : "sequences of shape (batch, steps, channels)";
        throw new ArgumentException($"expects {expected}, got {SymbolicTensor.Batched(inputShape)}");
    }

    /// <summary>The axes between batch and channels.</summary>
    private protected ReadOnlySpan<int> Axes => axes == 2 ? [1, 2] : [1];
}

/// <summary>The mean of each channel of a picture: (batch, height, width, channels) -> (batch, channels).</summary>
/// <param name="keepDims">Whether the result is (batch, 1, 1, channels).</param>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class GlobalAveragePooling2D(bool keepDims = false, string? name = null, DTypePolicy? dtype = null) : GlobalPooling(2, keepDims, name, dtype)
{
    internal static GlobalAveragePooling2D FromConfig(Config config) => new(config.GetBool("keepdims"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Mean(Axes, KeepDims);
    }
}

/// <summary>The greatest of each channel of a picture: (batch, height, width, channels) -> (batch, channels).</summary>
/// <param name="keepDims">Whether the result is (batch, 1, 1, channels).</param>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class GlobalMaxPooling2D(bool keepDims = false, string? name = null, DTypePolicy? dtype = null) : GlobalPooling(2, keepDims, name, dtype)
{
    internal static GlobalMaxPooling2D FromConfig(Config config) => new(config.GetBool("keepdims"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Max(Axes, KeepDims);
    }
}

/// <summary>The mean of each channel of a sequence: (batch, steps, channels) -> (batch, channels). Masked steps are left out; a sequence
/// without any other gives NaN, as in Keras.</summary>
/// <param name="keepDims">Whether the result is (batch, 1, channels).</param>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class GlobalAveragePooling1D(bool keepDims = false, string? name = null, DTypePolicy? dtype = null) : GlobalPooling(1, keepDims, name, dtype)
{
    internal static GlobalAveragePooling1D FromConfig(Config config) => new(config.GetBool("keepdims"));

    internal override Tensor[] CallAll(Tensor[] inputs, bool training, Tensor? mask)
    {
        var input = DTypePolicy.Cast(Only(inputs));
        if (mask is null) return [input.Mean(Axes, KeepDims)];
        var counts = mask.ExpandDims(-1);
        var sum = Tensor.Where(counts, DTypePolicy.Widen(input), 0).Sum(Axes, KeepDims);
        return [(sum / counts.Cast(sum.DType).Sum(Axes, KeepDims)).Cast(input.DType)];
    }
}

/// <summary>The greatest of each channel of a sequence: (batch, steps, channels) -> (batch, channels).</summary>
/// <param name="keepDims">Whether the result is (batch, 1, channels).</param>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class GlobalMaxPooling1D(bool keepDims = false, string? name = null, DTypePolicy? dtype = null) : GlobalPooling(1, keepDims, name, dtype)
{
    internal static GlobalMaxPooling1D FromConfig(Config config) => new(config.GetBool("keepdims"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Max(Axes, KeepDims);
    }
}
