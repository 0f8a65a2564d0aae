namespace Hero.Datasets;

/// <summary>
/// A file could not be downloaded from any of its addresses. The message says what each of them answered, and which files to put
/// into which folder where there is no network. What has come so far is kept: the next try goes on from there.
/// </summary>
public sealed class DownloadException : IOException
{
    /// <summary>Creates the exception without a message.</summary>
    public DownloadException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public DownloadException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with a message and what caused it.</summary>
    public DownloadException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}
