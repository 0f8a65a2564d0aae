namespace Hero.Cli.Tests;

public class HeroToolTests
{
    [Fact]
    public async Task Without_arguments_it_says_what_it_can_do()
    {
        using var tool = new ToolRunner();
        Assert.Equal(0, await tool.Run([]));
        foreach (var word in new[] { "hero [command]", "quickstart", "retrain", "predict" }) Assert.Contains(word, tool.Output, StringComparison.Ordinal);
        Assert.Empty(tool.Error);
    }

    [Theory]
    [InlineData("'retrin'", "retrin")]
    [InlineData("FOLDER", "retrain")]
    [InlineData("'--stepps'", "retrain", "x", "--stepps", "3")]
    [InlineData("a whole number", "retrain", "x", "--steps", "many")]
    [InlineData("a number", "retrain", "x", "--learning-rate", "fast")]
    [InlineData("--steps: expected at least 1, got 0.", "retrain", "x", "--steps", "0")]
    [InlineData("sgd, rmsprop", "retrain", "x", "--optimizer", "magic")]
    [InlineData("MODEL", "predict")]
    [InlineData("--top", "predict", "m", "p", "--top", "0")]
    [InlineData("expected pictures", "predict", "m")]
    public async Task A_wrong_line_is_explained_with_code_2(string expected, params string[] args)
    {
        using var tool = new ToolRunner();
        Assert.Equal(2, await tool.Run(args));
        Assert.Contains(expected, tool.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", tool.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", tool.Error, StringComparison.Ordinal);
        Assert.Empty(tool.Output);
    }

    [Fact]
    public async Task What_goes_wrong_is_one_line_with_code_1()
    {
        using var tool = new ToolRunner();
        foreach (var args in new string[][]
        {
            ["retrain", tool.File("nowhere")], ["retrain", tool.Draw(), "--base", tool.File("nowhere.safetensors")],
            ["predict", tool.File("nowhere.safetensors"), "x.png"], ["retrain", tool.File("pictures"), "--base", "none", "--groups", tool.File("nowhere.csv")],
        })
        {
            Assert.Equal(1, await tool.Run(args));
            var line = Assert.Single(tool.Error.TrimEnd().Split('\n'), line => !line.StartsWith("Warning: ", StringComparison.Ordinal));
            Assert.StartsWith("hero: ", line, StringComparison.Ordinal);
            Assert.Contains("nowhere", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Verbose_shows_where_it_went_wrong()
    {
        using var tool = new ToolRunner();
        Assert.Equal(1, await tool.Run(["retrain", tool.File("nowhere"), "--verbose"]));
        Assert.Contains("   at Hero", tool.Error, StringComparison.Ordinal);
    }
}
