using Hero.Cpu;
using Hero.Testing;

namespace Hero.Engine.Tests.Cpu.Tuning;

public class TunerTests
{
    private static readonly int[] Candidates = [1, 2, 4, 8];

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("yes")]
    public void It_is_off_unless_asked_for(string? setting) => Assert.Null(Tuner.For(setting));

    [Fact]
    public void It_is_on_where_asked_for() => Assert.NotNull(Tuner.For("1"));

    [Fact]
    public void The_fastest_candidate_is_chosen_and_measured_only_once()
    {
        var tuner = new Tuner(null);
        Assert.Equal(4, tuner.Choose("shape", 1, Candidates, choice => choice == 4 ? 0.5 : 1));
        Assert.Equal(4, tuner.Choose("shape", 1, Candidates, NotMeasured));
        Assert.Equal(8, tuner.Choose("another shape", 1, Candidates, choice => choice == 8 ? 0.5 : 1));
    }

    [Fact]
    public void A_choice_that_wins_next_to_nothing_does_not_overrule_the_usual_one() =>
        Assert.Equal(2, new Tuner(null).Choose("shape", 2, Candidates, choice => choice == 2 ? 1 : 0.99));

    [Fact]
    public void A_choice_that_was_fast_once_does_not_overrule_the_usual_one()
    {
        var runs = 0;
        Assert.Equal(2, new Tuner(null).Choose("shape", 2, Candidates, choice => choice == 8 && ++runs == 3 ? 0.1 : 1));
        Assert.True(runs > 3);
    }

    [Fact]
    public void The_usual_choice_need_not_be_among_the_candidates()
    {
        Assert.Equal(3, new Tuner(null).Choose("shape", 3, Candidates, choice => choice == 3 ? 0.5 : 1));
        Assert.Equal(3, new Tuner(null).Choose("shape", 3, [], _ => 1));
    }

    [Fact]
    public void Another_process_reads_what_was_measured()
    {
        using var folder = new TemporaryFolder();
        var file = new TuningFile(folder.Root, "processor", "engine");
        Assert.Equal(4, new Tuner(file).Choose("shape", 1, Candidates, choice => choice == 4 ? 0.5 : 1));
        Assert.Equal(4, new Tuner(new TuningFile(folder.Root, "processor", "engine")).Choose("shape", 1, Candidates, NotMeasured));
    }

    [Theory]
    [InlineData("3")]
    [InlineData("")]
    [InlineData("four")]
    public void A_choice_that_is_none_is_measured_again(string stored)
    {
        using var folder = new TemporaryFolder();
        var file = new TuningFile(folder.Root, "processor", "engine");
        file.Add("shape", stored);
        Assert.Equal(4, new Tuner(file).Choose("shape", 1, Candidates, choice => choice == 4 ? 0.5 : 1));
        Assert.Equal("4", file.Read()["shape"]);
    }

    [Fact]
    public void Threads_that_ask_at_once_get_the_same_and_one_measures()
    {
        var tuner = new Tuner(null);
        int measuring = 0, most = 0, runs = 0;
        double Seconds(int choice)
        {
            most = Math.Max(most, Interlocked.Increment(ref measuring));
            Interlocked.Increment(ref runs);
            Thread.Yield();
            Interlocked.Decrement(ref measuring);
            return choice == 8 ? 0.5 : 1;
        }
        var chosen = new int[8];
        var threads = chosen.Select((_, i) => new Thread(() => chosen[i] = tuner.Choose("shape", 1, Candidates, Seconds))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.All(chosen, choice => Assert.Equal(8, choice));
        Assert.Equal(1, most);

        var alone = 0;
        new Tuner(null).Choose("shape", 1, Candidates, choice =>
        {
            alone++;
            return choice == 8 ? 0.5 : 1;
        });
        Assert.Equal(alone, runs);
    }

    private static double NotMeasured(int choice) => throw new InvalidOperationException($"{choice} was measured again.");
}
