using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// A recurrent layer that reads sequences in both directions (Schuster and Paliwal 1997): two layers with weights of their own, one of
/// them reading from the end, and their outputs put together step by step. (batch, time, features) -> what the layer gives, twice as wide
/// with "concat". Where it returns sequences, masked steps give zeros. With return_state the states of both layers follow.
/// </summary>
/// <example><code>new Bidirectional(new LSTM(64, returnSequences: true))</code></example>
public sealed class Bidirectional : Layer
{
    private static readonly string[] MergeModes = ["concat", "sum", "mul", "ave"];

    private readonly RecurrentLayer forward;
    private readonly RecurrentLayer backward;
    private readonly string? mergeMode;

    /// <summary>Creates the layer.</summary>
    /// <param name="layer">What reads the sequence as it is: a new layer is made of its settings.</param>
    /// <param name="mergeMode">How outputs are put together: "concat", "sum", "mul", "ave"; null gives both as two outputs.</param>
    /// <param name="backwardLayer">What reads from the end; a layer of the same settings when not given.</param>
    /// <param name="name">The layer's name.</param>
    /// <exception cref="ArgumentException">There is no such merge mode, or the two layers do not fit each other.</exception>
    public Bidirectional(RecurrentLayer layer, string? mergeMode = "concat", RecurrentLayer? backwardLayer = null, string? name = null)
        : base(name, layer?.DTypePolicy)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (mergeMode is not null && !MergeModes.Contains(mergeMode))
            throw new ArgumentException($"Bidirectional knows the merge modes {string.Join(", ", MergeModes)} and null, got \"{mergeMode}\".", nameof(mergeMode));
        this.mergeMode = mergeMode;
        forward = AddLayer(Copy(layer, "forward_", layer.GoBackwards));
        backward = AddLayer(backwardLayer ?? Copy(layer, "backward_", !layer.GoBackwards));
        if (forward.GoBackwards == backward.GoBackwards)
            throw new ArgumentException("Bidirectional needs layers that read in different directions: give one of them goBackwards: true.", nameof(backwardLayer));
        if ((forward.ReturnSequences, forward.ReturnState, forward.Stateful) != (backward.ReturnSequences, backward.ReturnState, backward.Stateful))
            throw new ArgumentException("Bidirectional needs layers with the same returnSequences, returnState and stateful.", nameof(backwardLayer));
    }

    /// <summary>The layer that reads in the direction of the one given.</summary>
    public RecurrentLayer ForwardLayer => forward;

    /// <summary>The layer that reads in the other direction.</summary>
    public RecurrentLayer BackwardLayer => backward;

    /// <summary>Sets the states that the next batch begins with to zero.</summary>
    /// <exception cref="InvalidOperationException">The layers are not stateful.</exception>
    public void ResetState()
    {
        forward.ResetState();
        backward.ResetState();
    }

    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig()
        .Set("layer", LayerRegistry.Write(forward).Json).Set("backward_layer", LayerRegistry.Write(backward).Json).Set("merge_mode", mergeMode);

    internal static Bidirectional FromConfig(Config config) => new(
        Inner(config, "layer"), config.Has("merge_mode") ? config.GetString("merge_mode") : null, Inner(config, "backward_layer"));

    /// <inheritdoc/>
    protected override void Build(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        forward.EnsureBuilt([inputShapes[0]]);
        backward.EnsureBuilt([inputShapes[0]]);
    }

    internal override Tensor[] CallAll(Tensor[] inputs, bool training, Tensor? mask)
    {
        var half = inputs.Length / 2;
        var ahead = forward.Invoke([inputs[0], .. inputs[1..(1 + half)]], training, mask);
        var back = backward.Invoke([inputs[0], .. inputs[(1 + half)..]], training, mask);
        var (one, other) = (InOrder(forward, ahead[0], mask), InOrder(backward, back[0], mask));
        Tensor[] states = [.. ahead[1..], .. back[1..]];
        if (mergeMode is null && ComputeMask(inputs, mask) is { } both) Masks.Attach(other, both);
        return mergeMode switch
        {
            "concat" => [Tensor.Concatenate([one, other], one.Rank - 1), .. states],
            "sum" => [one + other, .. states],
            "mul" => [one * other, .. states],
            "ave" => [(one + other) * 0.5, .. states],
            _ => [one, other, .. states],
        };
    }

    internal override Tensor? ComputeMask(Tensor[] inputs, Tensor? mask) => forward.ReturnSequences ? mask : null;

    /// <summary>A layer's outputs in the order of its inputs, zeros at masked steps.</summary>
    private static Tensor InOrder(RecurrentLayer layer, Tensor output, Tensor? mask)
    {
        if (!layer.ReturnSequences) return output;
        if (layer.GoBackwards) output = output.Flip(1);
        return mask is null ? output : output * mask.Cast(output.DType).ExpandDims(-1);
    }

    private static RecurrentLayer Copy(RecurrentLayer layer, string prefix, bool goBackwards)
    {
        var written = LayerRegistry.Write(layer);
        var config = written.GetConfig("config").Set("go_backwards", goBackwards);
        if (!layer.Name.StartsWith(prefix, StringComparison.Ordinal)) config.Set("name", prefix + layer.Name);
        return (RecurrentLayer)LayerRegistry.Read(written);
    }

    private static RecurrentLayer Inner(Config config, string name) => LayerRegistry.Read(config.GetConfig(name)) as RecurrentLayer
        ?? throw new ModelFileException($"Setting '{name}': expected a recurrent layer.");
}
