using System.Text.Json;
using System.Text.Json.Nodes;
using Hero.Layers;

namespace Hero.Saving;

/// <summary>
/// The settings from which a layer, an optimizer, a loss ... can be made again: names and JSON values. What is read from a
/// file is checked as it is asked for; a wrong one gives a <see cref="ModelFileException"/> that names it.
/// </summary>
public sealed class Config
{
    /// <summary>No settings yet.</summary>
    public Config() : this([])
    {
    }

    internal Config(JsonObject json) => Json = json;

    internal JsonObject Json { get; }

    /// <summary>Adds a setting: a number, a text, a truth value, null, or JSON.</summary>
    /// <returns>This configuration.</returns>
    public Config Set(string name, JsonNode? value)
    {
        Json[name] = value;
        return this;
    }

    /// <summary>Adds a shape, as an array of its dimensions.</summary>
    /// <returns>This configuration.</returns>
    public Config SetShape(string name, Shape value) => Set(name, new JsonArray([.. value.Select(dimension => (JsonNode)dimension)]));

    /// <summary>Whether there is a setting of the name that is not null.</summary>
    public bool Has(string name) => Json.TryGetPropertyValue(name, out var value) && value is not null;

    /// <summary>A whole number.</summary>
    /// <exception cref="ModelFileException">It is missing or something else.</exception>
    public int GetInt(string name) => Get<int>(name, "a whole number");

    /// <summary>A whole number of 64 bits.</summary>
    /// <exception cref="ModelFileException">It is missing or something else.</exception>
    public long GetLong(string name) => Get<long>(name, "a whole number");

    /// <summary>A number.</summary>
    /// <exception cref="ModelFileException">It is missing or something else.</exception>
    public double GetDouble(string name) => Get<double>(name, "a number");

    /// <summary>A truth value.</summary>
    /// <exception cref="ModelFileException">It is missing or something else.</exception>
    public bool GetBool(string name) => Get<bool>(name, "true or false");

    /// <summary>A text.</summary>
    /// <exception cref="ModelFileException">It is missing or something else.</exception>
    public string GetString(string name) => Get<string>(name, "a text");

    /// <summary>A shape.</summary>
    /// <exception cref="ModelFileException">It is missing or something else.</exception>
    public Shape GetShape(string name)
    {
        if (!Has(name) || Json[name] is not JsonArray array || array.Count > 32) throw Wrong(name, "a list of dimensions");
        var dimensions = new int[array.Count];
        for (var i = 0; i < dimensions.Length; i++)
            if (array[i] is not JsonValue value || !value.TryGetValue(out dimensions[i]) || dimensions[i] < 0)
                throw Wrong(name, "a list of dimensions");
        return dimensions;
    }

    /// <summary>The settings of an inner object.</summary>
    /// <exception cref="ModelFileException">It is missing or something else.</exception>
    public Config GetConfig(string name) =>
        Has(name) && Json[name] is JsonObject inner ? new Config(inner) : throw Wrong(name, "an object");

    internal Size2D GetSize(string name) =>
        GetShape(name) is { Rank: 2 } shape ? new Size2D(shape[0], shape[1]) : throw Wrong(name, "two whole numbers");

    internal Config SetSize(string name, Size2D size) => SetShape(name, new Shape(size.Height, size.Width));

    internal DType GetDType(string name)
    {
        var text = GetString(name);
        foreach (var type in Enum.GetValues<DType>())
            if (DTypes.Name(type) == text) return type;
        throw Wrong(name, "an element type (float32, int32 ...)");
    }

    internal Config SetPadding(string name, Padding padding) => padding == Padding.Same || padding == Padding.Valid
        ? Set(name, padding.ToString())
        : SetShape(name, new Shape(padding.Top, padding.Bottom, padding.Left, padding.Right));

    internal Padding GetPadding(string name)
    {
        if (Has(name) && Json[name] is JsonArray)
            return GetShape(name) is { Rank: 4 } amounts
                ? Padding.Explicit(amounts[0], amounts[1], amounts[2], amounts[3]) : throw Wrong(name, "four whole numbers");
        return GetString(name) is "same" or "valid" ? GetString(name) : throw Wrong(name, "\"same\" or \"valid\"");
    }

    /// <summary>The objects of a list.</summary>
    internal List<Config> GetConfigs(string name) =>
        [.. GetArray(name).Select(item => item is JsonObject inner ? new Config(inner) : throw Wrong(name, "a list of objects"))];

    internal JsonArray GetArray(string name) => Has(name) && Json[name] is JsonArray array ? array : throw Wrong(name, "a list");

    internal static Config Parse(string text, string what)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = 128, AllowDuplicateProperties = false }) is JsonObject json
                ? new Config(json)
                : throw new ModelFileException($"{what} is no JSON object.");
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new ModelFileException($"{what} is no sound JSON: {error.Message}", error);
        }
    }

    private T Get<T>(string name, string expected)
    {
        if (Has(name) && Json[name] is JsonValue json && json.TryGetValue<T>(out var value)) return value;
        // A number that is whole may be written either way (1 and 1.0).
        if (typeof(T) == typeof(double) && Has(name) && Json[name] is JsonValue whole && whole.TryGetValue<long>(out var number))
            return (T)(object)(double)number;
        throw Wrong(name, expected);
    }

    private ModelFileException Wrong(string name, string expected)
    {
        var got = !Json.ContainsKey(name) ? "nothing" : Json[name]?.ToJsonString() ?? "null";
        if (got.Length > 60) got = got[..60] + "...";
        return new ModelFileException($"Setting '{name}': expected {expected}, got {got}.");
    }
}
