using System.Text.Json;
using Hero.Vision;

namespace Hero.Cli.Tests;

public class PredictCommandTests
{
    [Fact]
    public async Task One_picture_gives_its_classes_best_first()
    {
        using var tool = new ToolRunner();
        var model = await tool.Model();
        Assert.Equal(0, await tool.Run(["predict", model, tool.File("pictures", "cat", "cat-000.png")]));
        var scores = tool.Lines.Select(line => double.Parse(line.Split("score = ")[1].TrimEnd(')'), System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(4, scores.Length);
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.Matches(@"^\w+ \(score = \d\.\d{5}\)$", tool.Lines[0]);
        Assert.Equal(0, await tool.Run(["predict", model, tool.File("pictures", "cat", "cat-000.png"), "--top", "1"]));
        Assert.Single(tool.Lines);
    }

    [Fact]
    public async Task A_rehearsal_needs_nothing_trained()
    {
        using var tool = new ToolRunner();
        Assert.Equal(0, await tool.Run(["rehearse", tool.File("trial")]));
        Assert.Equal(0, await tool.Run(["predict", tool.File("trial", "model.safetensors"), tool.File("trial", "picture.png")]));
        Assert.Equal(4, tool.Lines.Length);
        await tool.Run(["--help"]);
        Assert.DoesNotContain("rehearse", tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_lists_and_bytes_are_read()
    {
        using var tool = new ToolRunner();
        var model = await tool.Model();
        Assert.Equal(0, await tool.Run(["predict", model, tool.File("pictures"), "--top", "1"]));
        Assert.Equal(96, tool.Lines.Length);
        var names = tool.Lines.Where((_, i) => i % 2 == 0).ToArray();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        var byFolder = tool.Output;

        Assert.Equal(0, await tool.Run(["predict", model, "--top", "1"], ToolRunner.Text(string.Join('\n', names) + "\n\n")));
        Assert.Equal(byFolder, tool.Output);

        Assert.Equal(0, await tool.Run(["predict", model, "-", "--top", "1"], await System.IO.File.ReadAllBytesAsync(names[5])));
        Assert.Equal(byFolder.Split('\n')[11].Trim(), tool.Lines[^1].Trim());
    }

    [Fact]
    public async Task Json_is_one_object_a_line()
    {
        using var tool = new ToolRunner();
        var model = await tool.Model();
        var (good, bad) = (tool.File("pictures", "owl", "owl-001.png"), tool.File("letter.jpg"));
        await System.IO.File.WriteAllTextAsync(bad, "Dear Sir");
        Assert.Equal(1, await tool.Run(["predict", model, good, bad, "--json", "--top", "2"]));
        var lines = tool.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(line => line.GetProperty("file").GetString()!);
        Assert.Equal(2, lines[good].GetProperty("predictions").GetArrayLength());
        Assert.Contains("no JPEG", lines[bad].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_is_named_and_the_rest_is_answered()
    {
        using var tool = new ToolRunner();
        var model = await tool.Model();
        Assert.Equal(1, await tool.Run(["predict", model, tool.File("nowhere.png"), model, tool.File("pictures", "owl", "owl-001.png")]));
        Assert.Contains("nowhere.png", tool.Error, StringComparison.Ordinal);
        Assert.Contains("model.safetensors", tool.Error, StringComparison.Ordinal);
        Assert.Contains("owl-001.png", tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_come_in_the_order_of_the_pictures()
    {
        using var tool = new ToolRunner();
        var model = await tool.Model();
        string[] pictures = [tool.File("pictures", "owl", "owl-001.png"), tool.File("nowhere.png"), tool.File("pictures", "cat", "cat-001.png")];
        Assert.Equal(1, await tool.Run(["predict", model, .. pictures, "--json"]));
        Assert.Equal(pictures, tool.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("file").GetString()));
    }

    [Fact]
    public async Task Nothing_to_predict_is_an_error()
    {
        using var tool = new ToolRunner();
        var model = await tool.Model();
        Directory.CreateDirectory(tool.File("empty"));
        Assert.Equal(1, await tool.Run(["predict", model, tool.File("empty")]));
        Assert.Contains("no pictures", tool.Error, StringComparison.Ordinal);
        Assert.Equal(1, await tool.Run(["predict", model], ToolRunner.Text("\n")));
        Assert.Contains("named no picture", tool.Error, StringComparison.Ordinal);
        Assert.Equal(1, await tool.Run(["predict", tool.File("empty"), tool.File("pictures")]));
        Assert.Contains("is a folder", tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_are_those_of_the_library()
    {
        using var tool = new ToolRunner();
        var model = await tool.Model();
        var best = PictureClassifier.Load(model).Predict(tool.File("pictures", "robot", "robot-003.png"))[0];
        await tool.Run(["predict", model, tool.File("pictures", "robot", "robot-003.png")]);
        Assert.Equal(FormattableString.Invariant($"{best.Label} (score = {best.Probability:F5})"), tool.Lines[0]);
    }
}
