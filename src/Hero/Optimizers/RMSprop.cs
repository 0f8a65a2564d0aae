using Hero.Saving;

namespace Hero.Optimizers;

/// <summary>
/// Steps divided by the root of a running mean of squared gradients (Tieleman and Hinton 2012): v = rho v + (1 - rho) g^2,
/// w -= rate g / sqrt(v + epsilon); centered: the variance instead of the mean square.
/// </summary>
public sealed class RMSprop : Optimizer
{
    private readonly double rho;
    private readonly double momentum;
    private readonly double epsilon;
    private readonly bool centered;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">How far a step goes.</param>
    /// <param name="rho">How much of the running mean is kept.</param>
    /// <param name="momentum">How much of the last step is kept.</param>
    /// <param name="epsilon">Added before the root.</param>
    /// <param name="centered">Whether the running mean's square is taken off.</param>
    /// <param name="weightDecay">See <see cref="Optimizer.WeightDecay"/>.</param>
    /// <param name="clipNorm">The greatest norm of each gradient.</param>
    /// <param name="clipValue">The greatest size of an element.</param>
    /// <param name="globalClipNorm">The greatest norm of all gradients together.</param>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public RMSprop(
        double learningRate = 0.001, double rho = 0.9, double momentum = 0, double epsilon = 1e-7, bool centered = false,
        double? weightDecay = null,
        double? clipNorm = null, double? clipValue = null, double? globalClipNorm = null)
        : base(learningRate, clipNorm, clipValue, globalClipNorm, weightDecay)
    {
        this.rho = Optimizers.Fraction(rho, nameof(rho), nameof(RMSprop));
        this.momentum = Optimizers.Fraction(momentum, nameof(momentum), nameof(RMSprop));
        this.epsilon = Optimizers.Epsilon(epsilon, nameof(RMSprop));
        this.centered = centered;
    }

    private protected override IReadOnlyList<string> SlotNames =>
        ["velocity", .. momentum > 0 ? new[] { "momentum" } : [], .. centered ? new[] { "average_gradient" } : []];

    internal static RMSprop FromConfig(Config config) => new(
        rho: config.GetDouble("rho"), momentum: config.GetDouble("momentum"), epsilon: config.GetDouble("epsilon"),
        centered: config.GetBool("centered"),
        weightDecay: Optimizers.Optional(config, "weight_decay"), clipNorm: Optimizers.Optional(config, "clipnorm"),
        clipValue: Optimizers.Optional(config, "clipvalue"), globalClipNorm: Optimizers.Optional(config, "global_clipnorm"));

    private protected override Config GetConfig() =>
        new Config().Set("rho", rho).Set("momentum", momentum).Set("epsilon", epsilon).Set("centered", centered);

    private protected override Tensor Change(OptimizerStep step, Variable variable, Tensor start, Tensor gradient)
    {
        var velocity = Slot(variable, "velocity");
        var spread = step.Set(velocity, velocity * rho + gradient.Square() * (1 - rho));
        if (centered)
        {
            var average = Slot(variable, "average_gradient");
            spread -= step.Set(average, average * rho + gradient * (1 - rho)).Square();
        }
        var increment = gradient * step.LearningRate / (spread + epsilon).Sqrt();
        if (momentum == 0) return start - increment;
        var kept = Slot(variable, "momentum");
        return start - step.Set(kept, kept * momentum + increment);
    }
}
