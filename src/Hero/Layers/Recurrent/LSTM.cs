using Hero.Initializers;
using Hero.Ops;
using Hero.Regularizers;
using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// Long short-term memory (Hochreiter and Schmidhuber 1997): i = s(x Wi + h Ui + bi), f = s(x Wf + h Uf + bf),
/// g = a(x Wc + h Uc + bc), o = s(x Wo + h Uo + bo), c' = f c + i g, h' = o a(c'), where s is recurrent_activation and a is activation.
/// (batch, time, in) -> (batch, units), or (batch, time, units) with return_sequences. Weights, gates in the order i, f, c, o as in Keras:
/// kernel (in, 4 units), recurrent_kernel (units, 4 units), bias (4 units).
/// </summary>
/// <example><code>new LSTM(256, returnSequences: true)</code></example>
public sealed class LSTM : RecurrentLayer
{
    private readonly ActivationFunction activation;
    private readonly ActivationFunction recurrentActivation;
    private readonly bool unitForgetBias;
    private Variable? bias;

    /// <summary>Creates the layer. With the default activations the whole sequence is one operation; with others it is unrolled into one for each step.</summary>
    /// <param name="units">The size of the state.</param>
    /// <param name="activation">The function of candidate and output; tanh when not given.</param>
    /// <param name="recurrentActivation">The function of the gates; sigmoid when not given.</param>
    /// <param name="useBias">Whether something is added to each gate.</param>
    /// <param name="kernelInitializer">glorot_uniform when not given.</param>
    /// <param name="recurrentInitializer">orthogonal when not given.</param>
    /// <param name="biasInitializer">zeros when not given.</param>
    /// <param name="unitForgetBias">Whether the forget gate's bias begins with ones (Jozefowicz et al. 2015).</param>
    /// <param name="kernelRegularizer">A penalty on the kernel.</param>
    /// <param name="recurrentRegularizer">A penalty on the recurrent kernel.</param>
    /// <param name="biasRegularizer">A penalty on the bias.</param>
    /// <param name="dropout">In training the share of inputs that are dropped, the same ones at all steps.</param>
    /// <param name="recurrentDropout">In training the share of units whose state the gates do not see, the same ones at all steps; unrolls the sequence.</param>
    /// <param name="seed">Of the dropping; when not given, the next one of <see cref="RandomGenerator.Default"/>.</param>
    /// <param name="returnSequences">Whether the outputs of all steps are given.</param>
    /// <param name="returnState">Whether the last h and c are given as further outputs.</param>
    /// <param name="goBackwards">Whether the sequence is read from its end.</param>
    /// <param name="stateful">Whether a batch begins with the states that the one before ended with. The states are not saved.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one unit, or a share outside [0, 1).</exception>
    public LSTM(
        int units, ActivationFunction? activation = null, ActivationFunction? recurrentActivation = null, bool useBias = true,
        Initializer? kernelInitializer = null, Initializer? recurrentInitializer = null, Initializer? biasInitializer = null, bool unitForgetBias = true,
        Regularizer? kernelRegularizer = null, Regularizer? recurrentRegularizer = null, Regularizer? biasRegularizer = null,
        double dropout = 0, double recurrentDropout = 0, long? seed = null, bool returnSequences = false, bool returnState = false,
        bool goBackwards = false, bool stateful = false, string? name = null, DTypePolicy? dtype = null)
        : this(
            new RecurrentSettings(units, useBias, kernelInitializer, recurrentInitializer, biasInitializer, kernelRegularizer, recurrentRegularizer,
                biasRegularizer, dropout, recurrentDropout, seed, returnSequences, returnState, goBackwards, stateful),
            activation, recurrentActivation, unitForgetBias, name, dtype)
    {
    }

    private LSTM(RecurrentSettings settings, ActivationFunction? activation, ActivationFunction? recurrentActivation, bool unitForgetBias, string? name = null, DTypePolicy? dtype = null)
        : base(settings, name, dtype)
    {
        this.activation = activation ?? Activations.Tanh;
        this.recurrentActivation = recurrentActivation ?? Activations.Sigmoid;
        this.unitForgetBias = unitForgetBias;
        Cell = new LstmCell(
            this.activation == Activations.Tanh ? null : this.activation.Apply,
            this.recurrentActivation == Activations.Sigmoid ? null : this.recurrentActivation.Apply);
    }

    private protected override RecurrentCell Cell { get; }

    private protected override (Tensor? Input, Tensor? State) Biases => (null, bias);

    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig()
        .Set("activation", activation.Name).Set("recurrent_activation", recurrentActivation.Name).Set("unit_forget_bias", unitForgetBias);

    internal static LSTM FromConfig(Config config) => new(
        RecurrentSettings.Read(config), config.GetString("activation"), config.GetString("recurrent_activation"), config.GetBool("unit_forget_bias"));

    private protected override void BuildBias(int width)
    {
        var initializer = Settings.BiasInitializer ?? "zeros";
        bias = AddWeight("bias", [width], unitForgetBias ? new ForgetBias(initializer) : initializer, regularizer: Settings.BiasRegularizer);
    }

    /// <summary>Ones for the second quarter, the forget gate; another initializer's values for the rest.</summary>
    private sealed class ForgetBias(Initializer rest) : Initializer(rest.Seed)
    {
        private protected override Config GetConfig() => throw new NotSupportedException("The layer writes its own settings.");

        private protected override Tensor Values(Shape shape, long seed, DType type)
        {
            var units = shape[0] / 4;
            var values = rest.Create(shape, seed, type);
            return Tensor.Concatenate([values[..units], Tensor.Ones([units], type), values[(2 * units)..]]);
        }
    }
}
