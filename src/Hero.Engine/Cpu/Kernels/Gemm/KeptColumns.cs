namespace Hero.Cpu.Kernels;

/// <summary>
/// Which columns of which matrix product a thread has packed last: neighbouring items of a product share them. A thread takes items of
/// one product until none is left, so what it has packed for that stays.
/// </summary>
internal static class KeptColumns
{
    private static long products;

    [ThreadStatic] private static long lastProduct;
    [ThreadStatic] private static int lastPanel;

    /// <summary>A number no other product has.</summary>
    public static long NextProduct() => Interlocked.Increment(ref products);

    /// <summary>Whether this thread has the columns from <paramref name="panel"/> on already; from now on it has.</summary>
    public static bool Has(long product, int panel)
    {
        if (lastProduct == product && lastPanel == panel) return true;
        (lastProduct, lastPanel) = (product, panel);
        return false;
    }
}
