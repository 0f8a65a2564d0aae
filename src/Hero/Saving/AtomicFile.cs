namespace Hero.Saving;

/// <summary>
/// Writes a file as a whole or not at all: into a temporary file beside it, flushed to the disk, then renamed over it. Whatever
/// goes wrong (a full disk, an exception, a kill), the file that was there before is whole.
/// </summary>
internal static class AtomicFile
{
    /// <summary>Writes a file; its folder is made when it is not there, a link is followed.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="write">Writes the content; an exception it throws, cancellation too, leaves the previous file in place.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to, or the path names a folder.</exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, static file => file);

    /// <summary>As <see cref="Write(string, Action{Stream})"/>, through a stream of the caller's around the file's: tests put faults there.</summary>
    internal static void Write(string path, Action<Stream> write, Func<Stream, Stream> wrap)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var target = new FileInfo(path).LinkTarget is null ? Path.GetFullPath(path) : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        if (Directory.Exists(target)) throw new UnauthorizedAccessException($"Cannot write the file '{path}': it is a folder.");
        var folder = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}");
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                var stream = wrap(file);
                write(stream);
                stream.Flush();
                file.Flush(flushToDisk: true);
            }
            if (!OperatingSystem.IsWindows() && File.Exists(target)) File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    // The failure on its way out is the one to report, not that the rest could not be cleared away.
    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }
}
