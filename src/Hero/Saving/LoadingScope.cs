using Hero.Layers;

namespace Hero.Saving;

/// <summary>
/// While a model is rebuilt from a file: weights are not drawn, they wait for their values, and there are only as many as the file has
/// values for, so that an architecture that asks for terabytes is refused before memory is taken.
/// </summary>
internal sealed class LoadingScope : IDisposable
{
    // Models in models in models: an architecture of a few lines could ask for more layers than there are atoms.
    private const int MostCalls = 1 << 18;

    [ThreadStatic] private static LoadingScope? current;

    private readonly LoadingScope? outer = current;
    private readonly string file;
    private readonly long available;
    private long left;
    private int calls;

    /// <param name="file">The file's name, for messages.</param>
    /// <param name="available">How many values the file has.</param>
    public LoadingScope(string file, long available)
    {
        this.file = file;
        this.available = available;
        left = available;
        current = this;
    }

    /// <summary>The scope this thread is in; null when nothing is being loaded.</summary>
    public static LoadingScope? Current => current;

    public void Dispose() => current = outer;

    /// <summary>A weight whose value will be read later.</summary>
    public Variable Placeholder(Layer layer, string name, Shape shape)
    {
        if (shape.Size > left)
            throw new ModelFileException($"'{file}' holds {available:N0} values in all; its architecture asks for more: {layer} wants "
                + $"a '{name}' of shape {shape}.");
        left -= shape.Size;
        return new Variable(DType.Float32, shape) { Name = name };
    }

    /// <summary>Counts a use of a layer.</summary>
    public void CountCall()
    {
        if (++calls > MostCalls)
            throw new ModelFileException($"The architecture in '{file}' is nested into more than {MostCalls:N0} uses of layers.");
    }
}
