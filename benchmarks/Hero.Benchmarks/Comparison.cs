using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Hero.Testing;

namespace Hero.Benchmarks;

/// <summary>
/// Hero and a peer on the same work, in turns, each run a process of its own: the machine's speed drifts, and ratios of neighbouring runs
/// hold where times do not.
/// </summary>
internal static class Comparison
{
    /// <summary>Compares whichever of the benchmarks the peer has a script for.</summary>
    /// <exception cref="UsageException">There is no such peer, or none of the benchmarks is one of its.</exception>
    public static int Run(IReadOnlyList<Benchmark> benchmarks, string system, string[] arguments, int rounds)
    {
        if (!Peer.Systems.Contains(system)) throw new UsageException($"There is no peer '{system}'. There are: {string.Join(", ", Peer.Systems)}.");
        if (rounds < 1) throw new UsageException($"--rounds must be at least 1, got {rounds}.");
        if (SharedFolder.Find("HERO_PEERS", "peers") is not { } scripts)
            return Fail("The peers' scripts were not found: set HERO_PEERS to the folder that has mnist_cnn_profile_torch.py and the others, or put it in ../shared/peers beside the checkout.");
        var peers = Peer.All.Where(peer => peer.System == system && benchmarks.Any(benchmark => benchmark.Name == peer.Benchmark)).ToList();
        if (peers.Count == 0)
            throw new UsageException($"{system} has no script for {string.Join(", ", benchmarks.Select(benchmark => benchmark.Name))}. It has: {string.Join(", ", Peer.All.Where(peer => peer.System == system).Select(peer => peer.Benchmark))}.");
        Console.WriteLine($"{"",-64}{"Hero",10}{system,14}   Hero is, median (minimum - maximum) of {rounds} rounds");
        var status = 0;
        foreach (var peer in peers) status |= Compare(peer, scripts, arguments, rounds);
        return status;
    }

    private static int Compare(Peer peer, string scripts, string[] arguments, int rounds)
    {
        string Filled(string text) => text
            .Replace("{peers}", scripts, StringComparison.Ordinal)
            .Replace("{data}", SharedFolder.Find("HERO_TEST_DATA", "data") ?? "DATA_NOT_FOUND", StringComparison.Ordinal)
            .Replace("{temp}", Path.GetTempPath().TrimEnd('/'), StringComparison.Ordinal)
            .Replace("{python}", Environment.GetEnvironmentVariable("HERO_PYTHON") ?? (File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3"), StringComparison.Ordinal)
            .Replace("{threads}", Threads.Count.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var command = Filled(peer.Command);
        var ours = peer.Figures.ToDictionary(figure => figure.Name, _ => new List<Figure>());
        var theirs = peer.Figures.ToDictionary(figure => figure.Name, _ => new List<double>());
        List<double> ourMemory = [], theirMemory = [];
        for (var round = 0; round < rounds; round++)
        {
            var file = Path.GetTempFileName();
            try
            {
                var hero = Process(Environment.ProcessPath!, [typeof(Comparison).Assembly.Location, peer.Benchmark, .. peer.Arguments.Select(Filled), .. arguments], file);
                if (hero.Status != 0) return Fail($"Hero's {peer.Benchmark} ended with {hero.Status}:\n{hero.Output}");
                foreach (var figure in File.ReadLines(file).Select(Figure.FromLine))
                    if (ours.TryGetValue(figure.Name, out var values))
                        values.Add(figure);
                ourMemory.Add(hero.PeakBytes);
            }
            finally
            {
                File.Delete(file);
            }
            var run = Process("/bin/sh", ["-c", command], null);
            if (run.Status != 0) return Fail($"{peer.System}'s {peer.Benchmark} ended with {run.Status}: {command}\n{run.Output}");
            foreach (var figure in peer.Figures)
            {
                var pattern = Filled(figure.Pattern);
                if (Regex.Match(run.Output, pattern) is not { Success: true } match)
                    return Fail($"{peer.System}'s {peer.Benchmark} printed nothing like '{pattern}':\n{run.Output}");
                theirs[figure.Name].Add(figure.Scale * double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
            }
            theirMemory.Add(run.PeakBytes);
        }
        foreach (var (name, values) in ours)
        {
            if (values.Count != rounds) return Fail($"Hero's {peer.Benchmark} printed no figure named '{name}'.");
            Print(name, [.. values.Select(figure => figure.Median)], theirs[name], values[0].Unit, values[0].MoreIsBetter);
        }
        if (ourMemory.Concat(theirMemory).All(bytes => bytes > 0)) Print($"  peak memory of {peer.Benchmark}", ourMemory, theirMemory, "MiB", moreIsBetter: false);
        return 0;
    }

    private static void Print(string name, List<double> ours, List<double> theirs, string unit, bool moreIsBetter)
    {
        var ratios = ours.Zip(theirs, (our, their) => moreIsBetter ? our / their : their / our).Order().ToList();
        var scale = unit == "MiB" ? 1 << 20 : 1;
        var what = unit == "MiB" ? "times as small" : "times as fast";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-64}{Statistics.Median(ours) / scale,10:G4}{Statistics.Median(theirs) / scale,10:G4} {unit,-4} {Statistics.Median(ratios):F2} ({ratios[0]:F2} - {ratios[^1]:F2}) {what}"));
    }

    /// <summary>Runs a process to its end: its exit code, what it printed, and the most memory that it and its children held (0 where not known).</summary>
    private static (int Status, string Output, double PeakBytes) Process(string file, string[] arguments, string? figures)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (figures is not null) start.Environment[Figure.FileVariable] = figures;
        using var process = System.Diagnostics.Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var peak = 0.0;
        while (!process.WaitForExit(100)) peak = Math.Max(peak, PeakOfTree(process.Id));
        return (process.ExitCode, output.Result + errors.Result, peak);
    }

    /// <summary>The high-water mark of a process or of the child that does its work, as Linux tells it.</summary>
    private static double PeakOfTree(int id)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            var own = line is null ? 0 : 1024 * double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
            var children = File.ReadAllText($"/proc/{id}/task/{id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return children.Select(child => PeakOfTree(int.Parse(child, CultureInfo.InvariantCulture))).Append(own).Max();
        }
        catch (IOException)
        {
            return 0; // gone, or not Linux
        }
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return 1;
    }
}
