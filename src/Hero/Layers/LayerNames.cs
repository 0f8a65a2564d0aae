using System.Collections.Concurrent;
using System.Text;

namespace Hero.Layers;

/// <summary>Names of layers as Keras gives them: "dense", "dense_1", "batch_normalization". Unique within a model, so that they do not
/// depend on what else was built.</summary>
internal static class LayerNames
{
    private static readonly ConcurrentDictionary<Type, string> Defaults = new();

    /// <summary>The type's name in snake case.</summary>
    public static string Default(Type type) => Defaults.GetOrAdd(type, static type => SnakeCase(type.Name));

    /// <summary>Throws for names that files cannot hold.</summary>
    public static void Check(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Contains('/', StringComparison.Ordinal) || name.Length > 200 || name == "optimizer")
            throw new ArgumentException($"A layer's or weight's name has 1 to 200 characters, none of them a slash, and is not "
                + $"\"optimizer\"; got \"{name}\".", nameof(name));
    }

    /// <summary>Gives a layer a name that is still free among its siblings.</summary>
    public static void Assign(Layer layer, HashSet<string> taken)
    {
        if (layer.GivenName is not { } given) layer.SetName(Unique(Default(layer.GetType()), taken));
        else if (!taken.Add(given))
            throw new ArgumentException($"Two layers of the model are named '{given}': give one of them another name (name: \"...\").",
                nameof(layer));
    }

    /// <summary>The name itself, or with the first number that makes it unique.</summary>
    public static string Unique(string name, HashSet<string> taken)
    {
        var candidate = name;
        for (var number = 1; !taken.Add(candidate); number++) candidate = $"{name}_{number}";
        return candidate;
    }

    // As Keras: Conv2D is conv2d, ReLU is re_lu, BatchNormalization is batch_normalization.
    private static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            var beginsWord = char.IsUpper(name[i]) && i > 0 && i + 1 < name.Length && char.IsLower(name[i + 1]);
            var endsWord = char.IsUpper(name[i]) && i > 0 && char.IsLower(name[i - 1]);
            if (beginsWord || endsWord) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }
}
