namespace Hero.Vision.Applications;

/// <summary>How many channels leave each part of the network.</summary>
/// <param name="First">The first convolution.</param>
/// <param name="Blocks">The 17 blocks.</param>
/// <param name="Last">The last convolution: the features.</param>
/// <param name="Classes">The classifier.</param>
internal sealed record MobileNetV2Widths(int First, IReadOnlyList<int> Blocks, int Last, int Classes)
{
    /// <summary>Channels at width 1, and stride, of each block (table 2 of the paper).</summary>
    public static IReadOnlyList<(int Channels, int Stride)> Table { get; } =
    [
        (16, 1), (24, 2), (24, 1), (32, 2), (32, 1), (32, 1), (64, 2), (64, 1), (64, 1), (64, 1), (96, 1), (96, 1), (96, 1), (160, 2), (160, 1), (160, 1), (320, 1),
    ];

    /// <summary>How many times wider a block is inside: the first one is not.</summary>
    public static int Expansion(int block) => block == 0 ? 1 : 6;

    public static MobileNetV2Widths Of(double alpha, int classes) => new(
        Divisible(32 * alpha), [.. Table.Select(row => Divisible((int)(row.Channels * alpha)))], alpha > 1 ? Divisible(1280 * alpha) : 1280, classes);

    // Widths are multiples of 8 and no more than a tenth below what was asked for, as in the authors' code.
    private static int Divisible(double width)
    {
        var rounded = Math.Max(8, (int)(width + 4) / 8 * 8);
        return rounded < 0.9 * width ? rounded + 8 : rounded;
    }
}
