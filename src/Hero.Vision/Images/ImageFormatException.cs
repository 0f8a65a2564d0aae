namespace Hero.Vision;

/// <summary>
/// A file or buffer is not a picture Hero can read: an unknown or unsupported format, damaged or truncated data, or a picture
/// larger than <see cref="ImageDecodeOptions.MaxPixels"/>. It is the only exception that the content of a picture can cause.
/// </summary>
public sealed class ImageFormatException : FormatException
{
    /// <summary>An exception with a general message.</summary>
    public ImageFormatException() : this("The picture cannot be read.") { }

    /// <summary>An exception that says what is wrong with the picture.</summary>
    public ImageFormatException(string message) : base(message) { }

    /// <summary>An exception that says what is wrong with the picture, and what revealed it.</summary>
    public ImageFormatException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>An exception that says what is wrong with the picture in the file <paramref name="fileName"/>.</summary>
    public ImageFormatException(string message, string fileName, Exception? innerException)
        : base($"{fileName}: {message}", innerException) => FileName = fileName;

    /// <summary>The file the picture was read from, or null when it came from memory or a stream.</summary>
    public string? FileName { get; }
}
