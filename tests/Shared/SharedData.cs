namespace Hero.Testing;

/// <summary>
/// The folder of real data that may lie beside a checkout (<c>../shared/data</c>, or where HERO_TEST_DATA points): a test that
/// needs it is skipped, with a line that says so, where it is missing.
/// </summary>
internal static class SharedData
{
    private static readonly string? Root = SharedFolder.Find("HERO_TEST_DATA", "data");

    /// <summary>The path of a file or folder below the data folder; skips the calling test when it is not there.</summary>
    public static string Require(params string[] parts)
    {
        var path = Root is null ? null : Path.Combine([Root, .. parts]);
        Skip.If(path is null || !(File.Exists(path) || Directory.Exists(path)),
            $"Needs the shared data '{string.Join('/', parts)}': put it in ../shared/data beside the checkout or set HERO_TEST_DATA.");
        return path!;
    }
}
