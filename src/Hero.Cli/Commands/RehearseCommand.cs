using System.CommandLine;
using Hero.Vision.Retraining;

namespace Hero.Cli.Commands;

/// <summary>
/// <c>hero rehearse FOLDER</c>, which no help names: writes a model and a picture, which ./hero has 'hero predict' read at the end of a build, so that what
/// a prediction needs compiled is known (<see cref="StartupProfile"/>) before the first one that somebody waits for.
/// </summary>
internal static class RehearseCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("FOLDER") { Description = "Where model and picture go." };
        var command = new Command("rehearse", "Write a model that knows nothing and a picture, for a trial of 'hero predict'.") { folder };
        command.Hidden = true;
        command.SetAction(parsed => Rehearsal.Write(parsed.GetRequiredValue(folder)));
        return command;
    }
}
