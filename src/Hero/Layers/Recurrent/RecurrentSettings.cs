using Hero.Initializers;
using Hero.Regularizers;
using Hero.Saving;

namespace Hero.Layers;

/// <summary>What all recurrent layers can be told.</summary>
internal sealed record RecurrentSettings(
    int Units, bool UseBias, Initializer? KernelInitializer, Initializer? RecurrentInitializer, Initializer? BiasInitializer,
    Regularizer? KernelRegularizer, Regularizer? RecurrentRegularizer, Regularizer? BiasRegularizer,
    double Dropout, double RecurrentDropout, long? Seed, bool ReturnSequences, bool ReturnState, bool GoBackwards, bool Stateful)
{
    /// <exception cref="ArgumentOutOfRangeException">A setting makes no sense.</exception>
    public RecurrentSettings Checked(string layer)
    {
        Require(Units >= 1, "units", Units, $"{layer} needs at least 1 unit, got {Units}.");
        Require(Dropout is >= 0 and < 1, "dropout", Dropout, $"{layer} needs a dropout of at least 0 and below 1, got {Dropout}.");
        Require(RecurrentDropout is >= 0 and < 1, "recurrentDropout", RecurrentDropout, $"{layer} needs a recurrentDropout of at least 0 and below 1, got {RecurrentDropout}.");
        return this;
    }

    private static void Require(bool holds, string name, object value, string message)
    {
        if (!holds) throw new ArgumentOutOfRangeException(name, value, message);
    }

    public Config Write(Config config) => config
        .Set("units", Units)
        .Set("use_bias", UseBias)
        .Set("kernel_initializer", KernelInitializer?.Write().Json)
        .Set("recurrent_initializer", RecurrentInitializer?.Write().Json)
        .Set("bias_initializer", BiasInitializer?.Write().Json)
        .Set("kernel_regularizer", KernelRegularizer?.Write().Json)
        .Set("recurrent_regularizer", RecurrentRegularizer?.Write().Json)
        .Set("bias_regularizer", BiasRegularizer?.Write().Json)
        .Set("dropout", Dropout)
        .Set("recurrent_dropout", RecurrentDropout)
        .Set("seed", Seed)
        .Set("return_sequences", ReturnSequences)
        .Set("return_state", ReturnState)
        .Set("go_backwards", GoBackwards)
        .Set("stateful", Stateful);

    public static RecurrentSettings Read(Config config) => new(
        config.GetInt("units"), config.GetBool("use_bias"),
        KernelSettings.ReadInitializer(config, "kernel_initializer"), KernelSettings.ReadInitializer(config, "recurrent_initializer"),
        KernelSettings.ReadInitializer(config, "bias_initializer"), KernelSettings.ReadRegularizer(config, "kernel_regularizer"),
        KernelSettings.ReadRegularizer(config, "recurrent_regularizer"), KernelSettings.ReadRegularizer(config, "bias_regularizer"),
        config.GetDouble("dropout"), config.GetDouble("recurrent_dropout"), config.Has("seed") ? config.GetLong("seed") : null,
        config.GetBool("return_sequences"), config.GetBool("return_state"), config.GetBool("go_backwards"), config.GetBool("stateful"));
}
