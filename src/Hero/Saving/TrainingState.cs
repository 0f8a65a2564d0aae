using System.Text.Json.Nodes;
using Hero.Losses;
using Hero.Metrics;
using Hero.Optimizers;

namespace Hero.Saving;

/// <summary>What a model file says of the training, so that it goes on as if it had never stopped: optimizer, loss, metrics, epochs, the
/// seed of the order.</summary>
internal static class TrainingState
{
    /// <summary>The optimizer's variables with their names in the file.</summary>
    public static List<(string Path, Variable Variable)> Slots(Model model) =>
        model.Optimizer is { } optimizer ? [.. optimizer.NamedVariables(Paths(model))] : [];

    public static Config Write(Model model, int slotCount)
    {
        var config = new Config().Set("trained_epochs", model.TrainedEpochs).Set("shuffle_seed", model.ShuffleSeed);
        if (model.Optimizer is not { } optimizer) return config;
        config.Set("optimizer", optimizer.Write().Json).Set("optimizer_tensors", slotCount);
        if (model.Trainer is not { } trainer) return config;
        return config
            .Set("loss", trainer.Loss.Write()?.Json)
            .Set("metrics", Write(trainer.Metrics))
            .Set("weighted_metrics", Write(trainer.WeightedMetrics));
    }

    /// <summary>
    /// Compiles the model as it was. With a loss or metric of one's own that is not registered it stays uncompiled, but has its
    /// optimizer again: <c>model.Compile(model.Optimizer!, myLoss)</c> goes on.
    /// </summary>
    public static void Read(Model model, Config config, SafetensorsFile file)
    {
        model.TrainedEpochs = config.GetInt("trained_epochs");
        if (config.Has("shuffle_seed")) model.ShuffleSeed = config.GetLong("shuffle_seed");
        if (!config.Has("optimizer")) return;
        var optimizer = ReadOptimizer(model, config, file);
        var loss = config.Has("loss") ? Losses.Losses.Registry.Read(config.GetConfig("loss")) : null;
        var (metrics, weighted) = (Read(config, "metrics"), Read(config, "weighted_metrics"));
        if (loss is null || metrics is null || weighted is null) return;
        try
        {
            model.Compile(optimizer, loss, metrics, weighted);
        }
        catch (ArgumentException error)
        {
            throw new ModelFileException($"The training state in '{file.Name}' is not sound: {error.Message}", error);
        }
    }

    private static Optimizer ReadOptimizer(Model model, Config config, SafetensorsFile file)
    {
        var optimizer = Optimizers.Optimizers.Registry.Read(config.GetConfig("optimizer"));
        model.RestoreOptimizer(optimizer);
        optimizer.Build([.. model.NamedVariables().Where(named => !named.IsState && optimizer.HasSlots(file, named.Path)).Select(named =>
            named.Variable)]);
        var slots = Slots(model);
        if (slots.Count != config.GetInt("optimizer_tensors"))
            throw new ModelFileException($"'{file.Name}' should hold {config.GetInt("optimizer_tensors"):N0} tensors of the "
                + $"optimizer, it holds {slots.Count:N0}.");
        ModelFile.Read(file, slots);
        return optimizer;
    }

    private static JsonArray? Write(IReadOnlyList<Metric> metrics)
    {
        var written = new JsonArray();
        foreach (var metric in metrics)
        {
            if (metric.Write() is not { } config) return null;
            written.Add(config.Json);
        }
        return written;
    }

    private static List<Metric>? Read(Config config, string name) =>
        config.Has(name) ? [.. config.GetConfigs(name).Select(Metric.Registry.Read)] : null;

    private static Dictionary<Variable, string> Paths(Model model)
    {
        var paths = new Dictionary<Variable, string>();
        foreach (var (path, variable, _) in model.NamedVariables()) paths.TryAdd(variable, path);
        return paths;
    }
}
