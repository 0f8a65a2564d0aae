using System.Runtime.CompilerServices;
using Hero.Testing;

namespace Hero.Cli.Tests;

public sealed class StartupProfileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [SkippableFact]
    public void A_start_leaves_a_note_that_others_begin_with_and_one_that_is_damaged_is_thrown_away()
    {
        Skip.If(Environment.ProcessorCount == 1, "On one processor the run time notes nothing: there is no other one to compile on.");
        var place = folder.File("startup");
        string note = Path.Combine(place, "predict"), sum = note + ".sum";
        Start(place, () => Assert.False(File.Exists(note)));
        Assert.True(File.Exists(note) && File.Exists(sum));

        var written = File.ReadAllBytes(note);
        Start(place, () => Assert.Equal(written, File.ReadAllBytes(note)));
        Start(folder.File("elsewhere"), () => Assert.Equal(File.ReadAllBytes(note), File.ReadAllBytes(folder.File("elsewhere", "predict"))), rehearsed: place);

        var damaged = File.ReadAllBytes(note);
        damaged[^1] ^= 1;
        File.WriteAllBytes(note, damaged);
        Start(folder.File("nowhere"), () => Assert.False(File.Exists(folder.File("nowhere", "predict"))), rehearsed: place);
        Start(place, () => Assert.False(File.Exists(note)));

        File.Delete(sum);
        Start(place, () => Assert.False(File.Exists(note)));
    }

    [Fact]
    public void Without_a_folder_to_write_to_there_is_no_note()
    {
        File.WriteAllText(folder.File("file"), "");
        Assert.Null(StartupProfile.Start("predict", folder.File("file", "startup")));
    }

    public void Dispose() => folder.Dispose();

    private static void Start(string place, Action check, string rehearsed = "")
    {
        using var profile = StartupProfile.Start("predict", place, rehearsed);
        Assert.NotNull(profile);
        check();
        Compile();
    }

    // Something to note: the framework's generic code over types of this assembly is compiled as it runs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Compile() => Assert.Single(new[] { new Entry(1) }.GroupBy(entry => entry).ToDictionary(group => group.Key, group => group.Count()));

    private readonly record struct Entry(int Value);
}
