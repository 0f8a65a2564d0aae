using System.Runtime.InteropServices;
using Hero.Cli;

using var profile = HeroTool.FindCommand(args) is { } command ? StartupProfile.Start(command) : null;
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await HeroTool.RunAsync(args, Terminal.System(), stop.Token);

// The first Ctrl-C asks the command to stop where it can and to save what it has; the second one ends the process.
void Stop(PosixSignalContext context)
{
    context.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
