using System.Runtime;
using Hero.Vision;

namespace Hero.Cli;

/// <summary>
/// Makes starts quicker: the run time notes what a command had it compile, and the next time another core compiles that ahead of its use. The first start after a build
/// finds the note of the rehearsal that ended the build. A note is a hint: what does not fit this processor is left out, and each run writes it anew. The run time trusts
/// its note, so one that is not as this build of Hero wrote it (a sum lies beside it) is not used.
/// </summary>
internal sealed class StartupProfile : IDisposable
{
    private readonly string note, sum;

    private StartupProfile(string folder, string command) => (note, sum) = (Path.Combine(folder, command), Path.Combine(folder, command + ".sum"));

    private bool IsSound => File.Exists(note) && File.Exists(sum) && File.ReadAllBytes(sum).AsSpan().SequenceEqual(Sum());

    /// <summary>Reads what is known of the starts of a command and notes what this one needs, until it is disposed; null where there is no folder to write to.</summary>
    /// <param name="command">What the note is named after.</param>
    /// <param name="place">Where notes lie instead of in the user's folder.</param>
    /// <param name="rehearsed">Where those of the rehearsal lie instead of beside the tool.</param>
    public static StartupProfile? Start(string command, string? place = null, string? rehearsed = null)
    {
        try
        {
            var folder = Directory.CreateDirectory(place ?? UserFolders.Startup).FullName;
            var profile = new StartupProfile(folder, command);
            if (!profile.IsSound) profile.TakeOver(new StartupProfile(rehearsed ?? Path.Combine(AppContext.BaseDirectory, "startup"), command));
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
            // The next start does without the note.
        }
    }

    private void TakeOver(StartupProfile rehearsed)
    {
        if (rehearsed.IsSound) File.Copy(rehearsed.note, note, overwrite: true);
        else File.Delete(note);
    }

    // FNV-1a of the build and the note: against accidents, in microseconds.
    private byte[] Sum()
    {
        var hash = 0xCBF29CE484222325;
        foreach (var part in new[] { typeof(StartupProfile), typeof(PictureClassifier), typeof(Model), typeof(Tensor) }) Add(part.Module.ModuleVersionId.ToByteArray());
        Add(File.ReadAllBytes(note));
        return BitConverter.GetBytes(hash);

        void Add(byte[] values)
        {
            foreach (var value in values) hash = (hash ^ value) * 0x100000001B3;
        }
    }
}
