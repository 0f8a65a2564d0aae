using System.Text;
using Hero.Cli.Output;
using Hero.Testing;
using Hero.Vision;
using Spectre.Console;

namespace Hero.Cli.Tests;

/// <summary>Runs the tool as a shell would, and keeps what it prints.</summary>
internal sealed class ToolRunner : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string File(params string[] parts) => folder.File(parts);

    /// <summary>A folder of drawn pictures.</summary>
    public string Draw(int perClass = 12)
    {
        SampleSet.Write(folder.File("pictures"), perClass, size: 32);
        return folder.File("pictures");
    }

    /// <summary>A model that knows next to nothing, quickly made.</summary>
    public async Task<string> Model()
    {
        Assert.Equal(0, await Run(["retrain", Draw(), "--base", "none", "--steps", "2", "--batch-size", "4", "--output", File("model.safetensors")]));
        return File("model.safetensors");
    }

    public async Task<int> Run(string[] args, byte[]? input = null, bool live = false, CancellationToken cancellationToken = default)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var console = live
            ? AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(output) })
            : RetrainView.NoConsole(output);
        using var stream = new MemoryStream(input ?? []);
        var code = await HeroTool.RunAsync(args, new Terminal(output, error, stream, input is not null, () => console), cancellationToken);
        (Output, Error) = (output.ToString(), error.ToString());
        return code;
    }

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    public void Dispose() => folder.Dispose();
}
