using Hero.Saving;

namespace Hero.Optimizers;

/// <summary>
/// Steps scaled by the ratio of running root mean squares of past steps and of gradients (Zeiler 2012). The paper's step is that
/// of learning rate 1, once Keras' default.
/// </summary>
public sealed class Adadelta : Optimizer
{
    private readonly double rho;
    private readonly double epsilon;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">How much of the paper's step is made.</param>
    /// <param name="rho">How much of the running means is kept.</param>
    /// <param name="epsilon">Added before the roots.</param>
    /// <param name="weightDecay">See <see cref="Optimizer.WeightDecay"/>.</param>
    /// <param name="clipNorm">The greatest norm of each gradient.</param>
    /// <param name="clipValue">The greatest size of an element.</param>
    /// <param name="globalClipNorm">The greatest norm of all gradients together.</param>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public Adadelta(
        double learningRate = 0.001, double rho = 0.95, double epsilon = 1e-7, double? weightDecay = null,
        double? clipNorm = null, double? clipValue = null, double? globalClipNorm = null)
        : base(learningRate, clipNorm, clipValue, globalClipNorm, weightDecay)
    {
        this.rho = Optimizers.Fraction(rho, nameof(rho), nameof(Adadelta));
        this.epsilon = Optimizers.Epsilon(epsilon, nameof(Adadelta));
    }

    private protected override IReadOnlyList<string> SlotNames => ["accumulated_grad", "accumulated_delta_var"];

    internal static Adadelta FromConfig(Config config) => new(
        rho: config.GetDouble("rho"), epsilon: config.GetDouble("epsilon"), weightDecay: Optimizers.Optional(config, "weight_decay"),
        clipNorm: Optimizers.Optional(config, "clipnorm"), clipValue: Optimizers.Optional(config, "clipvalue"),
        globalClipNorm: Optimizers.Optional(config, "global_clipnorm"));

    private protected override Config GetConfig() => new Config().Set("rho", rho).Set("epsilon", epsilon);

    private protected override Tensor Change(OptimizerStep step, Variable variable, Tensor start, Tensor gradient)
    {
        var (squares, changes) = (Slot(variable, "accumulated_grad"), Slot(variable, "accumulated_delta_var"));
        var square = step.Set(squares, squares * rho + gradient.Square() * (1 - rho));
        var change = (changes + epsilon).Sqrt() * gradient / (square + epsilon).Sqrt();
        step.Set(changes, changes * rho + change.Square() * (1 - rho));
        return start - change * step.LearningRate;
    }
}
