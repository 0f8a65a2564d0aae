using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Hero.Vision.Retraining;

/// <summary>Writes a <see cref="RetrainResult"/> as JSON. Figures that do not exist (precision of a class never called) are null.</summary>
internal static class RetrainJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(RetrainResult result)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("model", result.Model);
            json.WriteString("base", result.Base);
            json.WriteBoolean("stopped", result.Stopped);
            json.WriteNumber("steps", result.Steps);
            json.WriteStartObject("pictures");
            json.WriteNumber("training", result.Pictures.Training);
            json.WriteNumber("validation", result.Pictures.Validation);
            json.WriteNumber("testing", result.Pictures.Testing);
            json.WriteEndObject();
            json.WriteStartObject("seconds");
            json.WriteNumber("reading", Math.Round(result.Seconds.Reading, 3));
            json.WriteNumber("training", Math.Round(result.Seconds.Training, 3));
            json.WriteNumber("total", Math.Round(result.Seconds.Total, 3));
            json.WriteEndObject();
            WriteTest(json, result.Test);
            json.WriteStartArray("skipped");
            foreach (var skipped in result.Skipped)
            {
                json.WriteStartObject();
                json.WriteString("file", skipped.File);
                json.WriteString("reason", skipped.Reason);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteTest(Utf8JsonWriter json, ClassificationReport test)
    {
        json.WriteStartObject("test");
        json.WriteNumber("count", test.Count);
        json.WriteNumber("correct", test.Correct);
        WriteShare(json, "accuracy", test.Accuracy);
        json.WriteStartArray("classes");
        foreach (var score in test.Classes)
        {
            json.WriteStartObject();
            json.WriteString("label", score.Label);
            WriteShare(json, "precision", score.Precision);
            WriteShare(json, "recall", score.Recall);
            json.WriteNumber("support", score.Support);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("confusionMatrix");
        foreach (var row in test.ConfusionMatrix)
        {
            json.WriteStartArray();
            foreach (var count in row) json.WriteNumberValue(count);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteStartArray("misclassified");
        foreach (var item in test.Misclassified)
        {
            json.WriteStartObject();
            json.WriteString("file", item.File);
            json.WriteString("label", item.Label);
            json.WriteString("predicted", item.Predicted);
            WriteShare(json, "probability", item.Probability);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteShare(Utf8JsonWriter json, string name, double share)
    {
        if (double.IsNaN(share)) json.WriteNull(name);
        else json.WriteNumber(name, Math.Round(share, 6));
    }
}
