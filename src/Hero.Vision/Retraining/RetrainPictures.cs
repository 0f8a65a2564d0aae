using System.Globalization;
using Hero.Data;

namespace Hero.Vision.Retraining;

/// <summary>Finds the pictures of a training, splits them, and says what is odd about them.</summary>
internal static class RetrainPictures
{
    private const int FewPictures = 20;

    /// <exception cref="InvalidDataException">There are no pictures, or only of one class.</exception>
    public static (ImageFolder Folder, PictureSplit Split) Find(RetrainOptions options, IProgress<RetrainProgress>? progress)
    {
        var folder = ImageFolder.List(options.Folder);
        if (folder.Classes.Count < 2)
            throw new InvalidDataException($"Expected at least two classes (sub-folders with pictures) in '{options.Folder}', got only '{folder.Classes[0]}'. Add a sub-folder with pictures of something else.");
        var counts = folder.Classes.Select((label, index) => (Label: label, Count: folder.Files.Count(file => file.ClassIndex == index))).ToArray();
        progress?.Report(new RetrainMessage($"{Number(folder.Files.Count)} pictures in {folder.Classes.Count} classes: {List(counts.Select(item => $"{item.Label} {Number(item.Count)}"))}."));
        foreach (var (label, count) in counts.Where(item => item.Count < FewPictures))
            progress?.Report(new RetrainWarning($"Class '{label}' has only {count} picture{(count == 1 ? "" : "s")}; with fewer than {FewPictures} it will not be learned well."));
        foreach (var empty in folder.EmptyFolders)
            progress?.Report(new RetrainWarning($"Folder '{empty}' has no pictures and is no class."));
        if (Directory.EnumerateFiles(options.Folder).Count(ImageFolder.IsImageName) is > 0 and var loose)
            progress?.Report(new RetrainWarning($"{Number(loose)} picture{(loose == 1 ? " lies" : "s lie")} in '{options.Folder}' itself, in no class, and {(loose == 1 ? "is" : "are")} left out."));
        if (folder.OtherFiles.Count > 0)
            progress?.Report(new RetrainWarning($"{Number(folder.OtherFiles.Count)} file{(folder.OtherFiles.Count == 1 ? " is no picture by its name and is" : "s are no pictures by their names and are")} left out: {List(folder.OtherFiles.Select(path => $"'{path}'"))}."));

        var groups = options.Groups is null ? null : PictureGroups.Read(options.Groups);
        var split = PictureSplit.Of(folder, options, groups);
        if (split.Ungrouped == folder.Files.Count)
            throw new InvalidDataException($"The groups file '{options.Groups}' names none of the pictures in '{options.Folder}': expected their file names and labels.");
        if (split.Ungrouped > 0)
            progress?.Report(new RetrainWarning($"{Number(split.Ungrouped)} pictures are not in the groups file; each is a group of its own."));
        progress?.Report(new RetrainMessage(
            $"{Number(split[DataPart.Training].Count)} train, {Number(split[DataPart.Validation].Count)} validate, {Number(split[DataPart.Testing].Count)} are kept for the final test."));
        return (folder, split);
    }

    /// <summary>Leaves out what could not be read, and says so.</summary>
    /// <exception cref="InvalidDataException">A class has no picture left to train on.</exception>
    public static PictureSplit WithoutSkipped(PictureSplit split, IReadOnlyList<SkippedFile> skipped, IProgress<RetrainProgress>? progress)
    {
        const int Shown = 10;
        foreach (var (file, reason) in skipped.Take(Shown))
            progress?.Report(new RetrainWarning(reason.Contains(file, StringComparison.Ordinal) ? $"Left out: {reason}" : $"Left out: {file}: {reason}"));
        if (skipped.Count > Shown) progress?.Report(new RetrainWarning($"Left out: {Number(skipped.Count - Shown)} more files that cannot be read."));
        if (skipped.Count > 0) split = split.Without(skipped.Select(item => item.File).ToHashSet(StringComparer.Ordinal));
        for (var index = 0; index < split.Classes.Count; index++)
        {
            if (split[DataPart.Training].Any(file => file.ClassIndex == index)) continue;
            var elsewhere = split[DataPart.Validation].Concat(split[DataPart.Testing]).Count(file => file.ClassIndex == index);
            throw new InvalidDataException(elsewhere == 0
                ? $"Class '{split.Classes[index]}' has no readable pictures. Put pictures into its folder or remove the folder."
                : $"Class '{split.Classes[index]}' has no pictures to train on: all {elsewhere} fell into the validation and test parts. Add pictures, or lower --validation-percentage and --testing-percentage.");
        }
        return split;
    }

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string List(IEnumerable<string> items)
    {
        const int Shown = 12;
        var all = items.ToArray();
        return string.Join(", ", all.Take(Shown)) + (all.Length > Shown ? $" and {Number(all.Length - Shown)} more" : "");
    }
}
