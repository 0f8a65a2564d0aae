using Hero.Saving;

namespace Hero.Vision.Applications;

/// <summary>
/// The weights of a MobileNet v2 whose batch normalization is folded, in a safetensors file. Every shape is checked before memory is
/// taken for a layer, so a file cannot ask for more than it is long.
/// </summary>
internal sealed class MobileNetV2Weights
{
    private const int WidestLayer = 1 << 14;

    private readonly SafetensorsFile file;
    private readonly List<(string Layer, string Tensor, long[] Shape)> tensors = [];

    /// <exception cref="ModelFileException">A tensor is missing or has a shape that does not fit the others.</exception>
    public MobileNetV2Weights(SafetensorsFile file, bool includeTop)
    {
        this.file = file;
        var blocks = new List<int>();
        var first = Add("Conv1", "Conv", [-1, 3, 3, 3]);
        var channels = first;
        for (var block = 0; block < MobileNetV2Widths.Table.Count; block++)
        {
            var (ours, theirs) = (MobileNetV2Network.Prefix(block), block == 0 ? "expanded_conv." : $"expanded_conv_{block}.");
            var inside = channels * MobileNetV2Widths.Expansion(block);
            if (block > 0) Add(ours + "expand", theirs + "expand", [inside, channels, 1, 1]);
            Add(ours + "depthwise", theirs + "depthwise", [inside, 1, 3, 3]);
            channels = Add(ours + "project", theirs + "project", [-1, inside, 1, 1]);
            blocks.Add(channels);
        }
        var last = Add("Conv_1", "Conv_1", [-1, channels, 1, 1]);
        Widths = new(first, blocks, last, includeTop ? Add("predictions", "logits", [-1, last]) : 1);
    }

    public MobileNetV2Widths Widths { get; }

    /// <summary>Whether a file looks like one of these.</summary>
    public static bool Fits(SafetensorsFile file) => file.TryGet("expanded_conv.depthwise.weight", out _) && file.TryGet("Conv_1.weight", out _);

    /// <summary>Gives the layers of a model their weights.</summary>
    public void Assign(Model model)
    {
        foreach (var (layer, tensor, shape) in tensors)
        {
            var (kernel, bias) = (model.GetLayer(layer).Weights[0], model.GetLayer(layer).Weights[1]);
            kernel.Assign<float>(Transposed(Read(tensor + ".weight"), shape));
            bias.Assign<float>(Read(tensor + ".bias"));
        }
    }

    // Notes a layer's two tensors; -1 stands for a width that the file decides. Returns the first dimension.
    private int Add(string layer, string tensor, long[] expected)
    {
        var entry = file[tensor + ".weight"];
        if (expected[0] < 0) expected[0] = entry.Shape.Count > 0 ? Math.Clamp(entry.Shape[0], 1, WidestLayer) : 1;
        Check(entry, expected);
        Check(file[tensor + ".bias"], [expected[0]]);
        tensors.Add((layer, tensor, expected));
        return (int)expected[0];
    }

    private void Check(SafetensorsEntry entry, long[] expected)
    {
        if (!entry.Shape.SequenceEqual(expected))
            throw new ModelFileException($"'{file.Name}' is no MobileNet v2: tensor '{entry.Name}' should have the shape ({string.Join(", ", expected)}), it has {entry.ShapeText}.");
    }

    private float[] Read(string name)
    {
        var entry = file[name];
        var values = new float[entry.Count];
        file.ReadSingles(entry, values);
        return values;
    }

    // From (out, in, height, width) to (height, width, in, out); a depthwise kernel (channels, 1, height, width) to (height, width,
    // channels, 1); the classifier's (out, in) to (in, out).
    private static float[] Transposed(float[] values, long[] shape)
    {
        var (outputs, inputs, area) = ((int)shape[0], (int)shape[1], shape.Length == 4 ? (int)(shape[2] * shape[3]) : 1);
        var result = new float[values.Length];
        for (var o = 0; o < outputs; o++)
            for (var i = 0; i < inputs; i++)
                for (var k = 0; k < area; k++)
                    result[(k * inputs + i) * outputs + o] = values[(o * inputs + i) * area + k];
        return result;
    }
}
