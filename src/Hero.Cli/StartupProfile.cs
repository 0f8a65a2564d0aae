using System.Runtime;
using Hero.Vision;

namespace Hero.Cli;

/// <summary>
/// Makes starts after the first one quicker: the run time notes what a command had it compile, and the next time another core compiles that
/// ahead of its use. The note is a hint: what does not fit this build or processor is left out, and each run writes it anew. The run time
/// trusts its note, so one that is not as it was written (its sum lies beside it) is thrown away.
/// </summary>
internal sealed class StartupProfile : IDisposable
{
    private readonly string note, sum;

    private StartupProfile(string folder, string command) => (note, sum) = (Path.Combine(folder, command), Path.Combine(folder, command + ".sum"));

    /// <summary>Reads what is known of the starts of a command and notes what this one needs, until it is disposed; null where there is no folder to write to.</summary>
    /// <param name="command">What the note is named after.</param>
    /// <param name="place">Where notes lie instead of in the user's folder.</param>
    public static StartupProfile? Start(string command, string? place = null)
    {
        try
        {
            var folder = Directory.CreateDirectory(place ?? UserFolders.Startup).FullName;
            var profile = new StartupProfile(folder, command);
            if (File.Exists(profile.note) && !(File.Exists(profile.sum) && File.ReadAllBytes(profile.sum).AsSpan().SequenceEqual(profile.Sum()))) File.Delete(profile.note);
            ProfileOptimization.SetProfileRoot(folder);
            ProfileOptimization.StartProfile(command);
            return profile;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null; // all starts are like the first one
        }
    }

    public void Dispose()
    {
        ProfileOptimization.StartProfile(null); // writes the note
        try
        {
            File.WriteAllBytes(sum, Sum());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next start throws the note away.
        }
    }

    // FNV-1a: against accidents, in microseconds.
    private byte[] Sum()
    {
        var hash = 0xCBF29CE484222325;
        foreach (var value in File.ReadAllBytes(note)) hash = (hash ^ value) * 0x100000001B3;
        return BitConverter.GetBytes(hash);
    }
}
