using Hero.Layers;
using Hero.Saving;

namespace Hero;

/// <summary>
/// In which type a layer calculates and in which it keeps its weights. "float32" does both in float32. "mixed_bfloat16" calculates
/// and hands on bfloat16, at half of the memory traffic and with the processor's matrix units where it has them, and keeps float32
/// weights, so that small updates are not lost (Micikevicius et al. 2018). bfloat16 has float32's range: losses need no scaling.
/// </summary>
/// <example><code>
/// MixedPrecision.SetGlobalPolicy("mixed_bfloat16");
/// var model = new Sequential(new Input(784), new Dense(512, activation: "relu"), new Dense(10), new Activation("softmax", dtype: "float32"));
/// </code></example>
public sealed class DTypePolicy
{
    private DTypePolicy(string name, DType computeDType, DType variableDType) => (Name, ComputeDType, VariableDType) = (name, computeDType, variableDType);

    /// <summary>Everything in float32.</summary>
    public static DTypePolicy Float32 { get; } = new("float32", DType.Float32, DType.Float32);

    /// <summary>Calculations in bfloat16, weights in float32.</summary>
    public static DTypePolicy MixedBFloat16 { get; } = new("mixed_bfloat16", DType.BFloat16, DType.Float32);

    /// <summary>Keras' name: "mixed_bfloat16".</summary>
    public string Name { get; }

    /// <summary>The type that floating inputs are cast to, and that calculations are done in.</summary>
    public DType ComputeDType { get; }

    /// <summary>The type of the weights: float32 in both policies.</summary>
    public DType VariableDType { get; }

    /// <summary>Keras' policy of a name.</summary>
    /// <exception cref="ArgumentException">There is none of that name, or it is none to train with.</exception>
    public static implicit operator DTypePolicy(string name) => Get(name);

    /// <summary>Keras' policy of a name.</summary>
    /// <exception cref="ArgumentException">There is none of that name, or it is none to train with.</exception>
    public static DTypePolicy Get(string name) => name switch
    {
        "float32" => Float32,
        "mixed_bfloat16" => MixedBFloat16,
        "bfloat16" => throw new ArgumentException("Weights in bfloat16 lose every update smaller than 1/256 of them: use \"mixed_bfloat16\".", nameof(name)),
        _ => throw new ArgumentException($"There is no policy \"{(name?.Length > 60 ? name[..60] + "..." : name)}\"; there are float32, mixed_bfloat16.", nameof(name)),
    };

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>What a written layer says; float32 in files from before there were policies, and for an input, whose type is the data's.</summary>
    /// <exception cref="ModelFileException">It names no policy.</exception>
    internal static DTypePolicy Read(Config written)
    {
        var config = written.GetConfig("config");
        if (written.GetString("class") == nameof(Input) || !config.Has("dtype")) return Float32;
        try
        {
            return Get(config.GetString("dtype"));
        }
        catch (ArgumentException error)
        {
            throw new ModelFileException(error.Message, error);
        }
    }

    /// <summary>What a layer of this policy calculates with: a floating input in the compute type.</summary>
    internal Tensor Cast(Tensor x) => ComputeDType == DType.BFloat16 ? Narrow(x) : Widen(x);

    /// <summary>bfloat16 as float32; everything else as it is.</summary>
    internal static Tensor Widen(Tensor x) => x.DType == DType.BFloat16 ? x.Cast(DType.Float32) : x;

    private static Tensor Narrow(Tensor x) => DTypes.IsFloating(x.DType) ? x.Cast(DType.BFloat16) : x;
}
