using Hero.Data;
using Hero.Testing;

namespace Hero.Tests.Data;

public class ImageFolderTests
{
    [Fact]
    public void Lists_classes_and_files_in_ordinal_order()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "cat/b.JPG", "cat/a10.png", "cat/a9.jpeg", "cat/B.bmp", "Dog/1.Jpg", "dog/2.PNG", "readme.txt", "loose.jpg");
        var list = ImageFolder.List(folder.Root);
        Assert.Equal(["Dog", "cat", "dog"], list.Classes);
        Assert.Equal(["1.Jpg", "B.bmp", "a10.png", "a9.jpeg", "b.JPG", "2.PNG"], list.Files.Select(file => file.FileName));
        Assert.Equal([0, 1, 1, 1, 1, 2], list.Files.Select(file => file.ClassIndex));
        Assert.Equal(["Dog", "cat", "cat", "cat", "cat", "dog"], list.Files.Select(file => file.Label));
        Assert.All(list.Files, file => Assert.True(File.Exists(file.Path)));
    }

    [Fact]
    public void Hidden_and_other_files_are_no_pictures()
    {
        using var folder = new TemporaryFolder();
        Touch(folder, "a/1.jpg", "a/._1.jpg", "a/notes.txt", "a/deeper/2.jpg", "b/x.gif", ".git/3.jpg", "c/.DS_Store");
        var list = ImageFolder.List(folder.Root);
        Assert.Equal(["a"], list.Classes);
        Assert.Single(list.Files);
        Assert.Equal(["notes.txt", "x.gif"], list.OtherFiles.Select(Path.GetFileName));
        Assert.Equal(["b", "c"], list.EmptyFolders.Select(Path.GetFileName));
    }

    [Fact]
    public void Links_in_a_circle_and_into_nowhere_do_no_harm()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new TemporaryFolder();
        Touch(folder, "a/1.jpg");
        Directory.CreateSymbolicLink(folder.File("again"), folder.Root);
        Directory.CreateSymbolicLink(folder.File("a", "self"), folder.File("a"));
        File.CreateSymbolicLink(folder.File("a", "gone.jpg"), folder.File("nowhere.jpg"));
        File.CreateSymbolicLink(folder.File("a", "other.jpg"), folder.File("a", "1.jpg"));
        File.CreateSymbolicLink(folder.File("a", "round.jpg"), folder.File("a", "round.jpg"));
        var list = ImageFolder.List(folder.Root);
        Assert.Equal(["a"], list.Classes);
        Assert.Equal(["1.jpg", "gone.jpg", "other.jpg", "round.jpg"], list.Files.Select(file => file.FileName)); // who decodes them reports them
    }

    [Fact]
    public void A_folder_that_will_not_do_is_explained()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("there is no", Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.List(folder.File("x"))).Message, StringComparison.Ordinal);
        Assert.Contains("got no sub-folder.", Error(folder), StringComparison.Ordinal);
        Touch(folder, "1.jpg", "2.png");
        Assert.Contains("got 2 pictures and no sub-folder: sort them", Error(folder), StringComparison.Ordinal);
        Assert.Contains("is a file", Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.List(folder.File("1.jpg"))).Message, StringComparison.Ordinal);
        Touch(folder, "a/x.gif");
        Assert.Contains("got 1 sub-folder without any.", Error(folder), StringComparison.Ordinal);
        Touch(folder, "train/cat/1.jpg");
        Assert.EndsWith($"Did you mean '{folder.File("train")}'?", Error(folder), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Lists_the_shared_pictures()
    {
        var list = ImageFolder.List(SharedData.Require("simpsons", "train"));
        Assert.Equal(["bart", "homer", "lisa", "marge"], list.Classes);
        Assert.Equal([645, 1041, 358, 444], list.Files.GroupBy(file => file.ClassIndex).Select(group => group.Count()));
    }

    private static string Error(TemporaryFolder folder) => Assert.Throws<InvalidDataException>(() => ImageFolder.List(folder.Root)).Message;

    private static void Touch(TemporaryFolder folder, params string[] files)
    {
        foreach (var file in files)
        {
            var path = folder.File(file.Split('/'));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, []);
        }
    }
}
