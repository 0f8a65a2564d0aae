using Hero.Vision.Codecs;
using Hero.Vision.Codecs.Png;

namespace Hero.Vision;

public sealed partial class Image
{
    /// <summary>
    /// Reads a JPEG, PNG or BMP file. The format is recognised by the content, never by the file's name.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Channels, limits, target size; <see cref="ImageDecodeOptions.Default"/> (RGB) when null.</param>
    /// <returns>The picture, one byte a sample.</returns>
    /// <exception cref="ImageFormatException">The file is no picture, is damaged or cut short, uses an unsupported kind of its
    /// format, or is larger than allowed; <see cref="ImageFormatException.FileName"/> says which file.</exception>
    /// <exception cref="IOException">The file cannot be read (<see cref="FileNotFoundException"/> where there is none).</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Image Load(string path, ImageDecodeOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return Decode(stream, options);
        }
        catch (ImageFormatException e)
        {
            throw new ImageFormatException(e.Message, path, e);
        }
    }

    /// <summary>Decodes a JPEG, PNG or BMP file that is in memory; see <see cref="Load"/>.</summary>
    /// <exception cref="ImageFormatException">The data is not a readable picture, or larger than allowed.</exception>
    public static Image Decode(ReadOnlySpan<byte> data, ImageDecodeOptions? options = null) =>
        ImageDecoder.Decode(data, options ?? ImageDecodeOptions.Default);

    /// <summary>Decodes a JPEG, PNG or BMP file from a stream, which is read to its end; see <see cref="Load"/>.</summary>
    /// <exception cref="ImageFormatException">The data is not a readable picture, or larger than allowed.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static Image Decode(Stream stream, ImageDecodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= ImageDecodeOptions.Default;
        return ImageDecoder.Decode(ImageDecoder.ReadAll(stream, options), options);
    }

    /// <summary>The picture as a PNG file in memory.</summary>
    public byte[] EncodePng() => PngEncoder.Encode(this);

    /// <summary>
    /// Writes the picture to a PNG file. The data goes to a temporary file beside it, which is flushed to the disk and then takes the
    /// name: whatever happens, there is the old file or the complete new one.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written, for example because the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void SavePng(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var data = EncodePng();
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                stream.Write(data);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
