using Hero.Initializers;
using Hero.Regularizers;
using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// Gives each channel mean beta and standard deviation gamma (Ioffe and Szegedy 2015): y = gamma (x - mean) / sqrt(variance +
/// epsilon) + beta, any shape (batch, ..., channels) to the same shape. In training mean and variance are the batch's without its masked
/// steps, and the moving ones follow them; otherwise, and when the layer is frozen, they are the moving ones. Weights of shape (channels):
/// gamma, beta, moving_mean, moving_variance. Statistics and the arithmetic are float32 in every policy.
/// </summary>
/// <example><code>new BatchNormalization()</code></example>
public sealed class BatchNormalization : Layer
{
    private readonly double momentum;
    private readonly double epsilon;
    private readonly bool center;
    private readonly bool scale;
    private readonly Initializer? betaInitializer;
    private readonly Initializer? gammaInitializer;
    private readonly Initializer? movingMeanInitializer;
    private readonly Initializer? movingVarianceInitializer;
    private readonly Regularizer? betaRegularizer;
    private readonly Regularizer? gammaRegularizer;
    private Variable? gamma;
    private Variable? beta;
    private Variable? movingMean;
    private Variable? movingVariance;

    /// <summary>Creates the layer.</summary>
    /// <param name="momentum">How much of the moving statistics is kept at each step.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="center">Whether there is a beta.</param>
    /// <param name="scale">Whether there is a gamma.</param>
    /// <param name="betaInitializer">zeros when not given.</param>
    /// <param name="gammaInitializer">ones when not given.</param>
    /// <param name="movingMeanInitializer">zeros when not given.</param>
    /// <param name="movingVarianceInitializer">ones when not given.</param>
    /// <param name="betaRegularizer">A penalty on beta.</param>
    /// <param name="gammaRegularizer">A penalty on gamma.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">The momentum is outside [0, 1], or epsilon is not above 0.</exception>
    public BatchNormalization(
        double momentum = 0.99, double epsilon = 1e-3, bool center = true, bool scale = true, Initializer? betaInitializer = null,
        Initializer? gammaInitializer = null, Initializer? movingMeanInitializer = null, Initializer? movingVarianceInitializer = null,
        Regularizer? betaRegularizer = null, Regularizer? gammaRegularizer = null, string? name = null, DTypePolicy? dtype = null)
        : base(name, dtype)
    {
        if (!(momentum >= 0 && momentum <= 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum,
                $"BatchNormalization needs a momentum from 0 to 1, got {momentum}.");
        if (!(epsilon > 0))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, $"BatchNormalization needs an epsilon above 0, got {epsilon}.");
        (this.momentum, this.epsilon, this.center, this.scale) = (momentum, epsilon, center, scale);
        (this.betaInitializer, this.gammaInitializer) = (betaInitializer, gammaInitializer);
        (this.movingMeanInitializer, this.movingVarianceInitializer) = (movingMeanInitializer, movingVarianceInitializer);
        (this.betaRegularizer, this.gammaRegularizer) = (betaRegularizer, gammaRegularizer);
    }

    /// <inheritdoc/>
    protected override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig()
        .Set("momentum", momentum).Set("epsilon", epsilon).Set("center", center).Set("scale", scale)
        .Set("beta_initializer", betaInitializer?.Write().Json).Set("gamma_initializer", gammaInitializer?.Write().Json)
        .Set("moving_mean_initializer", movingMeanInitializer?.Write().Json)
            .Set("moving_variance_initializer", movingVarianceInitializer?.Write().Json)
        .Set("beta_regularizer", betaRegularizer?.Write().Json).Set("gamma_regularizer", gammaRegularizer?.Write().Json);

    internal static BatchNormalization FromConfig(Config config) => new(
        config.GetDouble("momentum"), config.GetDouble("epsilon"), config.GetBool("center"), config.GetBool("scale"),
        KernelSettings.ReadInitializer(config, "beta_initializer"), KernelSettings.ReadInitializer(config, "gamma_initializer"),
        KernelSettings.ReadInitializer(config, "moving_mean_initializer"),
        KernelSettings.ReadInitializer(config, "moving_variance_initializer"),
        KernelSettings.ReadRegularizer(config, "beta_regularizer"), KernelSettings.ReadRegularizer(config, "gamma_regularizer"));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        if (inputShape.Rank == 0) throw new ArgumentException("expects inputs of shape (batch, ..., channels), got one number per example");
        Shape channels = [inputShape[^1]];
        if (scale) gamma = AddWeight("gamma", channels, gammaInitializer ?? "ones", regularizer: gammaRegularizer);
        if (center) beta = AddWeight("beta", channels, betaInitializer ?? "zeros", regularizer: betaRegularizer);
        movingMean = AddWeight("moving_mean", channels, movingMeanInitializer ?? "zeros", trainable: false);
        movingVariance = AddWeight("moving_variance", channels, movingVarianceInitializer ?? "ones", trainable: false);
    }

    internal override Tensor[] CallAll(Tensor[] inputs, bool training, Tensor? mask) => [Normalize(DTypePolicy.Cast(Only(inputs)), training, mask)];

    private Tensor Normalize(Tensor input, bool training, Tensor? mask)
    {
        if (input.Shape[^1] != movingMean!.Shape[0])
            throw new ArgumentException($"expects {movingMean.Shape[0]} channels last, got shape {input.Shape}");
        if (!training || !Trainable)
        {
            // One multiplication and one addition for each number: the rest is for each channel alone.
            var factor = Factor(movingVariance!);
            var shift = beta is null ? -(movingMean * factor) : beta - movingMean * factor;
            return (input * factor + shift).Cast(input.DType);
        }
        var (mean, variance) = mask is null ? input.Moments() : Moments(DTypePolicy.Widen(input), mask);
        movingMean.Assign(movingMean.Latest * momentum + mean * (1 - momentum));
        movingVariance!.Assign(movingVariance.Latest * momentum + variance * (1 - momentum));
        // Not multiplied out: x times something less the mean times something cancels, and so do the gradients.
        var centered = input - mean;
        var output = beta is null ? centered * Factor(variance) : centered.MultiplyAdd(Factor(variance), beta);
        return output.Cast(input.DType);
    }

    /// <summary>Mean and variance of each channel over the steps that count.</summary>
    private static (Tensor Mean, Tensor Variance) Moments(Tensor input, Tensor mask)
    {
        while (mask.Rank < input.Rank) mask = mask.ExpandDims(-1);
        Shape everywhere = [.. input.Shape[..^1], 1];
        var weights = mask.Cast(input.DType).BroadcastTo(everywhere);
        var axes = Enumerable.Range(0, input.Rank - 1).ToArray();
        // Keras' backend.epsilon(): a batch of masked steps has the mean 0.
        var count = weights.Sum() + 1e-7;
        var mean = (input * weights).Sum(axes) / count;
        return (mean, ((input - mean).Square() * weights).Sum(axes) / count);
    }

    private Tensor Factor(Tensor variance)
    {
        var factor = (variance + epsilon).Rsqrt();
        return gamma is null ? factor : factor * gamma;
    }
}
