namespace Hero.Vision.Codecs.Jpeg;

/// <summary>Decodes the blocks of one scan, one after the other.</summary>
internal abstract class JpegBlockDecoder
{
    /// <summary>Forgets what earlier blocks left behind: a restart interval begins.</summary>
    public abstract void Restart();

    /// <summary>
    /// Decodes the block in a column and row of the component's blocks; <paramref name="index"/> is the component's place in the scan.
    /// </summary>
    public abstract void Decode(ref JpegBitReader reader, int index, int column, int row);
}
