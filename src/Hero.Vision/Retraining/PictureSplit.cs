using Hero.Data;

namespace Hero.Vision.Retraining;

/// <summary>The pictures of a folder, each in its part. The order is that of the folder.</summary>
internal sealed class PictureSplit
{
    private PictureSplit(IReadOnlyList<string> classes, ImageFile[][] parts, int ungrouped) =>
        (Classes, Parts, Ungrouped) = (classes, parts, ungrouped);

    /// <summary>The classes, in the order of their numbers.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>How many pictures a groups file was given for but did not name.</summary>
    public int Ungrouped { get; }

    /// <summary>The pictures of a part.</summary>
    public IReadOnlyList<ImageFile> this[DataPart part] => Parts[(int)part];

    private ImageFile[][] Parts { get; }

    /// <summary>Splits a folder's pictures by their names, or by the names of their groups.</summary>
    public static PictureSplit Of(ImageFolder folder, RetrainOptions options, PictureGroups? groups = null)
    {
        var parts = new List<ImageFile>[] { [], [], [] };
        var ungrouped = 0;
        foreach (var file in folder.Files)
        {
            var group = groups?.Of(file.Label, file.FileName);
            if (groups is not null && group is null) ungrouped++;
            var key = group is null ? StableSplit.KeyOf(options.SplitSalt, file.Label, file.FileName) : options.SplitSalt + group;
            parts[(int)StableSplit.PartOf(key, options.ValidationPercentage, options.TestingPercentage)].Add(file);
        }
        return new PictureSplit(folder.Classes, [.. parts.Select(part => part.ToArray())], ungrouped);
    }

    /// <summary>The same split without some of its pictures.</summary>
    public PictureSplit Without(IReadOnlySet<string> paths) =>
        new(Classes, [.. Parts.Select(part => part.Where(file => !paths.Contains(file.Path)).ToArray())], Ungrouped);
}
