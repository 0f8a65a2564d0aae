namespace Hero.Cpu;

/// <summary>
/// Chooses among ways to cut the same work, all of which give the same numbers, by measuring each shape once: see
/// <see cref="InvertedResidualTuning"/>. Off unless HERO_AUTOTUNE is 1. Safe from several threads, of which one measures at a time.
/// </summary>
internal class Tuner(TuningFile? file)
{
    public const string Variable = "HERO_AUTOTUNE";

    /// <summary>Candidates that take longer than this many times the fastest one's first runs are not looked at again.</summary>
    private const double MostSlower = 1.25;

    /// <summary>Rounds that time each candidate left once, and pairs of runs that compare the fastest with the usual choice ...</summary>
    private const int FewestRounds = 3, MostRounds = 40, FewestPairs = 15, MostPairs = 200;

    /// <summary>... which are fewer where a run is long: seconds after which rounds, or pairs, end.</summary>
    private const double MostSeconds = 0.1;

    /// <summary>What has to be won before a measurement overrules the usual choice: less may be noise.</summary>
    private const double LeastGain = 0.03;

    private readonly Lock gate = new();
    private Dictionary<string, string>? choices;

    /// <summary>The tuner that the environment asks for; null for none.</summary>
    public static Tuner? FromEnvironment() => For(Environment.GetEnvironmentVariable(Variable));

    /// <summary>The tuner for a setting: null unless it is 1. Without a user's folder a process measures for itself.</summary>
    internal static Tuner? For(string? setting) => setting != "1" ? null
        : new Tuner(UserFolder.Find() is { } folder ? new TuningFile(Path.Combine(folder, "tuning"), Machine.Processor, Machine.Engine) : null);

    /// <summary>The choice known for a shape, or else the fastest of the candidates, which is remembered.</summary>
    /// <param name="shape">Names kernel, shape and thread count, in one line without tabs.</param>
    /// <param name="usual">What is chosen without measuring.</param>
    /// <param name="candidates">The choices there are; their text tells them apart.</param>
    /// <param name="seconds">Runs a choice and says how long it took; not called where the choice is known.</param>
    public virtual TChoice Choose<TChoice>(string shape, TChoice usual, IReadOnlyList<TChoice> candidates, Func<TChoice, double> seconds) where TChoice : struct
    {
        lock (gate)
        {
            choices ??= file?.Read() ?? [];
            if (choices.TryGetValue(shape, out var known))
                foreach (var candidate in candidates.Prepend(usual))
                    if (candidate.ToString() == known) return candidate;
            var chosen = Fastest(usual, candidates, seconds);
            choices[shape] = chosen.ToString()!;
            file?.Add(shape, choices[shape]);
            return chosen;
        }
    }

    private static TChoice Fastest<TChoice>(TChoice usual, IReadOnlyList<TChoice> candidates, Func<TChoice, double> seconds) where TChoice : struct
    {
        // The least time of each: others on the machine only ever make a run longer. In turns, for its clock moves. The first run of each warms up.
        var least = candidates.Append(usual).Distinct().ToDictionary(choice => choice, choice => Math.Min(seconds(choice), seconds(choice)));
        var limit = MostSlower * least.Values.Min();
        TChoice[] left = [.. least.Keys.Where(choice => least[choice] <= limit)];
        var spent = 0.0;
        for (var round = 0; round < FewestRounds || (round < MostRounds && spent < MostSeconds); round++)
        {
            foreach (var choice in left)
            {
                var time = seconds(choice);
                least[choice] = Math.Min(least[choice], time);
                spent += time;
            }
        }
        var best = left.MinBy(choice => least[choice]);
        return Beats(best, usual, seconds) ? best : usual;
    }

    /// <summary>Whether a choice that was the fastest of many is so again: that once may have been luck.</summary>
    private static bool Beats<TChoice>(TChoice choice, TChoice usual, Func<TChoice, double> seconds)
    {
        double least = double.PositiveInfinity, leastUsual = double.PositiveInfinity, spent = 0;
        int pairs = 0, won = 0;
        for (; pairs < FewestPairs || (pairs < MostPairs && spent < MostSeconds); pairs++)
        {
            double time = seconds(choice), timeUsual = seconds(usual);
            (least, leastUsual) = (Math.Min(least, time), Math.Min(leastUsual, timeUsual));
            spent += time + timeUsual;
            if (time < timeUsual) won++;
        }
        return least <= (1 - LeastGain) * leastUsual && 3 * won >= 2 * pairs;
    }
}
