namespace Hero.Initializers;

/// <summary>
/// Keras' initializers by name, and first values for variables of own loops: <c>new Variable(Initializers.GlorotUniform(2, 3))</c>.
/// </summary>
public static class Initializers
{
    private static readonly Dictionary<string, Func<Initializer>> ByName = new(StringComparer.Ordinal)
    {
        ["zeros"] = () => new Constant(0),
        ["ones"] = () => new Constant(1),
        ["random_uniform"] = () => new RandomUniform(),
        ["random_normal"] = () => new RandomNormal(),
        ["truncated_normal"] = () => new TruncatedNormal(),
        ["glorot_uniform"] = () => new GlorotUniform(),
        ["glorot_normal"] = () => new GlorotNormal(),
        ["he_uniform"] = () => new HeUniform(),
        ["he_normal"] = () => new HeNormal(),
        ["lecun_uniform"] = () => new LecunUniform(),
        ["lecun_normal"] = () => new LecunNormal(),
        ["orthogonal"] = () => new Orthogonal(),
    };

    /// <summary>Keras' initializer of a name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static Initializer Get(string name) => ByName.TryGetValue(name, out var make)
        ? make()
        : throw new ArgumentException($"There is no initializer \"{name}\"; there are {string.Join(", ", ByName.Keys)}.", nameof(name));

    /// <summary>Values even in +-sqrt(6 / (in + out)).</summary>
    public static Tensor GlorotUniform(params ReadOnlySpan<int> shape) => Now(new GlorotUniform(), shape);

    /// <summary>Truncated normal values of variance 2 / (in + out).</summary>
    public static Tensor GlorotNormal(params ReadOnlySpan<int> shape) => Now(new GlorotNormal(), shape);

    /// <summary>Values even in +-sqrt(6 / in).</summary>
    public static Tensor HeUniform(params ReadOnlySpan<int> shape) => Now(new HeUniform(), shape);

    /// <summary>Truncated normal values of variance 2 / in.</summary>
    public static Tensor HeNormal(params ReadOnlySpan<int> shape) => Now(new HeNormal(), shape);

    private static Tensor Now(Initializer initializer, ReadOnlySpan<int> shape) =>
        initializer.Create(new Shape(shape), RandomGenerator.Default.NextSeed());
}
