namespace Samples;

/// <summary>Every C# sample of the guides is code of a test beside this file: what is printed there compiles and runs.</summary>
public class DocumentationTests
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string> Guides => ["getting-started.md", "adding-a-layer.md"];

    [Theory]
    [MemberData(nameof(Guides))]
    public void Samples_are_those_that_are_run(string guide)
    {
        var run = Directory.GetFiles(Path.Combine(Root, "tests", "Hero.Vision.Tests", "Docs"), "*.cs").Select(file => Normalize(File.ReadLines(file))).ToList();
        var samples = Samples(Path.Combine(Root, "docs", guide)).ToList();
        Assert.NotEmpty(samples);
        foreach (var sample in samples)
            Assert.True(run.Exists(code => code.Contains(Normalize(sample), StringComparison.Ordinal)), $"{guide}: no test has this code:\n{string.Join('\n', sample)}");
    }

    private static IEnumerable<List<string>> Samples(string guide)
    {
        List<string>? sample = null;
        foreach (var line in File.ReadLines(guide))
        {
            if (sample is null && line.Trim() == "```csharp") sample = [];
            else if (sample is not null && line.Trim() == "```")
            {
                yield return sample;
                sample = null;
            }
            else sample?.Add(line);
        }
    }

    // What differs between a program and a method of a test: indentation, and what stands above the code.
    private static string Normalize(IEnumerable<string> lines) => string.Concat(lines
        .Select(line => line.Trim())
        .Where(line => line.Length > 0 && !line.StartsWith("using ", StringComparison.Ordinal) && !line.StartsWith("#:", StringComparison.Ordinal))
        .Select(line => line + "\n"));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Hero.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException("The tests do not lie below a checkout of Hero.");
    }
}
