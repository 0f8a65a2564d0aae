using Hero.Saving;

namespace Hero;

public partial class Model
{
    /// <summary>
    /// Writes the model to one .safetensors file: architecture, weights, and what training needs to go on exactly as if it had
    /// not stopped. The file is replaced as a whole or not at all.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Leaves the file as it was.</param>
    /// <exception cref="InvalidOperationException">The model has no weights yet.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path, CancellationToken cancellationToken = default) => ModelFile.Save(this, path, cancellationToken);

    /// <summary>Writes the weights alone to a .safetensors file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Leaves the file as it was.</param>
    /// <exception cref="InvalidOperationException">The model has no weights yet.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveWeights(string path, CancellationToken cancellationToken = default) =>
        ModelFile.SaveWeights(this, path, cancellationToken);

    /// <summary>
    /// Makes the model that <see cref="Save"/> wrote. It is compiled as it was, unless it was not, or its loss or a metric is a
    /// function that is not registered (<see cref="CustomObjects"/>).
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFileException">The file is damaged, has no architecture, or its parts do not fit each other.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Model Load(string path) => ModelFile.Load(path);

    /// <summary>Reads weights into this model, from a file of weights or of a model of the same architecture. On failure the model is as
    /// it was.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFileException">The file is damaged, or made for another model.</exception>
    /// <exception cref="InvalidOperationException">The model has no weights yet.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void LoadWeights(string path) => ModelFile.LoadWeights(this, path);
}
