using Spectre.Console;

namespace Hero.Cli;

/// <summary>What a command talks to.</summary>
/// <param name="Output">Results, as plain text.</param>
/// <param name="Error">Warnings and errors.</param>
/// <param name="Input">What is piped in.</param>
/// <param name="IsInputRedirected">Whether something is piped in.</param>
/// <param name="Console">The same output for live displays; made for who has one.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, Stream Input, bool IsInputRedirected, Func<IAnsiConsole> Console)
{
    /// <summary>The process's own.</summary>
    public static Terminal System() => new(global::System.Console.Out, global::System.Console.Error, global::System.Console.OpenStandardInput(),
        global::System.Console.IsInputRedirected, () => AnsiConsole.Console);
}
