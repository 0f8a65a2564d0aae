using System.Collections.Concurrent;

namespace Hero.Layers;

/// <summary>Keras' activation functions, by name or as members. All work element by element but softmax and log_softmax, which work along
/// the last axis.</summary>
public static class Activations
{
    // Klambauer et al. 2017: the values for which mean 0 and variance 1 are kept.
    private const double SeluAlpha = 1.6732632423543772848170429916717;
    private const double SeluScale = 1.0507009873554804934193349852946;

    private static readonly ConcurrentDictionary<string, ActivationFunction> ByName = new(StringComparer.Ordinal);

    /// <summary>x.</summary>
    public static ActivationFunction Linear { get; } = Add("linear", x => x);

    /// <summary>max(x, 0).</summary>
    public static ActivationFunction Relu { get; } = Add("relu", x => x.Relu());

    /// <summary>min(max(x, 0), 6).</summary>
    public static ActivationFunction Relu6 { get; } = Add("relu6", x => x.Relu6());

    /// <summary>x above 0, 0.2 x below.</summary>
    public static ActivationFunction LeakyRelu { get; } = Add("leaky_relu", x => Tensor.Where(x > 0, x, x * 0.2));

    /// <summary>x above 0, e^x - 1 below (Clevert et al. 2015).</summary>
    public static ActivationFunction Elu { get; } = Add("elu", x => Elu1(x, 1));

    /// <summary>elu scaled so that activations keep mean 0 and variance 1 (Klambauer et al. 2017).</summary>
    public static ActivationFunction Selu { get; } = Add("selu", x => Elu1(x, SeluAlpha) * SeluScale);

    /// <summary>x P(X &lt;= x) for a standard normal X, exactly: x (1 + erf(x / sqrt 2)) / 2 (Hendrycks and Gimpel 2016).</summary>
    public static ActivationFunction Gelu { get; } = Add("gelu", x => x * 0.5 * ((x * Math.Sqrt(0.5)).Erf() + 1));

    /// <summary>x sigmoid(x), also known as swish (Ramachandran et al. 2017).</summary>
    public static ActivationFunction Silu { get; } = Add("silu", x => x * x.Sigmoid());

    /// <summary>1 / (1 + e^-x).</summary>
    public static ActivationFunction Sigmoid { get; } = Add("sigmoid", x => x.Sigmoid());

    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    public static ActivationFunction HardSigmoid { get; } = Add("hard_sigmoid", x => (x + 3).Relu6() * (1.0 / 6));

    /// <summary>x hard_sigmoid(x) (Howard et al. 2019).</summary>
    public static ActivationFunction HardSilu { get; } = Add("hard_silu", x => x * ((x + 3).Relu6() * (1.0 / 6)));

    /// <summary>log sigmoid(x), without overflow.</summary>
    public static ActivationFunction LogSigmoid { get; } = Add("log_sigmoid", x => -(-x).Softplus());

    /// <summary>e^x / sum e^x along the last axis.</summary>
    public static ActivationFunction Softmax { get; } = Add("softmax", x => x.Softmax());

    /// <summary>x - log sum e^x along the last axis.</summary>
    public static ActivationFunction LogSoftmax { get; } = Add("log_softmax", x => x.LogSoftmax());

    /// <summary>log(1 + e^x).</summary>
    public static ActivationFunction Softplus { get; } = Add("softplus", x => x.Softplus());

    /// <summary>x / (1 + |x|).</summary>
    public static ActivationFunction Softsign { get; } = Add("softsign", x => x / (x.Abs() + 1));

    /// <summary>Hyperbolic tangent.</summary>
    public static ActivationFunction Tanh { get; } = Add("tanh", x => x.Tanh());

    /// <summary>x held between -1 and 1.</summary>
    public static ActivationFunction HardTanh { get; } = Add("hard_tanh", x => x.Clip(-1, 1));

    /// <summary>x tanh(softplus(x)) (Misra 2019).</summary>
    public static ActivationFunction Mish { get; } = Add("mish", x => x * x.Softplus().Tanh());

    /// <summary>e^x.</summary>
    public static ActivationFunction Exponential { get; } = Add("exponential", x => x.Exp());

    /// <summary>The function of a name; "swish" is silu, "hard_swish" is hard_silu.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static ActivationFunction Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == "swish") return Silu;
        if (name == "hard_swish") return HardSilu;
        return ByName.TryGetValue(name, out var function)
            ? function
            : throw new ArgumentException($"There is no activation \"{(name.Length > 60 ? name[..60] + "..." : name)}\"; there are "
                + $"{string.Join(", ", ByName.Keys.Order(StringComparer.Ordinal))}.", nameof(name));
    }

    internal static void Register(ActivationFunction function) => ByName[function.Name] = function;

    private static ActivationFunction Add(string name, Func<Tensor, Tensor> function)
    {
        var activation = new ActivationFunction(name, function);
        ByName[name] = activation;
        return activation;
    }

    // The exponential sees no positive x: there it would overflow, and infinity times the gradient's 0 is no number.
    internal static Tensor Elu1(Tensor x, double alpha) => Tensor.Where(x > 0, x, x.Clip(double.NegativeInfinity, 0).Expm1() * alpha);
}
