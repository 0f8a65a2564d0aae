using System.Globalization;
using Hero.Saving;

namespace Hero.Vision.Retraining;

/// <summary>
/// Everything a stopped training needs to go on as if it had not stopped: weights, the optimizer's variables, the best weights so
/// far, and how many steps are done. The order of pictures needs no saving: it is a function of the seed and the step.
/// </summary>
internal sealed class RetrainState
{
    private const string BestPrefix = "best/";

    private readonly string path;
    private readonly string fingerprint;

    /// <param name="path">The file.</param>
    /// <param name="fingerprint">What must be the same for a state to be of use: classes, pictures, base, seed, optimizer ...</param>
    public RetrainState(string path, string fingerprint) => (this.path, this.fingerprint) = (path, fingerprint);

    /// <summary>Where the state of a model in training lies: beside the model.</summary>
    public static string PathFor(string model) => Path.ChangeExtension(model, null) + ".state.safetensors";

    public bool Exists => File.Exists(path);

    /// <summary>The part of the work the state was saved in.</summary>
    /// <exception cref="ModelFileException">The file is damaged, or belongs to another training.</exception>
    public string Work()
    {
        using var file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue("work", out var work) || !file.Metadata.TryGetValue("fingerprint", out var saved))
            throw new ModelFileException($"'{path}' is no saved state of a training.");
        if (saved != fingerprint)
            throw new ModelFileException($"'{path}' is the state of another training: its pictures, base or options differ. Use the same ones, or start anew without --resume. Saved: {saved}. Now: {fingerprint}.");
        return work;
    }

    /// <summary>Writes the state as a whole or not at all.</summary>
    public void Save(string work, int step, IEnumerable<(string Path, Variable Variable)> variables, WeightSnapshot best)
    {
        var all = variables.ToDictionary(pair => pair.Path, pair => pair.Variable);
        var tensors = all.Select(pair => Tensor(pair.Key, pair.Value, pair.Value.Storage.Span.ToArray()))
            .Concat(best.Values.Select(pair => Tensor(BestPrefix + pair.Key, all[pair.Key], pair.Value)));
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>
        {
            ["work"] = work,
            ["fingerprint"] = fingerprint,
            ["step"] = step.ToString(CultureInfo.InvariantCulture),
            ["best"] = string.Create(CultureInfo.InvariantCulture, $"{best.Verdict.Count} {best.Verdict.Accuracy:R} {best.Verdict.Loss:R}"),
        });
    }

    /// <summary>Reads the state back; gives the steps that are done.</summary>
    /// <exception cref="ModelFileException">The file is damaged or does not fit the variables.</exception>
    public int Load(IEnumerable<(string Path, Variable Variable)> variables, WeightSnapshot best)
    {
        using var file = SafetensorsFile.Open(path);
        var saved = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (name, variable) in variables)
        {
            variable.Write(Read(file, file[name], variable));
            if (file.TryGet(BestPrefix + name, out var entry)) saved[name] = Read(file, entry, variable);
        }
        var parts = file.Metadata["best"].Split(' ');
        if (parts.Length != 3 || !int.TryParse(file.Metadata["step"], CultureInfo.InvariantCulture, out var step) || step < 0
            || !int.TryParse(parts[0], CultureInfo.InvariantCulture, out var count)
            || !double.TryParse(parts[1], CultureInfo.InvariantCulture, out var accuracy) || !double.TryParse(parts[2], CultureInfo.InvariantCulture, out var loss))
            throw new ModelFileException($"'{path}' does not say soundly how far the training was.");
        if (saved.Count > 0) best.Take(new(count, accuracy, loss), saved);
        return step;
    }

    /// <summary>Removes the file of a training that is done.</summary>
    public void Delete() => File.Delete(path);

    private static SafetensorsTensor Tensor(string name, Variable variable, byte[] bytes) =>
        new(name, SafetensorsTypes.From(variable.DType), [.. variable.Shape.ToArray().Select(size => (long)size)], stream => stream.Write(bytes));

    private byte[] Read(SafetensorsFile file, SafetensorsEntry entry, Variable variable)
    {
        if (entry.DType != variable.DType || !entry.Shape.SequenceEqual(variable.Shape.ToArray().Select(size => (long)size)))
            throw new ModelFileException($"'{path}': '{entry.Name}' should be {DTypes.Name(variable.DType)} {variable.Shape}, it is {entry.ShapeText}. Start anew without --resume.");
        var bytes = new byte[entry.ByteCount];
        file.ReadBytes(entry, bytes);
        return bytes;
    }
}
