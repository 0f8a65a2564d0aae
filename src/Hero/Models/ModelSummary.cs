using System.Globalization;
using Hero.Layers;

namespace Hero.Models;

/// <summary>Prints a model's layers as Keras does: name and type, output shape, number of weights, and for branched models who feeds
/// whom.</summary>
internal static class ModelSummary
{
    public static void Print(Model model, TextWriter output)
    {
        var isChain = model is Sequential || model.Graph is null;
        List<string> header = ["Layer (type)", "Output Shape", "Param #"];
        if (!isChain) header.Add("Connected to");
        var rows = model.Layers.Select(layer => Row(model, layer, isChain)).ToList();
        output.WriteLine($"Model: \"{model.Name}\"");
        Table(header, rows, output);
        var (trained, frozen) = (model.TrainableWeights.Sum(weight => weight.Size), model.NonTrainableWeights.Sum(weight => weight.Size));
        var optimizer = model.Optimizer?.CountParameters() ?? 0;
        Total("Total", trained + frozen + optimizer, output);
        Total("Trainable", trained, output);
        Total("Non-trainable", frozen, output);
        if (optimizer > 0) Total("Optimizer", optimizer, output);
    }

    private static List<string> Row(Model model, Layer layer, bool isChain)
    {
        var nodes = model.Graph?.Nodes.Where(node => node.Layer == layer).ToList() ?? [];
        var shapes = nodes.Count == 0 ? "?" : string.Join(", ", nodes[0].Outputs.Select(value => SymbolicTensor.Batched(value.Shape)));
        var count = layer.IsBuilt || layer is Input ? Number(layer.CountParameters()) : "0 (unbuilt)";
        List<string> row = [$"{layer.Name} ({layer.GetType().Name})", shapes, count];
        if (isChain) return row;
        var feeders = nodes.SelectMany(node => node.Inputs).Select(input => input.Layer.Name).ToList();
        row.Add(feeders.Count == 0 ? "-" : string.Join(", ", feeders));
        return row;
    }

    private static void Table(List<string> header, List<List<string>> rows, TextWriter output)
    {
        var widths = header.Select((title, column) => rows.Select(row => row[column].Length).Append(title.Length).Max()).ToList();
        string Line(char left, char middle, char right, char dash) =>
            left + string.Join(middle, widths.Select(width => new string(dash, width + 2))) + right;
        string Cells(List<string> row, char edge) => edge
            + string.Join(edge, row.Select((text, column) =>
                $" {(column == 2 ? text.PadLeft(widths[column]) : text.PadRight(widths[column]))} ")) + edge;
        output.WriteLine(Line('┏', '┳', '┓', '━'));
        output.WriteLine(Cells(header, '┃'));
        output.WriteLine(Line('┡', '╇', '┩', '━'));
        for (var i = 0; i < rows.Count; i++)
        {
            if (i > 0) output.WriteLine(Line('├', '┼', '┤', '─'));
            output.WriteLine(Cells(rows[i], '│'));
        }
        output.WriteLine(Line('└', '┴', '┘', '─'));
    }

    private static void Total(string what, long count, TextWriter output) =>
        output.WriteLine($" {what} params: {Number(count)} ({Bytes(count * sizeof(float))})");

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Bytes(double bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        var unit = 0;
        for (; bytes >= 1024 && unit < units.Length - 1; unit++) bytes /= 1024;
        return bytes.ToString("F2", CultureInfo.InvariantCulture) + " " + units[unit];
    }
}
