namespace Hero.Vision.Retraining;

/// <summary>Where a trained model ended up.</summary>
/// <param name="Path">The file.</param>
/// <param name="Error">Why it is not where it was asked for; null when it is.</param>
internal sealed record OutputFile(string Path, string? Error)
{
    /// <summary>Tries the folder out before hours are spent: what cannot be written then is no surprise at the end.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The path is a folder.</exception>
    public static void CheckWritable(string path)
    {
        if (Directory.Exists(path)) throw new UnauthorizedAccessException($"--output '{path}' is a folder; name a file in it, such as '{System.IO.Path.Combine(path, "model.safetensors")}'.");
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        try
        {
            Directory.CreateDirectory(folder);
            using (File.Create(System.IO.Path.Combine(folder, System.IO.Path.GetRandomFileName()), 1, FileOptions.DeleteOnClose))
            {
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"--output '{path}' cannot be written ({error.Message}). Name a file in another folder.", error);
        }
    }

    /// <summary>Writes the model; where that fails (a full disk), into the system's folder for temporary files, so that the training is not lost.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="save">Writes it.</param>
    /// <exception cref="IOException">It cannot be written there either.</exception>
    public static OutputFile Save(string path, Action<string> save)
    {
        try
        {
            save(path);
            return new(path, null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var elsewhere = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"hero-{Guid.NewGuid():N}.safetensors");
            try
            {
                save(elsewhere);
            }
            catch (Exception again) when (again is IOException or UnauthorizedAccessException)
            {
                throw new IOException($"The trained model cannot be written to '{path}' ({error.Message}), nor to '{elsewhere}' ({again.Message}). Make room and run again: known features make that quick.", error);
            }
            return new(elsewhere, $"The trained model cannot be written to '{path}' ({error.Message}). It is in '{elsewhere}': make room and move it.");
        }
    }
}
