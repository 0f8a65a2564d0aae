using Microsoft.Extensions.Logging;

namespace Hero.Callbacks;

/// <summary>Writes the figures of each epoch, and warnings, to a log.</summary>
/// <param name="logger">The log.</param>
public sealed class LoggerCallback(ILogger logger) : Callback
{
    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        logger.LogInformation("Epoch {Epoch}/{Epochs}: {Figures}", epoch + 1, Parameters.Epochs, logs.ToString());
    }

    /// <inheritdoc/>
    public override void OnWarning(string message) => logger.LogWarning("{Message}", message);
}
