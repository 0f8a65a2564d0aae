using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hero.Vision;

namespace Hero.Cli.Output;

/// <summary>Prints what pictures show: as the talk's tool does, or as JSON, one object a line.</summary>
internal sealed class PredictionWriter(Terminal terminal, int top, bool json, bool showNames)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Result(string name, IReadOnlyList<Prediction> predictions)
    {
        if (json)
        {
            WriteJson(name, writer =>
            {
                writer.WriteStartArray("predictions");
                foreach (var prediction in predictions.Take(top))
                {
                    writer.WriteStartObject();
                    writer.WriteString("label", prediction.Label);
                    writer.WriteNumber("probability", Math.Round(prediction.Probability, 6));
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
            });
            return;
        }
        if (showNames) terminal.Output.WriteLine(name);
        foreach (var prediction in predictions.Take(top))
            terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(showNames ? "  " : "")}{prediction.Label} (score = {prediction.Probability:F5})"));
    }

    public void Failure(string name, string reason)
    {
        if (json) WriteJson(name, writer => writer.WriteString("error", reason));
        // Most reasons name the file already.
        terminal.Error.WriteLine($"hero: {(reason.Contains(name, StringComparison.Ordinal) ? reason : $"{name}: {reason}")}");
    }

    private void WriteJson(string name, Action<Utf8JsonWriter> content)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("file", name);
            content(writer);
            writer.WriteEndObject();
        }
        terminal.Output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }
}
