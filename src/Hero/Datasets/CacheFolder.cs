namespace Hero.Datasets;

/// <summary>The user's folder for what is downloaded once: see <see cref="UserFolder"/>.</summary>
internal static class CacheFolder
{
    /// <summary>The folder of a data set.</summary>
    /// <exception cref="InvalidOperationException">The system names no such folder and HERO_HOME is not set.</exception>
    public static string Of(string dataset) => Path.Combine(Root(), "datasets", dataset);

    /// <summary>The folder all others are in.</summary>
    /// <exception cref="InvalidOperationException">The system names no such folder and HERO_HOME is not set.</exception>
    public static string Root() => UserFolder.Find()
        ?? throw new InvalidOperationException("There is no folder for downloaded data: the user has no home folder. Set HERO_HOME to a folder, or name the folder of the data.");
}
