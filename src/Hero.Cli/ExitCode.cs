namespace Hero.Cli;

/// <summary>What the tool tells the shell.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Error = 1;
    public const int Usage = 2;
    public const int Interrupted = 130; // 128 + SIGINT, as shells have it
}
