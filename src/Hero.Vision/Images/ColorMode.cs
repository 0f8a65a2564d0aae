namespace Hero.Vision;

/// <summary>Which channels a decoded picture has, whatever the file holds.</summary>
public enum ColorMode
{
    /// <summary>
    /// Three channels: red, green, blue. Grey is repeated, a palette is looked up, alpha is dropped (as Pillow's <c>convert("RGB")</c>).
    /// </summary>
    Rgb,

    /// <summary>One channel: luma, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601, as Pillow's <c>convert("L")</c>); alpha is dropped.</summary>
    Grayscale,

    /// <summary>What the file holds: 1 channel for grey, 3 for colour, 4 for anything with transparency.</summary>
    Unchanged,
}
