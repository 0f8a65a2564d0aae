using Hero.Datasets;

namespace Hero.Vision;

/// <summary>Where Hero keeps a user's files: in the folder HERO_HOME names, or in "hero" in the system's folder for applications' data.</summary>
public static class UserFolders
{
    /// <summary>Pre-trained networks; a base is looked for here.</summary>
    /// <exception cref="InvalidOperationException">The system names no such folder and HERO_HOME is not set.</exception>
    public static string Models => Path.Combine(CacheFolder.Root(), "models");

    /// <summary>Features of pictures, kept between trainings. May be deleted at any time.</summary>
    /// <exception cref="InvalidOperationException">The system names no such folder and HERO_HOME is not set.</exception>
    public static string Bottlenecks => Path.Combine(CacheFolder.Root(), "bottlenecks");

    /// <summary>Pictures and model of <c>hero quickstart</c>. May be deleted at any time.</summary>
    /// <exception cref="InvalidOperationException">The system names no such folder and HERO_HOME is not set.</exception>
    public static string Quickstart => Path.Combine(CacheFolder.Root(), "quickstart");

    /// <summary>What the commands of the <c>hero</c> tool had to compile when they started, which makes later starts quicker. May be deleted at any time.</summary>
    /// <exception cref="InvalidOperationException">The system names no such folder and HERO_HOME is not set.</exception>
    public static string Startup => Path.Combine(CacheFolder.Root(), "startup");
}
