using Hero.Cpu;
using Hero.Testing;

namespace Hero.Engine.Tests.Cpu.Tuning;

public class TuningFileTests
{
    [Fact]
    public void What_was_added_is_read_by_others()
    {
        using var folder = new TemporaryFolder();
        var file = new TuningFile(folder.File("deep", "inside"), "processor", "engine");
        Assert.Empty(file.Read());
        file.Add("b", "2");
        file.Add("a", "1");
        file.Add("b", "3");
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "3" }, new TuningFile(folder.File("deep", "inside"), "processor", "engine").Read());
        Assert.Equal([file.FilePath], Directory.GetFiles(folder.File("deep", "inside")));
    }

    [Fact]
    public void Another_processor_has_another_file_and_another_engine_begins_anew()
    {
        using var folder = new TemporaryFolder();
        var file = new TuningFile(folder.Root, "processor", "engine");
        file.Add("a", "1");
        var neighbour = new TuningFile(folder.Root, "another processor", "engine");
        Assert.NotEqual(file.FilePath, neighbour.FilePath);
        Assert.Empty(neighbour.Read());

        var next = new TuningFile(folder.Root, "processor", "next engine");
        Assert.Empty(next.Read());
        next.Add("b", "2");
        Assert.Equal(["b"], next.Read().Keys);
        Assert.Empty(file.Read());
    }

    [Fact]
    public void Damage_costs_no_more_than_measurements()
    {
        using var folder = new TemporaryFolder();
        var file = new TuningFile(folder.Root, "processor", "engine");
        for (var i = 0; i < 5; i++) file.Add($"shape {i}", $"choice {i}");
        var whole = File.ReadAllBytes(file.FilePath);
        var random = new Random(3);
        for (var round = 0; round < 500; round++)
        {
            var bytes = whole[..(round % 2 == 0 ? random.Next(whole.Length) : whole.Length)];
            for (var flips = random.Next(4); flips > 0 && bytes.Length > 0; flips--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file.FilePath, bytes);
            Assert.True(file.Read().Count <= 10); // a flipped bit may end a line
            var tuner = new Tuner(file);
            for (var i = 0; i < 5; i++) Assert.InRange(tuner.Choose($"shape {i}", 1, [1, 2], _ => 1), 1, 2);
        }
        file.Add("shape", "choice");
        Assert.Equal("choice", file.Read()["shape"]);
    }

    [Fact]
    public void Writers_at_the_same_time_leave_a_whole_file()
    {
        using var folder = new TemporaryFolder();
        var expected = Enumerable.Range(0, 80).ToDictionary(i => $"shape {i}", i => $"choice {i}");
        var threads = Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            var file = new TuningFile(folder.Root, "processor", "engine");
            foreach (var (shape, choice) in expected.Where((_, i) => i % 4 == t)) file.Add(shape, choice);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        var end = new TuningFile(folder.Root, "processor", "engine");
        Assert.NotEmpty(end.Read());
        foreach (var (shape, choice) in end.Read()) Assert.Equal(expected[shape], choice);
        Assert.Equal([end.FilePath], Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_done_without()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("taken"), "");
        var file = new TuningFile(folder.File("taken"), "processor", "engine");
        file.Add("a", "1");
        Assert.Empty(file.Read());
        Assert.Equal(2, new Tuner(file).Choose("shape", 1, [2], choice => choice == 2 ? 0.5 : 1));
    }

    [Fact]
    public void A_file_far_too_long_is_not_read()
    {
        using var folder = new TemporaryFolder();
        var file = new TuningFile(folder.Root, "processor", "engine");
        file.Add("a", "1");
        using (var stream = new FileStream(file.FilePath, FileMode.Append)) stream.Write(new byte[5 * 1024 * 1024]);
        Assert.Empty(file.Read());
    }
}
