using System.Collections.Concurrent;

namespace Hero.Saving;

/// <summary>The types of one kind (layers, losses ...) that files may name, each with how to make one from its settings.</summary>
internal sealed class Registry<T>(string kind) where T : class
{
    private readonly ConcurrentDictionary<string, Func<Config, T>> makers = new(StringComparer.Ordinal);

    /// <summary>Makes a type known.</summary>
    public Func<Config, T> this[string name]
    {
        set => makers[name] = value;
    }

    /// <summary>The types that are known.</summary>
    public IEnumerable<string> Names => makers.Keys;

    /// <summary>Writes an object as its type and settings.</summary>
    public static Config Write(string name, Config settings) => new Config().Set("class", name).Set("config", settings.Json);

    /// <summary>Makes an object of what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The type is not known, or the settings are not its.</exception>
    public T Read(Config written)
    {
        var name = written.GetString("class");
        if (!makers.TryGetValue(name, out var make))
        {
            var shown = name.Length > 60 ? name[..60] + "..." : name;
            throw new ModelFileException($"Unknown {kind} '{shown}'. If it is one of your own, register it with CustomObjects before "
                + $"loading.");
        }
        try
        {
            return make(written.GetConfig("config"));
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw new ModelFileException($"The settings of {kind} '{name}' are not sound: {error.Message}", error);
        }
    }
}
