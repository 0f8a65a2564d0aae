namespace Hero.Data;

/// <summary>A picture of an <see cref="ImageFolder"/>.</summary>
/// <param name="Path">The file.</param>
/// <param name="Label">Its class: the name of the folder it lies in.</param>
/// <param name="ClassIndex">The class's number in <see cref="ImageFolder.Classes"/>.</param>
public sealed record ImageFile(string Path, string Label, int ClassIndex)
{
    /// <summary>The file's name without its folder.</summary>
    public string FileName => System.IO.Path.GetFileName(Path);
}
