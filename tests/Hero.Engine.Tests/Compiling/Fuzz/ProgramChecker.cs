using Hero.Cpu;

namespace Hero.Engine.Tests.Compiling.Fuzz;

/// <summary>Makes programs of a kind, checks what they compute, and cuts those that fail down.</summary>
internal sealed class ProgramChecker(ProgramKind kind)
{
    private const int MostThreads = 4;
    private const int Callers = 4;

    // A value at an activation's kink goes to either side: rounding tells which, and two samples of noise may all miss it.
    private const int ManySamples = 32;

    // Cutting down runs a program again and again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // More would not be read.
    private const int MostFailures = 6;

    public List<string> Failures { get; } = [];

    public (int Compared, int Exact, int Vague) Count { get; private set; }

    /// <summary>Checks the programs of some seeds: each with all threads, then all of them with fewer.</summary>
    public void Check(IEnumerable<int> seeds)
    {
        var made = new List<(int Seed, FuzzProgram Program, Trial Trial, Tensor[] Results)>();
        Threads.Count = MostThreads;
        foreach (var seed in seeds)
        {
            if (Failures.Count >= MostFailures) return;
            var program = ProgramGenerator.Make(seed, kind);
            var trial = new Trial(program, kind.Own);
            if (Fault(program, trial, out var results) is { } fault) Report(seed, program, fault, other => Fault(other, new Trial(other, kind.Own), out _));
            else made.Add((seed, program, trial, results));
            Count = (Count.Compared + trial.Count.Compared, Count.Exact + trial.Count.Exact, Count.Vague + trial.Count.Vague);
        }
        foreach (var threads in new[] { 1, 3 })
        {
            Threads.Count = threads;
            foreach (var (seed, program, trial, results) in made)
                if (Rerun(trial, results) is { } fault) Report(seed, program, $"with {threads} threads: {fault}", other => WithThreads(other, threads));
        }
    }

    private string? Fault(FuzzProgram program, Trial trial, out Tensor[] results)
    {
        results = [];
        try
        {
            var expected = trial.Expected();
            results = trial.Run();
            if (Differs(0, expected, results) is { } fault) return fault;
            if (Trial.SameBits(results, trial.Run()) is { } second) return $"second run: {second}";
            if (Differs(0, expected, trial.RunOnce()) is { } once) return $"evaluated once: {once}";
            // Other inputs and weights through the same plan, and back.
            if (Differs(1, trial.Expected(1), trial.Run(1)) is { } other) return $"other inputs: {other}";
            if (Trial.SameBits(results, trial.Run()) is { } back) return $"after other inputs: {back}";
            if (trial.CanBeTuned && Trial.SameBits(results, trial.RunTuned(new AnyCut())) is { } tuned) return $"tuned: {tuned}";
            // Denormal numbers are others in float64, and a filter's infinity times what lies beside the picture is 0 in some kernels and no number in others.
            var means = !kind.Odd && kind.Own == DType.Float32 && kind.Precision == MatmulPrecision.Highest && program.Traits == Trait.None;
            return means && trial.Compare(Wider(new Trial(program, DType.Float64), trial), results, ofOneType: false) is { } wide ? $"against float64: {wide}" : null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return $"{error.GetType().Name}: {error.Message} {error.StackTrace?.Split('\n')[0]}";
        }

        string? Differs(int variant, (Tensor, double)[] expected, Tensor[] actual) =>
            trial.Compare(expected, actual) is null ? null : trial.Compare(trial.Expected(variant, samples: ManySamples), actual);
    }

    /// <summary>Values of float64 with what float32 may differ by.</summary>
    private static (Tensor, double)[] Wider(Trial wide, Trial narrow) => [.. wide.Expected().Zip(narrow.Expected(everywhere: true), (exact, rounded) => (exact.Value, rounded.Tolerance))];

    private static string? Rerun(Trial trial, Tensor[] results)
    {
        if (Trial.SameBits(results, trial.Run()) is { } same) return $"the same plan: {same}";
        if (trial.ChangesNothing)
        {
            foreach (var outputs in trial.RunAtOnce(Callers))
                if (Trial.SameBits(results[..outputs.Length], outputs) is { } atOnce) return $"{Callers} callers at once: {atOnce}";
        }
        else
        {
            trial.Renew();
        }
        return Trial.SameBits(results, trial.Run()) is { } anew ? $"a new plan: {anew}" : null;
    }

    private string? WithThreads(FuzzProgram program, int threads)
    {
        var trial = new Trial(program, kind.Own);
        Threads.Count = MostThreads;
        var results = trial.Run();
        Threads.Count = threads;
        return Rerun(trial, results);
    }

    private void Report(int seed, FuzzProgram program, string fault, Func<FuzzProgram, string?> check)
    {
        var (small, left) = Smaller(program, fault, check);
        Failures.Add($"seed {seed}: {left}\n{small}");
    }

    /// <summary>Leaves out and shortens what can be without the program working.</summary>
    private static (FuzzProgram, string) Smaller(FuzzProgram program, string fault, Func<FuzzProgram, string?> check)
    {
        var end = DateTime.UtcNow + Patience;
        bool Try(FuzzProgram candidate)
        {
            string? left;
            try { left = check(candidate); }
            catch (Exception error) when (error is not OutOfMemoryException) { return false; }
            // Another value in its place may not fit: that is no fault of the plan's.
            if (left is null || (left.StartsWith("ArgumentException", StringComparison.Ordinal) && !fault.StartsWith("ArgumentException", StringComparison.Ordinal))) return false;
            (program, fault) = (candidate, left);
            return true;
        }
        for (var improves = true; improves && DateTime.UtcNow < end;)
        {
            improves = false;
            foreach (var candidate in Candidates(program))
            {
                if (DateTime.UtcNow > end) break;
                if (!Try(candidate.Pruned())) continue;
                improves = true;
                break;
            }
        }
        return (program, fault);
    }

    private static IEnumerable<FuzzProgram> Candidates(FuzzProgram program)
    {
        foreach (var output in program.Outputs.Take(program.Outputs.Count > 1 ? program.Outputs.Count : 0)) yield return program with { Outputs = [.. program.Outputs.Where(other => other != output)] };
        foreach (var update in program.Updates) yield return program with { Updates = [.. program.Updates.Where(other => other != update)] };
        // What reads a value reads what that was made of, or what is of its kind.
        foreach (var line in program.Lines.Reverse())
            foreach (var read in line.Reads.Where(read => read.Line.Leaf is null))
            {
                foreach (var earlier in read.Line.Reads) yield return Replaced(program, line, read, earlier);
                if (read.Line.Reads.Length == 0) continue;
            }
        foreach (var output in program.Outputs)
            foreach (var read in output.Line.Reads) yield return program with { Outputs = [.. program.Outputs.Select(other => other == output ? read : other).Distinct()] };
    }

    private static FuzzProgram Replaced(FuzzProgram program, Line line, Value read, Value by)
    {
        var made = new Dictionary<Line, Line>();
        Value Moved(Value value) => made.TryGetValue(value.Line, out var moved) ? value with { Line = moved } : value;
        foreach (var other in program.Lines)
        {
            var reads = Array.ConvertAll(other.Reads, value => Moved(other == line && value == read ? by : value));
            if (!reads.AsSpan().SequenceEqual(other.Reads)) made[other] = other.Reading(reads);
        }
        return program with
        {
            Lines = [.. program.Lines.Select(other => made.GetValueOrDefault(other, other))],
            Outputs = [.. program.Outputs.Select(Moved)],
            Updates = [.. program.Updates.Select(update => (update.Variable, Moved(update.Value)))],
        };
    }

    /// <summary>Chooses without measuring, each time another.</summary>
    private sealed class AnyCut() : Tuner(null)
    {
        private int next;

        public override TChoice Choose<TChoice>(string shape, TChoice usual, IReadOnlyList<TChoice> candidates, Func<TChoice, double> seconds) =>
            candidates.Count == 0 ? usual : candidates[(next++ * 7 + 3) % candidates.Count];
    }
}
