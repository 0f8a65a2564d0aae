using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// One image's tiles, read into and written from transforms, one register of channels after the other. Where a tile reaches over the
/// edge, or a register over the last channel, it goes through a copy with zeros around it.
/// </summary>
internal readonly unsafe struct WinogradImage<TV>(int height, int width, int channels, nint pixelStep, nint rowStep)
    where TV : struct, ISimd<TV, float>
{
    /// <summary>Transforms <paramref name="side"/> x side pixels from (row, column) on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public void Read<TStep>(float* pixels, int row, int column, int side, float* target, nint step) where TStep : struct, IWinogradStep
    {
        var middleMemory = stackalloc float[WinogradTransform<TV>.PatchSize];
        var middle = WinogradTransform<TV>.Aligned(middleMemory);
        var patchMemory = stackalloc float[WinogradTransform<TV>.PatchSize];
        var patch = WinogradTransform<TV>.Aligned(patchMemory);

        // What of the tile lies inside the image; what does not stays zero for all channels.
        int top = Math.Max(0, -row), bottom = Math.Min(side, height - row), left = Math.Max(0, -column), right = Math.Min(side, width - column);
        var inside = top == 0 && left == 0 && bottom == side && right == side;
        if (!inside) for (var i = 0; i < side * side; i++) TV.Store(TV.All(0), patch + i * TV.Count);

        var source = pixels + row * rowStep + column * pixelStep;
        for (var channel = 0; channel < channels; channel += TV.Count)
        {
            var count = channels - channel;
            if (inside && count >= TV.Count)
            {
                WinogradTransform<TV>.Run<TStep>(source + channel, rowStep, pixelStep, target + channel, WinogradPlan.InputSide * step, step, middle);
                continue;
            }
            for (var i = top; i < bottom; i++)
            {
                var from = source + i * rowStep + left * pixelStep + channel;
                var to = patch + (i * side + left) * TV.Count;
                for (var j = left; j < right; j++, from += pixelStep, to += TV.Count)
                {
                    TV.Store(count >= TV.Count ? TV.Load(from) : TV.LoadFirst(from, count, TV.All(0)), to);
                }
            }
            WinogradTransform<TV>.Run<TStep>(patch, side * TV.Count, TV.Count, target + channel, WinogradPlan.InputSide * step, step, middle);
        }
    }

    /// <summary>Writes the output tile at (row, column).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public void Write(float* source, nint step, float* pixels, int row, int column)
    {
        const int Side = WinogradPlan.OutputSide;
        var middleMemory = stackalloc float[WinogradTransform<TV>.PatchSize];
        var middle = WinogradTransform<TV>.Aligned(middleMemory);
        var patchMemory = stackalloc float[WinogradTransform<TV>.PatchSize];
        var patch = WinogradTransform<TV>.Aligned(patchMemory);
        int rows = Math.Min(Side, height - row), columns = Math.Min(Side, width - column);
        var target = pixels + row * rowStep + column * pixelStep;
        for (var channel = 0; channel < channels; channel += TV.Count)
        {
            var count = channels - channel;
            if (rows == Side && columns == Side && count >= TV.Count)
            {
                WinogradTransform<TV>.Run<WinogradOutput>(source + channel, WinogradPlan.InputSide * step, step, target + channel, rowStep, pixelStep, middle);
                continue;
            }
            WinogradTransform<TV>.Run<WinogradOutput>(source + channel, WinogradPlan.InputSide * step, step, patch, Side * TV.Count, TV.Count, middle);
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    var value = TV.Load(patch + (i * Side + j) * TV.Count);
                    var to = target + i * rowStep + j * pixelStep + channel;
                    if (count >= TV.Count) TV.Store(value, to);
                    else TV.StoreFirst(value, to, count);
                }
            }
        }
    }

    /// <summary>Adds the gradient of an input tile to the image, from (row, column) on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public void Add(float* source, nint step, float* pixels, int row, int column)
    {
        const int Side = WinogradPlan.InputSide;
        var middleMemory = stackalloc float[WinogradTransform<TV>.PatchSize];
        var middle = WinogradTransform<TV>.Aligned(middleMemory);
        var patchMemory = stackalloc float[WinogradTransform<TV>.PatchSize];
        var patch = WinogradTransform<TV>.Aligned(patchMemory);
        int top = Math.Max(0, -row), bottom = Math.Min(Side, height - row), left = Math.Max(0, -column), right = Math.Min(Side, width - column);
        var target = pixels + row * rowStep + column * pixelStep;
        for (var channel = 0; channel < channels; channel += TV.Count)
        {
            var count = channels - channel;
            WinogradTransform<TV>.Run<WinogradInputGradient>(source + channel, Side * step, step, patch, Side * TV.Count, TV.Count, middle);
            for (var i = top; i < bottom; i++)
            {
                var from = patch + (i * Side + left) * TV.Count;
                var to = target + i * rowStep + left * pixelStep + channel;
                for (var j = left; j < right; j++, from += TV.Count, to += pixelStep)
                {
                    if (count >= TV.Count) TV.Store(TV.Load(to) + TV.Load(from), to);
                    else TV.StoreFirst(TV.LoadFirst(to, count, TV.All(0)) + TV.Load(from), to, count);
                }
            }
        }
    }
}
