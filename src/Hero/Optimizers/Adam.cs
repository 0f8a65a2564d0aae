using Hero.Saving;

namespace Hero.Optimizers;

/// <summary>
/// Adaptive moments (Kingma and Ba 2014): running means m of the gradient and v of its square, freed of their bias towards 0;
/// w -= rate sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt v + epsilon). amsgrad uses the greatest v so far (Reddi et al. 2018).
/// </summary>
public class Adam : Optimizer
{
    private readonly double beta1;
    private readonly double beta2;
    private readonly double epsilon;
    private readonly bool amsgrad;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">How far a step goes.</param>
    /// <param name="beta1">How much of the gradient's running mean is kept.</param>
    /// <param name="beta2">How much of the squared gradient's running mean is kept.</param>
    /// <param name="epsilon">Added after the root.</param>
    /// <param name="amsgrad">Whether v never gets smaller.</param>
    /// <param name="weightDecay">See <see cref="Optimizer.WeightDecay"/>.</param>
    /// <param name="clipNorm">The greatest norm of each gradient.</param>
    /// <param name="clipValue">The greatest size of an element.</param>
    /// <param name="globalClipNorm">The greatest norm of all gradients together.</param>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public Adam(
        double learningRate = 0.001, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7, bool amsgrad = false,
        double? weightDecay = null,
        double? clipNorm = null, double? clipValue = null, double? globalClipNorm = null)
        : base(learningRate, clipNorm, clipValue, globalClipNorm, weightDecay)
    {
        this.beta1 = Optimizers.Fraction(beta1, nameof(beta1), nameof(Adam));
        this.beta2 = Optimizers.Fraction(beta2, nameof(beta2), nameof(Adam));
        this.epsilon = Optimizers.Epsilon(epsilon, nameof(Adam));
        this.amsgrad = amsgrad;
    }

    private protected override IReadOnlyList<string> SlotNames =>
        amsgrad ? ["momentum", "velocity", "velocity_hat"] : ["momentum", "velocity"];

    internal static Adam FromConfig(Config config) => new(
        beta1: config.GetDouble("beta_1"), beta2: config.GetDouble("beta_2"), epsilon: config.GetDouble("epsilon"),
        amsgrad: config.GetBool("amsgrad"),
        weightDecay: Optimizers.Optional(config, "weight_decay"), clipNorm: Optimizers.Optional(config, "clipnorm"),
        clipValue: Optimizers.Optional(config, "clipvalue"), globalClipNorm: Optimizers.Optional(config, "global_clipnorm"));

    private protected override Config GetConfig() =>
        new Config().Set("beta_1", beta1).Set("beta_2", beta2).Set("epsilon", epsilon).Set("amsgrad", amsgrad);

    private protected override Tensor Change(OptimizerStep step, Variable variable, Tensor start, Tensor gradient)
    {
        // In double: 1 - 0.999^t loses four digits in single precision at the first steps.
        var correction = (1 - Tensor.From(beta2).Pow(step.Number)).Sqrt() / (1 - Tensor.From(beta1).Pow(step.Number));
        var rate = (correction * step.LearningRate.Cast(DType.Float64)).Cast(variable.DType);
        var (momentum, velocity) = (Slot(variable, "momentum"), Slot(variable, "velocity"));
        var mean = step.Set(momentum, momentum + (gradient - momentum) * (1 - beta1));
        var square = step.Set(velocity, velocity + (gradient.Square() - velocity) * (1 - beta2));
        if (amsgrad)
        {
            var greatest = Slot(variable, "velocity_hat");
            square = step.Set(greatest, greatest.Maximum(square));
        }
        return start - mean * rate / (square.Sqrt() + epsilon);
    }
}

/// <summary>Adam with weight decay apart from the gradient (Loshchilov and Hutter 2017): each step first takes rate * weightDecay off the
/// weights.</summary>
/// <param name="learningRate">How far a step goes.</param>
/// <param name="weightDecay">See <see cref="Optimizer.WeightDecay"/>.</param>
/// <param name="beta1">How much of the gradient's running mean is kept.</param>
/// <param name="beta2">How much of the squared gradient's running mean is kept.</param>
/// <param name="epsilon">Added after the root.</param>
/// <param name="amsgrad">Whether v never gets smaller.</param>
/// <param name="clipNorm">The greatest norm of each gradient.</param>
/// <param name="clipValue">The greatest size of an element.</param>
/// <param name="globalClipNorm">The greatest norm of all gradients together.</param>
public sealed class AdamW(
    double learningRate = 0.001, double weightDecay = 0.004, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7,
    bool amsgrad = false,
    double? clipNorm = null, double? clipValue = null, double? globalClipNorm = null)
    : Adam(learningRate, beta1, beta2, epsilon, amsgrad, weightDecay, clipNorm, clipValue, globalClipNorm)
{
    internal static new AdamW FromConfig(Config config) => new(
        weightDecay: config.GetDouble("weight_decay"), beta1: config.GetDouble("beta_1"), beta2: config.GetDouble("beta_2"),
        epsilon: config.GetDouble("epsilon"), amsgrad: config.GetBool("amsgrad"), clipNorm: Optimizers.Optional(config, "clipnorm"),
        clipValue: Optimizers.Optional(config, "clipvalue"), globalClipNorm: Optimizers.Optional(config, "global_clipnorm"));
}
