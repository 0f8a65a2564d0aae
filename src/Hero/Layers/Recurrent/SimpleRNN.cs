using Hero.Initializers;
using Hero.Ops;
using Hero.Regularizers;
using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// The fully connected recurrent network (Elman 1990): h' = a(x W + h U + b). (batch, time, in) -> (batch, units), or (batch, time, units)
/// with return_sequences; weights: kernel (in, units), recurrent_kernel (units, units), bias (units).
/// </summary>
/// <example><code>new SimpleRNN(32)</code></example>
public sealed class SimpleRNN : RecurrentLayer
{
    private readonly ActivationFunction activation;
    private Variable? bias;

    /// <summary>Creates the layer. With tanh the whole sequence is one operation; with another activation it is unrolled into one for each step.</summary>
    /// <param name="units">The size of the state.</param>
    /// <param name="activation">The function a; tanh when not given.</param>
    /// <param name="useBias">Whether something is added to each unit.</param>
    /// <param name="kernelInitializer">glorot_uniform when not given.</param>
    /// <param name="recurrentInitializer">orthogonal when not given.</param>
    /// <param name="biasInitializer">zeros when not given.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel.</param>
    /// <param name="recurrentRegularizer">A penalty on the recurrent kernel.</param>
    /// <param name="biasRegularizer">A penalty on the bias.</param>
    /// <param name="dropout">In training the share of inputs that are dropped, the same ones at all steps.</param>
    /// <param name="recurrentDropout">In training the share of units whose state is not seen, the same ones at all steps; unrolls the sequence.</param>
    /// <param name="seed">Of the dropping; when not given, the next one of <see cref="RandomGenerator.Default"/>.</param>
    /// <param name="returnSequences">Whether the outputs of all steps are given.</param>
    /// <param name="returnState">Whether the last h is given as a further output.</param>
    /// <param name="goBackwards">Whether the sequence is read from its end.</param>
    /// <param name="stateful">Whether a batch begins with the state that the one before ended with. The state is not saved.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one unit, or a share outside [0, 1).</exception>
    public SimpleRNN(
        int units, ActivationFunction? activation = null, bool useBias = true,
        Initializer? kernelInitializer = null, Initializer? recurrentInitializer = null, Initializer? biasInitializer = null,
        Regularizer? kernelRegularizer = null, Regularizer? recurrentRegularizer = null, Regularizer? biasRegularizer = null,
        double dropout = 0, double recurrentDropout = 0, long? seed = null, bool returnSequences = false, bool returnState = false,
        bool goBackwards = false, bool stateful = false, string? name = null, DTypePolicy? dtype = null)
        : this(
            new RecurrentSettings(units, useBias, kernelInitializer, recurrentInitializer, biasInitializer, kernelRegularizer, recurrentRegularizer,
                biasRegularizer, dropout, recurrentDropout, seed, returnSequences, returnState, goBackwards, stateful),
            activation, name, dtype)
    {
    }

    private SimpleRNN(RecurrentSettings settings, ActivationFunction? activation, string? name = null, DTypePolicy? dtype = null)
        : base(settings, name, dtype)
    {
        this.activation = activation ?? Activations.Tanh;
        Cell = new SimpleRnnCell(this.activation == Activations.Tanh ? null : this.activation.Apply);
    }

    private protected override RecurrentCell Cell { get; }

    private protected override (Tensor? Input, Tensor? State) Biases => (null, bias);

    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig().Set("activation", activation.Name);

    internal static SimpleRNN FromConfig(Config config) => new(RecurrentSettings.Read(config), config.GetString("activation"));

    private protected override void BuildBias(int width) =>
        bias = AddWeight("bias", [width], Settings.BiasInitializer ?? "zeros", regularizer: Settings.BiasRegularizer);
}
