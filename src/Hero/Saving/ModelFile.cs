using Hero.Layers;

namespace Hero.Saving;

/// <summary>
/// A model in one safetensors file. Tensors: the weights by path ("dense_1/kernel"), states of random generators, and the
/// optimizer's under "optimizer/". Free texts: "format", "architecture" (JSON), "training" (JSON), and the model's own, each
/// with "user." before its name.
/// </summary>
internal static class ModelFile
{
    private const string Format = "hero.model.1";
    private const string WeightsFormat = "hero.weights.1";
    public const string UserPrefix = "user.";

    /// <summary>Writes everything: architecture, weights, optimizer.</summary>
    public static void Save(Model model, string path, CancellationToken cancellationToken)
    {
        RequireBuilt(model);
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["architecture"] = LayerRegistry.Write(model).Json.ToJsonString(),
        };
        foreach (var (name, text) in model.Metadata) metadata[UserPrefix + name] = text;
        List<SafetensorsTensor> tensors = [.. model.NamedVariables().Select(named => SafetensorsTensor.From(named.Path, named.Variable))];
        var slots = TrainingState.Slots(model);
        tensors.AddRange(slots.Select(slot => SafetensorsTensor.From(slot.Path, slot.Variable)));
        metadata["training"] = TrainingState.Write(model, slots.Count).Json.ToJsonString();
        SafetensorsWriter.Write(path, tensors, metadata, cancellationToken);
    }

    /// <summary>Writes the weights and the states of generators.</summary>
    public static void SaveWeights(Model model, string path, CancellationToken cancellationToken)
    {
        RequireBuilt(model);
        SafetensorsWriter.Write(
            path, model.NamedVariables().Select(named => SafetensorsTensor.From(named.Path, named.Variable)),
            new Dictionary<string, string> { ["format"] = WeightsFormat }, cancellationToken);
    }

    /// <summary>Makes the model that a file holds.</summary>
    public static Model Load(string path)
    {
        using var file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue("architecture", out var architecture))
            throw new ModelFileException($"'{path}' has no architecture: it holds weights alone. Make the model in code and use "
                + $"LoadWeights.");
        var model = Rebuild(architecture, file);
        ReadWeights(model, file);
        foreach (var (name, text) in file.Metadata)
            if (name.StartsWith(UserPrefix, StringComparison.Ordinal)) model.Metadata[name[UserPrefix.Length..]] = text;
        if (file.Metadata.TryGetValue("training", out var training))
            TrainingState.Read(model, Config.Parse(training, $"The training state in '{path}'"), file);
        return model;
    }

    /// <summary>Reads weights into a model that is there already; on failure it is as it was.</summary>
    public static void LoadWeights(Model model, string path)
    {
        RequireBuilt(model);
        using var file = SafetensorsFile.Open(path);
        ReadWeights(model, file);
    }

    /// <summary>The values of variables by path, all of them read and checked before the first is taken over.</summary>
    public static void Read(SafetensorsFile file, IEnumerable<(string Path, Variable Variable)> variables)
    {
        var values = new List<(Variable Variable, Tensor Value)>();
        foreach (var (path, variable) in variables)
        {
            var entry = file[path];
            if (!entry.Shape.SequenceEqual(variable.Shape.Select(dimension => (long)dimension)))
                throw new ModelFileException($"Tensor '{path}' of '{file.Name}': expected shape {variable.Shape}, it has "
                    + $"{entry.ShapeText}.");
            var value = file.ReadTensor(entry);
            if (variable.DType == DType.Float32) value = DTypePolicy.Widen(value);
            if (value.DType != variable.DType)
                throw new ModelFileException($"Tensor '{path}' of '{file.Name}': expected {DTypes.Name(variable.DType)}, it is stored "
                    + $"as {SafetensorsTypes.Name(entry.Type)}.");
            values.Add((variable, value));
        }
        foreach (var (variable, value) in values) variable.Assign(value);
    }

    private static Model Rebuild(string architecture, SafetensorsFile file)
    {
        var config = Config.Parse(architecture, $"The architecture in '{file.Name}'");
        using var scope = new LoadingScope(file.Name, file.Entries.Sum(entry => entry.Count));
        try
        {
            return LayerRegistry.Read(config) as Model
                ?? throw new ModelFileException($"'{file.Name}' holds a layer, not a model.");
        }
        catch (Exception error) when (error is ArgumentException or OverflowException or InvalidOperationException or NotSupportedException)
        {
            throw new ModelFileException($"The architecture in '{file.Name}' does not make a model: {error.Message}", error);
        }
    }

    private static void ReadWeights(Model model, SafetensorsFile file)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        var wanted = new List<(string Path, Variable Variable)>();
        foreach (var (path, variable, isState) in model.NamedVariables())
        {
            known.Add(path);
            // Other programs write weights without the states of our generators.
            if (!isState || file.TryGet(path, out _)) wanted.Add((path, variable));
        }
        foreach (var entry in file.Entries)
        {
            if (!known.Contains(entry.Name) && !entry.Name.StartsWith("optimizer/", StringComparison.Ordinal))
                throw new ModelFileException($"'{file.Name}' has a tensor '{entry.Name}' that the model has no place for: it was made "
                    + $"for another model.");
        }
        Read(file, wanted);
    }

    private static void RequireBuilt(Model model)
    {
        if (!model.IsBuilt && model.Graph is null)
            throw new InvalidOperationException($"{model} has no weights yet: begin it with new Input(...), or call it on data first.");
    }
}
