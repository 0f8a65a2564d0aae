using Hero.Initializers;
using Hero.Regularizers;
using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// A vector for each whole number from 0 to below input_dim: (batch, ...) of integers -> (batch, ..., output_dim). Numbers that come as
/// floats are cut to integers; one outside the range is an error (negative ones count from the end). Weights: embeddings (input_dim, output_dim).
/// </summary>
/// <example><code>new Embedding(10_000, 64, maskZero: true)</code></example>
public sealed class Embedding : Layer
{
    private readonly int inputDim;
    private readonly int outputDim;
    private readonly Initializer? embeddingsInitializer;
    private readonly Regularizer? embeddingsRegularizer;
    private readonly bool maskZero;
    private Variable? embeddings;

    /// <summary>Creates the layer.</summary>
    /// <param name="inputDim">How many numbers there are.</param>
    /// <param name="outputDim">The size of the vectors.</param>
    /// <param name="embeddingsInitializer">random_uniform when not given.</param>
    /// <param name="embeddingsRegularizer">A penalty on the vectors.</param>
    /// <param name="maskZero">Whether 0 stands for a step that does not count: recurrent layers after it pass over it.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is less than 1.</exception>
    public Embedding(
        int inputDim, int outputDim, Initializer? embeddingsInitializer = null, Regularizer? embeddingsRegularizer = null, bool maskZero = false,
        string? name = null, DTypePolicy? dtype = null)
        : base(name, dtype)
    {
        if (inputDim < 1) throw new ArgumentOutOfRangeException(nameof(inputDim), inputDim, $"Embedding needs an inputDim of at least 1, got {inputDim}.");
        if (outputDim < 1) throw new ArgumentOutOfRangeException(nameof(outputDim), outputDim, $"Embedding needs an outputDim of at least 1, got {outputDim}.");
        (this.inputDim, this.outputDim, this.maskZero) = (inputDim, outputDim, maskZero);
        (this.embeddingsInitializer, this.embeddingsRegularizer) = (embeddingsInitializer, embeddingsRegularizer);
    }

    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig()
        .Set("input_dim", inputDim).Set("output_dim", outputDim)
        .Set("embeddings_initializer", embeddingsInitializer?.Write().Json).Set("embeddings_regularizer", embeddingsRegularizer?.Write().Json)
        .Set("mask_zero", maskZero);

    internal static Embedding FromConfig(Config config) => new(
        config.GetInt("input_dim"), config.GetInt("output_dim"), KernelSettings.ReadInitializer(config, "embeddings_initializer"),
        KernelSettings.ReadRegularizer(config, "embeddings_regularizer"), config.GetBool("mask_zero"));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape) =>
        embeddings = AddWeight("embeddings", [inputDim, outputDim], embeddingsInitializer ?? "random_uniform", regularizer: embeddingsRegularizer);

    // Not Call: under a bfloat16 policy numbers above 256 would not survive the cast of inputs.
    internal override Tensor[] CallAll(Tensor[] inputs, bool training, Tensor? mask) => [Cast(embeddings!).Gather(Numbers(inputs[0]))];

    internal override Tensor? ComputeMask(Tensor[] inputs, Tensor? mask) => maskZero && inputs[0].Rank == 2 ? Numbers(inputs[0]).NotEqualTo(Tensor.From(0)) : null;

    private static Tensor Numbers(Tensor input) => input.DType is DType.Int32 ? input : input.Cast(DType.Int32);
}
