namespace Hero.Cpu.Kernels;

/// <summary>Which strip of which matrix product a thread has copied ahead of the item it belongs to.</summary>
internal static class KeptStrip
{
    [ThreadStatic] private static long lastProduct;
    [ThreadStatic] private static int lastStrip;

    /// <summary>From now on the thread has this strip in its place among two.</summary>
    public static void Keep(long product, int strip) => (lastProduct, lastStrip) = (product, strip);

    /// <summary>Whether it has.</summary>
    public static bool Has(long product, int strip) => lastProduct == product && lastStrip == strip;
}
