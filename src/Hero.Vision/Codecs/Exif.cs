using System.Buffers.Binary;

namespace Hero.Vision.Codecs;

/// <summary>
/// Finds the orientation in EXIF data, which is a small TIFF file. Damaged data counts as upright: it is no part of the picture.
/// </summary>
internal static class Exif
{
    private const int OrientationTag = 0x0112, ShortType = 3, EntryLength = 12;

    /// <summary>The orientation, 1 (upright) to 8, of EXIF data without its "Exif" prefix.</summary>
    public static int ReadOrientation(ReadOnlySpan<byte> data)
    {
        if (data.Length < 8) return 1;
        var isLittle = data.StartsWith("II"u8);
        if (!isLittle && !data.StartsWith("MM"u8)) return 1;
        var offset = isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(data[4..]) : BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        if (offset > data.Length - 2) return 1;
        var entries = Short(data[(int)offset..], isLittle);
        data = data[((int)offset + 2)..];
        for (; entries > 0 && data.Length >= EntryLength; entries--, data = data[EntryLength..])
        {
            if (Short(data, isLittle) != OrientationTag || Short(data[2..], isLittle) != ShortType) continue;
            var orientation = Short(data[8..], isLittle);
            return orientation is >= 1 and <= 8 ? orientation : 1;
        }
        return 1;
    }

    private static int Short(ReadOnlySpan<byte> data, bool isLittle) =>
        isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(data) : BinaryPrimitives.ReadUInt16BigEndian(data);
}
