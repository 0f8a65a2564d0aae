namespace Hero.Data;

/// <summary>
/// A folder with one sub-folder of pictures per class: the class is the sub-folder's name. It lists files and reads none.
/// Classes and files are in ordinal order of their names, whatever the file system says; hidden files and folders (a dot in
/// front) are left out; folders within a class are not entered, so a link in a circle does no harm.
/// </summary>
public sealed class ImageFolder
{
    private ImageFolder(string root, string[] classes, ImageFile[] files, string[] emptyFolders, string[] otherFiles)
    {
        Root = root;
        Classes = classes;
        Files = files;
        EmptyFolders = emptyFolders;
        OtherFiles = otherFiles;
    }

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>The names of the classes that have pictures; a class's number is its place here.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>All pictures, class by class.</summary>
    public IReadOnlyList<ImageFile> Files { get; }

    /// <summary>Sub-folders without a picture: they are no classes.</summary>
    public IReadOnlyList<string> EmptyFolders { get; }

    /// <summary>Files in the sub-folders that are no pictures by their names.</summary>
    public IReadOnlyList<string> OtherFiles { get; }

    /// <summary>True for the names of pictures that can be decoded: .jpg, .jpeg, .png, .bmp in any case.</summary>
    public static bool IsImageName(string path) =>
        Path.GetExtension(path).ToUpperInvariant() is ".JPG" or ".JPEG" or ".PNG" or ".BMP";

    /// <summary>Lists a folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It has no sub-folder with a picture; the message says what was looked for and found.</exception>
    /// <exception cref="UnauthorizedAccessException">It, or a folder in it, may not be read.</exception>
    public static ImageFolder List(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException(File.Exists(path)
                ? $"Expected a folder with one sub-folder of pictures per class, '{path}' is a file."
                : $"Expected a folder with one sub-folder of pictures per class, there is no '{path}'.");
        }
        var classes = new List<string>();
        var files = new List<ImageFile>();
        var empty = new List<string>();
        var others = new List<string>();
        foreach (var folder in Visible(Directory.GetDirectories(path)))
        {
            var label = Path.GetFileName(folder);
            var before = files.Count;
            foreach (var file in Visible(Directory.GetFiles(folder)))
            {
                if (IsImageName(file)) files.Add(new ImageFile(file, label, classes.Count));
                else others.Add(file);
            }
            if (files.Count > before) classes.Add(label);
            else empty.Add(folder);
        }
        if (files.Count == 0) throw Nothing(path, empty);
        return new ImageFolder(path, [.. classes], [.. files], [.. empty], [.. others]);
    }

    private static IEnumerable<string> Visible(string[] paths) => paths
        .Where(static path => !Path.GetFileName(path.AsSpan()).StartsWith('.') && (File.GetAttributes(path) & FileAttributes.Hidden) == 0)
        .OrderBy(static path => Path.GetFileName(path), StringComparer.Ordinal);

    private static InvalidDataException Nothing(string path, List<string> empty)
    {
        const string Expected = "expected one sub-folder per class with .jpg, .jpeg, .png or .bmp files";
        if (empty.Count == 0)
        {
            var loose = Directory.GetFiles(path).Count(IsImageName);
            return new($"No classes in '{path}': {Expected}, got {(loose == 0 ? "no sub-folder" : $"{loose:N0} pictures and no sub-folder: sort them into sub-folders")}.");
        }
        // A common mistake: the folder above the right one ("data" instead of "data/train").
        var deeper = empty.FirstOrDefault(folder => Visible(Directory.GetDirectories(folder))
            .Any(inner => Directory.EnumerateFiles(inner).Any(IsImageName)));
        return new($"No pictures in '{path}': {Expected}, got {empty.Count:N0} sub-folder{(empty.Count == 1 ? "" : "s")} without any" +
            (deeper is null ? "." : $". Did you mean '{deeper}'?"));
    }
}
