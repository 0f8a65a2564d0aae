using Hero.Initializers;
using Hero.Ops;
using Hero.Regularizers;
using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// Gated recurrent unit (Cho et al. 2014): z = s(x Wz + bz + h Uz + cz), r = s(x Wr + br + h Ur + cr),
/// g = a(x Wh + bh + r (h Uh + ch)), h' = z h + (1 - z) g, where s is recurrent_activation and a is activation; with reset_after false
/// g = a(x Wh + bh + (r h) Uh) and there is no c. (batch, time, in) -> (batch, units), or (batch, time, units) with return_sequences. Weights,
/// gates in the order z, r, h as in Keras: kernel (in, 3 units), recurrent_kernel (units, 3 units), bias (2, 3 units): b and c; (3 units)
/// with reset_after false.
/// </summary>
/// <example><code>new GRU(128)</code></example>
public sealed class GRU : RecurrentLayer
{
    private readonly ActivationFunction activation;
    private readonly ActivationFunction recurrentActivation;
    private readonly bool resetAfter;
    private Variable? bias;

    /// <summary>Creates the layer. With the default activations and reset_after the whole sequence is one operation; else it is unrolled into one for each step.</summary>
    /// <param name="units">The size of the state.</param>
    /// <param name="activation">The function of the candidate; tanh when not given.</param>
    /// <param name="recurrentActivation">The function of the gates; sigmoid when not given.</param>
    /// <param name="useBias">Whether something is added to each gate.</param>
    /// <param name="kernelInitializer">glorot_uniform when not given.</param>
    /// <param name="recurrentInitializer">orthogonal when not given.</param>
    /// <param name="biasInitializer">zeros when not given.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel.</param>
    /// <param name="recurrentRegularizer">A penalty on the recurrent kernel.</param>
    /// <param name="biasRegularizer">A penalty on the bias.</param>
    /// <param name="dropout">In training the share of inputs that are dropped, the same ones at all steps.</param>
    /// <param name="recurrentDropout">In training the share of units whose state the gates do not see, the same ones at all steps; unrolls the sequence.</param>
    /// <param name="seed">Of the dropping; when not given, the next one of <see cref="RandomGenerator.Default"/>.</param>
    /// <param name="returnSequences">Whether the outputs of all steps are given.</param>
    /// <param name="returnState">Whether the last h is given as a further output.</param>
    /// <param name="goBackwards">Whether the sequence is read from its end.</param>
    /// <param name="stateful">Whether a batch begins with the state that the one before ended with. The state is not saved.</param>
    /// <param name="resetAfter">Whether the reset gate acts after the product with the recurrent kernel.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one unit, or a share outside [0, 1).</exception>
    public GRU(
        int units, ActivationFunction? activation = null, ActivationFunction? recurrentActivation = null, bool useBias = true,
        Initializer? kernelInitializer = null, Initializer? recurrentInitializer = null, Initializer? biasInitializer = null,
        Regularizer? kernelRegularizer = null, Regularizer? recurrentRegularizer = null, Regularizer? biasRegularizer = null,
        double dropout = 0, double recurrentDropout = 0, long? seed = null, bool returnSequences = false, bool returnState = false,
        bool goBackwards = false, bool stateful = false, bool resetAfter = true, string? name = null, DTypePolicy? dtype = null)
        : this(
            new RecurrentSettings(units, useBias, kernelInitializer, recurrentInitializer, biasInitializer, kernelRegularizer, recurrentRegularizer,
                biasRegularizer, dropout, recurrentDropout, seed, returnSequences, returnState, goBackwards, stateful),
            activation, recurrentActivation, resetAfter, name, dtype)
    {
    }

    private GRU(RecurrentSettings settings, ActivationFunction? activation, ActivationFunction? recurrentActivation, bool resetAfter, string? name = null, DTypePolicy? dtype = null)
        : base(settings, name, dtype)
    {
        this.activation = activation ?? Activations.Tanh;
        this.recurrentActivation = recurrentActivation ?? Activations.Sigmoid;
        this.resetAfter = resetAfter;
        Cell = new GruCell(
            resetAfter, this.activation == Activations.Tanh ? null : this.activation.Apply,
            this.recurrentActivation == Activations.Sigmoid ? null : this.recurrentActivation.Apply);
    }

    private protected override RecurrentCell Cell { get; }

    private protected override (Tensor? Input, Tensor? State) Biases => bias is null || !resetAfter ? (bias, null) : (bias[0], bias[1]);

    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig()
        .Set("activation", activation.Name).Set("recurrent_activation", recurrentActivation.Name).Set("reset_after", resetAfter);

    internal static GRU FromConfig(Config config) => new(
        RecurrentSettings.Read(config), config.GetString("activation"), config.GetString("recurrent_activation"), config.GetBool("reset_after"));

    private protected override void BuildBias(int width) =>
        bias = AddWeight("bias", resetAfter ? [2, width] : [width], Settings.BiasInitializer ?? "zeros", regularizer: Settings.BiasRegularizer);
}
