using System.Diagnostics;
using System.Text.Json;
using Hero.Vision;

namespace Hero.Cli.Tests;

public class RetrainCommandTests
{
    private static readonly string[] Quick = ["--base", "none", "--steps", "4", "--batch-size", "4", "--eval-interval", "2", "--testing-percentage", "20"];

    [Fact]
    public async Task Lines_and_report_are_printed_and_the_model_is_there()
    {
        using var tool = new ToolRunner();
        Assert.Equal(0, await tool.Run(["retrain", tool.Draw(), "--output", tool.File("model.safetensors"), "--print-misclassified", .. Quick]));
        Assert.Equal(3, tool.Lines.Count(line => line.StartsWith("Step ", StringComparison.Ordinal) && line.Contains("cross entropy", StringComparison.Ordinal)));
        Assert.Matches(@"(?m)^Final test accuracy = \d+\.\d% \(N=\d+\)$", tool.Output);
        Assert.Matches(@"(?m)^snowman +[\d.-]+( %)? +[\d.-]+( %)? +\d+$", tool.Output);
        Assert.Matches(@"(?m)^snowman +\d+ +\d+ +\d+ +\d+$", tool.Output);
        Assert.Contains("misclassified", tool.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"hero predict {tool.File("model.safetensors")} PICTURE", tool.Output, StringComparison.Ordinal);
        Assert.Contains("Class 'cat' has only 12 pictures", tool.Error, StringComparison.Ordinal);
        Assert.Equal(4, PictureClassifier.Load(tool.File("model.safetensors")).Labels.Count);
    }

    [Fact]
    public async Task Json_is_all_there_is_on_the_output()
    {
        using var tool = new ToolRunner();
        Assert.Equal(0, await tool.Run(["retrain", tool.Draw(), "--output", tool.File("m.safetensors"), "--json", .. Quick]));
        using var report = JsonDocument.Parse(tool.Output);
        Assert.Equal(48, report.RootElement.GetProperty("pictures").EnumerateObject().Sum(part => part.Value.GetInt32()));
        Assert.Contains("Step 0:", tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_terminal_there_is_a_live_bar()
    {
        using var tool = new ToolRunner();
        Assert.Equal(0, await tool.Run(["retrain", tool.Draw(), "--output", tool.File("m.safetensors"), .. Quick], live: true));
        Assert.Contains("Training", tool.Output, StringComparison.Ordinal);
        Assert.Contains("\u001b[", tool.Output, StringComparison.Ordinal);
        Assert.Contains("Final test accuracy = ", tool.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Step 0:", tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_picture_is_named_and_counted()
    {
        using var tool = new ToolRunner();
        var folder = tool.Draw();
        await System.IO.File.WriteAllTextAsync(Path.Combine(folder, "cat", "diary.jpg"), "Dear diary");
        Assert.Equal(0, await tool.Run(["retrain", folder, "--output", tool.File("m.safetensors"), .. Quick]));
        Assert.Contains("diary.jpg", tool.Error, StringComparison.Ordinal);
        Assert.Contains("1 file could not be read and was left out.", tool.Output, StringComparison.Ordinal);
    }

    // The real thing: a process, a signal, an exit code.
    [SkippableFact]
    public async Task Ctrl_C_saves_what_there_is_and_ends_with_130()
    {
        Skip.If(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        Skip.If(IgnoresInterrupts(), "Interrupts are ignored here, as in background jobs of a shell without job control, and children inherit that.");
        using var tool = new ToolRunner();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["HERO_HOME"] = tool.File("home") } };
        foreach (var argument in new[] { "exec", typeof(HeroTool).Assembly.Location, "retrain", tool.Draw(), "--base", "none", "--steps", "100000", "--batch-size", "4", "--output", tool.File("m.safetensors") })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            if (line.StartsWith("Step 10:", StringComparison.Ordinal)) break;
        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        var rest = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 130, $"Ended with {process.ExitCode}. It said: {rest} {await error}");
        Assert.Contains("Go on with --resume", rest, StringComparison.Ordinal);
        Assert.Contains("not measured", rest, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", await error, StringComparison.Ordinal);
        PictureClassifier.Load(tool.File("m.safetensors")).Predict(SampleSet.Draw("cat", 0));
        Assert.True(System.IO.File.Exists(tool.File("m.state.safetensors")));
    }

    [Fact]
    public async Task Stopped_before_anything_is_trained_it_ends_with_130()
    {
        using var tool = new ToolRunner();
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        Assert.Equal(130, await tool.Run(["retrain", tool.Draw(), "--output", tool.File("m.safetensors"), .. Quick], cancellationToken: stopped.Token));
        Assert.Contains("hero: stopped.", tool.Error, StringComparison.Ordinal);
    }

    private static bool IgnoresInterrupts()
    {
        const string status = "/proc/self/status", mask = "SigIgn:";
        return System.IO.File.Exists(status)
            && (Convert.ToUInt64(System.IO.File.ReadLines(status).First(line => line.StartsWith(mask, StringComparison.Ordinal))[mask.Length..].Trim(), 16) & 0b10) != 0;
    }
}
