namespace Hero;

/// <summary>The folder of what Hero keeps for a user: HERO_HOME, or "hero" in the system's folder for applications' data.</summary>
internal static class UserFolder
{
    /// <summary>The folder, which need not exist; null where the system names none and HERO_HOME is not set.</summary>
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable("HERO_HOME") is { Length: > 0 } named) return Path.GetFullPath(named);
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return data.Length > 0 ? Path.Combine(data, "hero") : null;
    }
}
