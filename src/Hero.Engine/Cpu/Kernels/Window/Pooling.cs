namespace Hero.Cpu.Kernels;

/// <summary>What max and average pooling share.</summary>
internal static class Pooling
{
    public static void Check(in Window2D w)
    {
        if (w.InChannels != w.OutChannels)
        {
            throw new ArgumentException(
                $"Pooling expects as many output as input channels, got {w.OutChannels} for {w.InChannels}.", nameof(w));
        }
    }
}
