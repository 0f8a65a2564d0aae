using System.Text.Json.Nodes;
using Hero.Layers;
using Hero.Saving;

namespace Hero.Models;

/// <summary>The layers of a model and who feeds whom.</summary>
internal sealed class ModelGraph
{
    private readonly List<Node> nodes;

    /// <exception cref="ArgumentException">An output does not depend on the inputs alone.</exception>
    public ModelGraph(IReadOnlyList<SymbolicTensor> inputs, IReadOnlyList<SymbolicTensor> outputs)
    {
        Inputs = [.. inputs];
        Outputs = [.. outputs];
        foreach (var input in inputs)
            if (input.Layer is not Input)
                throw new ArgumentException($"A model's inputs are made by new Input(...); got the output of {input.Layer}.",
                    nameof(inputs));
        nodes = Collect();
    }

    public SymbolicTensor[] Inputs { get; }

    public SymbolicTensor[] Outputs { get; }

    /// <summary>The layers in the order of their first use.</summary>
    public IEnumerable<Layer> Layers => nodes.Select(node => node.Layer).Distinct();

    /// <summary>The uses of layers in an order of computation.</summary>
    public IReadOnlyList<Node> Nodes => nodes;

    public Tensor[] Run(Tensor[] inputs, bool training)
    {
        if (inputs.Length != Inputs.Length) throw new ArgumentException($"expects {Inputs.Length} input(s), got {inputs.Length}");
        var values = new Dictionary<SymbolicTensor, Tensor>();
        for (var i = 0; i < inputs.Length; i++) values[Inputs[i]] = Inputs[i].Layer.Invoke([inputs[i]], training)[0];
        foreach (var node in nodes)
        {
            if (node.Layer is Input) continue;
            var results = node.Layer.Invoke(Array.ConvertAll(node.Inputs, input => values[input]), training);
            for (var i = 0; i < results.Length; i++) values[node.Outputs[i]] = results[i];
        }
        return Array.ConvertAll(Outputs, output => values[output]);
    }

    /// <summary>Layers with their settings, and uses with the numbers of the uses that feed them.</summary>
    public Config Write(Config config)
    {
        var number = new Dictionary<Node, int>();
        foreach (var node in nodes) number[node] = number.Count;
        JsonArray Reference(SymbolicTensor tensor) => [number[tensor.Node], tensor.Index];
        return config
            .Set("layers", new JsonArray([.. Layers.Select(layer => LayerRegistry.Write(layer).Json)]))
            .Set("nodes", new JsonArray([.. nodes.Select(node => new Config()
                .Set("layer", node.Layer.Name)
                .Set("inputs", new JsonArray([.. node.Inputs.Select(Reference)])).Json)]))
            .Set("inputs", new JsonArray([.. Inputs.Select(Reference)]))
            .Set("outputs", new JsonArray([.. Outputs.Select(Reference)]));
    }

    /// <exception cref="ModelFileException">The settings are not sound.</exception>
    public static ModelGraph Read(Config config)
    {
        var layers = new Dictionary<string, Layer>(StringComparer.Ordinal);
        foreach (var written in config.GetConfigs("layers"))
        {
            var layer = LayerRegistry.Read(written);
            if (!layers.TryAdd(layer.Name, layer)) throw new ModelFileException($"Two layers are named '{layer.Name}'.");
        }
        var uses = new List<IReadOnlyList<SymbolicTensor>>();
        foreach (var node in config.GetConfigs("nodes"))
        {
            if (!layers.TryGetValue(node.GetString("layer"), out var layer))
                throw new ModelFileException("A node uses a layer that is not among the layers.");
            var inputs = References(node, "inputs", uses);
            uses.Add(layer is Input input ? [input.Output] : layer.ApplyAll([.. inputs]));
        }
        return new ModelGraph(References(config, "inputs", uses), References(config, "outputs", uses));
    }

    private static List<SymbolicTensor> References(Config config, string name, List<IReadOnlyList<SymbolicTensor>> uses)
    {
        var found = new List<SymbolicTensor>();
        foreach (var item in config.GetArray(name))
        {
            if (item is not JsonArray { Count: 2 } pair || pair[0] is not JsonValue first || pair[1] is not JsonValue second
                || !first.TryGetValue<int>(out var node) || !second.TryGetValue<int>(out var index)
                || node < 0 || node >= uses.Count || index < 0 || index >= uses[node].Count)
                throw new ModelFileException($"'{name}' refers to a node that does not come before: {item?.ToJsonString()}.");
            found.Add(uses[node][index]);
        }
        return found;
    }

    private List<Node> Collect()
    {
        var found = new HashSet<Node>(Inputs.Select(input => input.Node));
        var pending = new Stack<Node>(Outputs.Select(output => output.Node));
        while (pending.TryPop(out var node))
        {
            if (!found.Add(node)) continue;
            if (node.Layer is Input)
                throw new ArgumentException($"An output depends on {node.Layer}, which is not among the model's inputs.");
            foreach (var input in node.Inputs) pending.Push(input.Node);
        }
        return [.. found.OrderBy(node => node.Id)];
    }
}
