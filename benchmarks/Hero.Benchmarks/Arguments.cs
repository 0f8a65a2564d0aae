using System.Globalization;

namespace Hero.Benchmarks;

/// <summary>What a benchmark is asked for cannot be done as it was asked: the message says what was expected.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The words behind a benchmark's name.</summary>
internal static class Arguments
{
    /// <summary>The one that asks for a table of the steps of the plan as well.</summary>
    public const string Profile = "--profile";

    /// <summary>The number at a place, flags not counted; another one where nothing is given.</summary>
    /// <exception cref="UsageException">It is no whole number of at least 1.</exception>
    public static int Number(string[] args, int at, int otherwise) => Plain(args).ElementAtOrDefault(at) is { } text ? Number(text) : otherwise;

    /// <summary>All of them as numbers.</summary>
    /// <exception cref="UsageException">One is no whole number of at least 1.</exception>
    public static List<int> Numbers(string[] args) => [.. Plain(args).Select(Number)];

    /// <summary>The folder that a benchmark needs.</summary>
    /// <exception cref="UsageException">None is given, or there is no such folder.</exception>
    public static string Folder(string[] args) => Plain(args).FirstOrDefault() is not { } folder
        ? throw new UsageException("A folder of pictures is needed behind the benchmark's name.")
        : Directory.Exists(folder) ? folder : throw new UsageException($"There is no folder '{folder}'.");

    private static IEnumerable<string> Plain(string[] args) => args.Where(arg => arg != Profile);

    private static int Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= 1
        ? number
        : throw new UsageException($"A whole number of at least 1 is needed, got '{text}'.");
}
