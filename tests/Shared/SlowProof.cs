namespace Hero.Testing;

/// <summary>
/// Whole training runs, which take minutes: tests of the category "Slow", skipped unless HERO_SLOW=1.
/// <code>HERO_SLOW=1 dotnet test -c Release --filter Category=Slow</code>
/// </summary>
internal static class SlowProof
{
    public const string Category = "Category";
    public const string Slow = "Slow";

    /// <summary>Skips the calling test unless slow proofs are asked for.</summary>
    public static void Require() =>
        Skip.If(Environment.GetEnvironmentVariable("HERO_SLOW") != "1", "A slow proof: set HERO_SLOW=1 to run it.");
}
