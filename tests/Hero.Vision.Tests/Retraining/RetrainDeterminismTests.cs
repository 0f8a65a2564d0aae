namespace Hero.Vision.Tests.Retraining;

/// <summary>Tests that change the size of the shared worker team: one at a time, and beside no others.</summary>
[CollectionDefinition("threads", DisableParallelization = true)]
public sealed class ThreadsCollection;

[Collection("threads")]
public class RetrainDeterminismTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_file_is_the_same_for_every_number_of_threads(bool onBase)
    {
        using var set = new RetrainFixture().Draw().WithBase();
        var options = onBase ? set.Options with { FineTune = true, FineTuneEpochs = 1 } : set.Scratch;
        var before = Threads.Count;
        try
        {
            var files = new List<byte[]>();
            foreach (var threads in new[] { 1, 2, 4 })
            {
                Threads.Count = threads;
                var result = set.Run(options with { Cache = set.File($"cache{threads}") });
                files.Add(System.IO.File.ReadAllBytes(result.Model));
            }
            Assert.Equal(files[0], files[1]);
            Assert.Equal(files[0], files[2]);
        }
        finally
        {
            Threads.Count = before;
        }
    }

    [Fact]
    public void Another_seed_gives_another_file()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        var first = System.IO.File.ReadAllBytes(set.Run(set.Options).Model);
        Assert.NotEqual(first, System.IO.File.ReadAllBytes(set.Run(set.Options with { Seed = 1 }).Model));
    }
}
