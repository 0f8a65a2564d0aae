using Hero.Saving;

namespace Hero.Optimizers;

/// <summary>
/// Gradient descent: w -= rate g; with momentum v = momentum v - rate g, w += v, or with Nesterov's w += momentum v - rate g.
/// </summary>
public sealed class SGD : Optimizer
{
    private readonly double momentum;
    private readonly bool nesterov;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">How far a step goes.</param>
    /// <param name="momentum">How much of the last step is kept, 0 to 1.</param>
    /// <param name="nesterov">Whether the gradient is taken as if after the momentum's step (Nesterov 1983).</param>
    /// <param name="weightDecay">See <see cref="Optimizer.WeightDecay"/>.</param>
    /// <param name="clipNorm">The greatest norm of each gradient.</param>
    /// <param name="clipValue">The greatest size of an element.</param>
    /// <param name="globalClipNorm">The greatest norm of all gradients together.</param>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public SGD(
        double learningRate = 0.01, double momentum = 0, bool nesterov = false, double? weightDecay = null,
        double? clipNorm = null, double? clipValue = null, double? globalClipNorm = null)
        : base(learningRate, clipNorm, clipValue, globalClipNorm, weightDecay)
    {
        if (!(momentum >= 0 && momentum <= 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, $"SGD needs a momentum from 0 to 1, got {momentum}.");
        this.momentum = momentum;
        this.nesterov = nesterov;
    }

    private protected override IReadOnlyList<string> SlotNames => momentum > 0 ? ["momentum"] : [];

    internal static SGD FromConfig(Config config) => new(
        momentum: config.GetDouble("momentum"), nesterov: config.GetBool("nesterov"),
        weightDecay: Optimizers.Optional(config, "weight_decay"),
        clipNorm: Optimizers.Optional(config, "clipnorm"), clipValue: Optimizers.Optional(config, "clipvalue"),
        globalClipNorm: Optimizers.Optional(config, "global_clipnorm"));

    private protected override Config GetConfig() => new Config().Set("momentum", momentum).Set("nesterov", nesterov);

    private protected override Tensor Change(OptimizerStep step, Variable variable, Tensor start, Tensor gradient)
    {
        var descent = gradient * step.LearningRate;
        if (momentum == 0) return start - descent;
        var velocity = Slot(variable, "momentum");
        var next = step.Set(velocity, velocity * momentum - descent);
        return nesterov ? start + next * momentum - descent : start + next;
    }
}
