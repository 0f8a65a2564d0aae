using System.CommandLine;
using Hero;
using Hero.Benchmarks;

// Before anything else is loaded: what the benchmark of the start starts.
if (args is [StartupBenchmark.FirstValue]) return StartupBenchmark.PrintFirstValue();

var name = new Argument<string>("name") { Description = "Which benchmark, or all:\n" + string.Join('\n', Benchmark.All.Select(benchmark => $"  {benchmark.Name + " " + benchmark.Arguments,-36}{benchmark.Description}")) };
var arguments = new Argument<string[]>("arguments") { Description = "What that benchmark takes.", Arity = ArgumentArity.ZeroOrMore };
var against = new Option<string?>("--against") { Description = $"Also run the same work with a peer ({string.Join(", ", Peer.Systems)}), in turns, and print the ratios." };
var rounds = new Option<int>("--rounds") { Description = "How many times each side runs in a comparison.", DefaultValueFactory = _ => 3 };
var profile = new Option<bool>(Arguments.Profile) { Description = "Print where the time of a step goes as well." };
var policy = new Option<string>("--policy") { Description = "What networks calculate in: float32 or mixed_bfloat16. In comparisons the peer's script decides.", DefaultValueFactory = _ => MixedPrecision.GlobalPolicy.Name };
var precision = new Option<string?>("--precision") { Description = "How exactly matrix products are computed: highest, high or medium." };
var command = new RootCommand("Measures Hero, alone or beside a peer. Figures are medians with (minimum - maximum, number of repetitions).") { name, arguments, against, rounds, profile, policy, precision };
command.SetAction(parsed =>
{
    try
    {
        return Run(parsed);
    }
    catch (UsageException error)
    {
        return Refuse(error.Message);
    }
});
var line = command.Parse(args);
return line.Errors.Count == 0 ? line.Invoke() : Refuse(string.Join('\n', line.Errors.Select(error => error.Message)));

int Run(ParseResult parsed)
{
    // As a variable, so that the processes of a comparison have it, too.
    if (parsed.GetValue(precision) is { } wanted) Environment.SetEnvironmentVariable(DefaultMatmulPrecision.Variable, wanted);
    string[] rest = [.. parsed.GetValue(arguments) ?? [], .. parsed.GetValue(profile) ? [Arguments.Profile] : Array.Empty<string>()];
    if (parsed.GetValue(name) != "all" && Benchmark.Find(parsed.GetValue(name)!) is null)
        throw new UsageException($"There is no benchmark '{parsed.GetValue(name)}'. There are: {string.Join(", ", Benchmark.All.Select(benchmark => benchmark.Name))}, all.");
    try
    {
        _ = DefaultMatmulPrecision.Current;
        MixedPrecision.SetGlobalPolicy(parsed.GetValue(policy)!);
    }
    catch (Exception error) when (error is ArgumentException or FormatException)
    {
        throw new UsageException(error.Message);
    }
    var chosen = parsed.GetValue(name) == "all" ? Benchmark.All : [Benchmark.Find(parsed.GetValue(name)!)!];
    if (parsed.GetValue(against) is { } system) return Comparison.Run(chosen, system, rest, parsed.GetValue(rounds));
    if (chosen.Count == 1) return chosen[0].Run(rest);
    var status = 0;
    foreach (var benchmark in chosen.Where(benchmark => !benchmark.NeedsFolder))
    {
        Console.WriteLine($"== {benchmark.Name}: {benchmark.Description}");
        status |= benchmark.Run([]);
    }
    return status;
}

static int Refuse(string message)
{
    Console.Error.WriteLine($"benchmark: {message}");
    return 2;
}
