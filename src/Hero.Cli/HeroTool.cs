using System.CommandLine;
using System.Text.RegularExpressions;
using Hero.Cli.Commands;
using Hero.Saving;
using Hero.Vision;

namespace Hero.Cli;

/// <summary>The <c>hero</c> tool: parses the line, runs the command, and turns whatever goes wrong into one line and an exit code.</summary>
internal static partial class HeroTool
{
    private static readonly (string Name, Func<Terminal, Command> Create)[] Commands =
        [(QuickstartCommand.Name, QuickstartCommand.Create), (RetrainCommand.Name, RetrainCommand.Create), (PredictCommand.Name, PredictCommand.Create)];

    private static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Show where in the code an error came from (also with HERO_DEBUG=1).",
        Recursive = true,
    };

    /// <summary>How the tool was called, for lines to be copied: "./hero" by the script in the repository, otherwise "hero".</summary>
    public static string Command { get; } = Environment.GetEnvironmentVariable("HERO_COMMAND") is { Length: > 0 } script ? script : "hero";

    /// <summary>The command that a line begins with; null where it begins with none.</summary>
    public static string? FindCommand(string[] args)
    {
        foreach (var (name, _) in Commands)
            if (args.Length > 0 && args[0] == name) return name;
        return null;
    }

    public static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellationToken)
    {
        var root = new RootCommand("Hero: deep learning for .NET. A folder of pictures becomes a classifier.") { Verbose };
        // A line that names a command does not wait for the options of the others.
        var named = FindCommand(args);
        foreach (var (name, create) in Commands)
            if (named is null || name == named) root.Add(create(terminal));
        if (named is null) root.Add(RehearseCommand.Create());
        root.HelpName = "hero";
        var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var message in Messages(parsed)) await terminal.Error.WriteLineAsync($"hero: {message}");
            var command = parsed.CommandResult.Command is RootCommand ? Command : $"{Command} {parsed.CommandResult.Command.Name}";
            await terminal.Error.WriteLineAsync($"See '{command} --help'.");
            return ExitCode.Usage;
        }
        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // Program has handlers of its own
            };
            CheckThreads();
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await terminal.Error.WriteLineAsync("hero: stopped.");
            return ExitCode.Interrupted;
        }
        catch (Exception error)
        {
            var details = parsed.GetValue(Verbose) || Environment.GetEnvironmentVariable("HERO_DEBUG") is { Length: > 0 };
            await terminal.Error.WriteLineAsync(details ? error.ToString() : Line(error));
            return error is UsageException ? ExitCode.Usage : ExitCode.Error;
        }
    }

    private static void CheckThreads()
    {
        try
        {
            _ = Threads.Count;
        }
        catch (FormatException error)
        {
            throw new UsageException(error.Message, error);
        }
    }

    // The parser's words, without the names of .NET types, and without the consequences of a mistyped command.
    private static IEnumerable<string> Messages(ParseResult parsed)
    {
        var errors = parsed.Errors.Select(error => error.Message).ToArray();
        return errors.Where(message => errors.Length == 1 || !message.StartsWith("Required command", StringComparison.Ordinal))
            .Select(message => TypeName().Replace(message, match => match.Value.Contains("Int", StringComparison.Ordinal) ? "a whole number" : "a number"));
    }

    [GeneratedRegex(@"expected type '[^']*(Int32|Int64|Double)[^']*'")]
    private static partial Regex TypeName();

    // What a user can put right says so itself. Anything else is our mistake, and the line says how to show it to us.
    private static string Line(Exception error) => error switch
    {
        UsageException or IOException or UnauthorizedAccessException or InvalidDataException or ModelFileException or ImageFormatException =>
            $"hero: {error.Message.ReplaceLineEndings(" ")}",
        OutOfMemoryException => "hero: the memory is used up. Try a smaller --batch-size, or close other programs.",
        _ => $"hero: an unexpected error ({error.GetType().Name}): {error.Message.ReplaceLineEndings(" ")} Run it again with --verbose to see where it comes from.",
    };
}

/// <summary>An option that makes no sense: the exit code is that of a wrong command line.</summary>
internal sealed class UsageException(string message, Exception? cause = null) : Exception(message, cause);
