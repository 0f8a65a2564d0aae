namespace Hero.Testing;

/// <summary>Folders that may lie beside a checkout, in <c>../shared</c>: real data, peers to measure against. They are never part of the project.</summary>
internal static class SharedFolder
{
    /// <summary>The folder that an environment variable names, or else the one of a name beside the checkout; null where there is none.</summary>
    public static string? Find(string variable, string name)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named) return Directory.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", name) is var candidate && Directory.Exists(candidate)) return candidate;
        return null;
    }
}
