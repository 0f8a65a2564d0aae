namespace Hero.Vision.Codecs.Png;

/// <summary>The CRC of PNG chunks (ISO 3309, polynomial 0xEDB88320), eight bytes at a time through eight tables.</summary>
internal static class Crc32
{
    private static readonly uint[] Tables = BuildTables();

    /// <summary>The CRC of <paramref name="data"/> appended to data whose CRC is <paramref name="crc"/> (0 to begin).</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        var tables = Tables.AsSpan(0, 8 * 256);
        crc = ~crc;
        while (data.Length >= 8)
        {
            crc ^= (uint)(data[0] | data[1] << 8 | data[2] << 16 | data[3] << 24);
            crc = tables[7 * 256 + (byte)crc] ^ tables[6 * 256 + (byte)(crc >> 8)]
                ^ tables[5 * 256 + (byte)(crc >> 16)] ^ tables[4 * 256 + (int)(crc >> 24)]
                ^ tables[3 * 256 + data[4]] ^ tables[2 * 256 + data[5]] ^ tables[256 + data[6]] ^ tables[data[7]];
            data = data[8..];
        }
        foreach (var value in data) crc = tables[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] BuildTables()
    {
        var tables = new uint[8 * 256];
        for (var i = 0; i < 256; i++)
        {
            var crc = (uint)i;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
            tables[i] = crc;
        }
        for (var i = 256; i < tables.Length; i++) tables[i] = tables[(byte)tables[i - 256]] ^ (tables[i - 256] >> 8);
        return tables;
    }
}
