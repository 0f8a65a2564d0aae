using System.Text;
using Hero.Testing;
using Hero.Vision.Retraining;

namespace Hero.Vision.Tests.Retraining;

public class BottleneckCacheTests
{
    private const int Length = 5;

    [Fact]
    public void What_was_added_is_found_in_the_next_run()
    {
        using var folder = new TemporaryFolder();
        Fill(folder, 0, 2000);
        using var cache = Open(folder);
        Assert.Equal(2000, cache.Count);
        for (var i = 0; i < 2000; i++) Assert.Equal(Values(i), Get(cache, i));
        Assert.Null(Get(cache, 2000));
    }

    [Fact]
    public void Another_network_or_length_has_entries_of_its_own()
    {
        using var folder = new TemporaryFolder();
        Fill(folder, 0, 3);
        using var other = BottleneckCache.Open(folder.Root, "other network", Length);
        Assert.Equal(0, other.Count);
        using var longer = BottleneckCache.Open(folder.Root, "network", Length + 1);
        Assert.Equal(0, longer.Count);
    }

    [Fact]
    public void Many_small_files_become_one_and_nothing_is_lost()
    {
        using var folder = new TemporaryFolder();
        for (var run = 0; run < 30; run++) Fill(folder, run * 10, 10);
        Assert.InRange(Files(folder).Length, 1, 9);
        using var cache = Open(folder);
        for (var i = 0; i < 300; i++) Assert.Equal(Values(i), Get(cache, i));
    }

    [Fact]
    public void Damaged_entries_are_not_found_and_can_be_added_again()
    {
        using var folder = new TemporaryFolder();
        Fill(folder, 0, 50);
        var file = Assert.Single(Files(folder));
        var whole = File.ReadAllBytes(file);
        var random = new Random(1);
        for (var round = 0; round < 500; round++)
        {
            var bytes = (byte[])whole.Clone();
            if (round % 3 == 0) bytes = bytes[..random.Next(bytes.Length)];
            else for (var i = 0; i <= round % 4; i++) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, bytes);
            using var cache = Open(folder);
            for (var i = 0; i < 50; i++)
                if (Get(cache, i) is { } values) Assert.Equal(Values(i), values);
        }
        File.WriteAllBytes(file, [.. whole[..^4], 1, 2, 3, 4]);
        using (var cache = Open(folder)) Assert.Null(Get(cache, 49));
        Fill(folder, 49, 1);
        using (var cache = Open(folder))
            for (var i = 0; i < 50; i++) Assert.Equal(Values(i), Get(cache, i));
    }

    [Fact]
    public async Task Runs_at_the_same_time_do_not_disturb_each_other()
    {
        using var folder = new TemporaryFolder();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(run => Task.Run(() =>
        {
            for (var part = 0; part < 5; part++) Fill(folder, (run * 5 + part) * 10, 20);
        })));
        using var cache = Open(folder);
        for (var i = 0; i < 410; i++) Assert.Equal(Values(i), Get(cache, i));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_noted_and_does_no_harm()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("taken"), "a file where the folder should be");
        using var cache = BottleneckCache.Open(folder.File("taken"), "network", Length);
        cache.Add(Key(1), Values(1));
        cache.Flush();
        Assert.NotNull(cache.WriteError);
        Assert.Null(Get(cache, 1));
    }

    private static BottleneckCache Open(TemporaryFolder folder) => BottleneckCache.Open(folder.Root, "network", Length);

    private static string[] Files(TemporaryFolder folder) => Directory.GetFiles(folder.Root, "*.bottlenecks", SearchOption.AllDirectories);

    private static void Fill(TemporaryFolder folder, int start, int count)
    {
        using var cache = Open(folder);
        for (var i = start; i < start + count; i++) cache.Add(Key(i), Values(i));
    }

    private static float[]? Get(BottleneckCache cache, int number)
    {
        var values = new float[Length];
        return cache.TryGet(Key(number), values) ? values : null;
    }

    private static ContentHash Key(int number) => ContentHash.Of(Encoding.UTF8.GetBytes($"picture {number}"));

    private static float[] Values(int number) => [.. Enumerable.Range(0, Length).Select(i => number + i * 0.25f)];
}
