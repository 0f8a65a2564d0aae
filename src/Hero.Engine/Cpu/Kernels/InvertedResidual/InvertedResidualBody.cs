using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The items of a block: bands of output rows with all channels, or with one chunk of the wide ones, whose values behind the depthwise
/// convolution then go to memory.
/// </summary>
internal unsafe struct InvertedResidualBody : IParallelBody
{
    public InvertedResidualCall Call;
    public WindowRun* Runs;
    public int RunCount;

    /// <summary>The input packed for the matrix unit, picture by picture; null where each item packs what it reads.</summary>
    public ushort* PackedInput;

    /// <summary>Where chunks go, [pixel, wide]; not read when an item takes all channels.</summary>
    public float* Wide;

    /// <summary>The same packed for the matrix unit, where that computes the last product: a chunk is whole steps of its depth.</summary>
    public ushort* PackedWide;

    public readonly void Run(int item)
    {
        ref readonly var w = ref Call.Window;
        var bands = w.Batch * Call.Plan.Bands;
        int band = item % bands, chunk = item / bands;
        int image = band / Call.Plan.Bands, part = band % Call.Plan.Bands;
        int start = Call.Plan.BandStart(w.OutHeight, part), end = Call.Plan.BandStart(w.OutHeight, part + 1);
        if (Call.Plan.IsWhole) Whole(image, start, end);
        else Chunk(image, start, end, chunk * Call.Plan.Chunk);
    }

    private readonly void Whole(int image, int start, int end)
    {
        ref readonly var w = ref Call.Window;
        var pixels = (end - start) * w.OutWidth;
        var place = ((nint)image * w.OutHeight + start) * w.OutWidth * Call.OutChannels;
        BiasedRows.Begin(Call.Output + place, Call.Residual == null ? null : Call.Residual + place, Call.OutChannels, pixels, Call.OutChannels, Call.ProjectBias);
        var project = Call.Project;
        for (var channel = 0; channel < w.InChannels; channel += Call.Plan.Chunk)
        {
            var channels = Math.Min(Call.Plan.Chunk, w.InChannels - channel);
            var memory = Memory(end - start, channels, (nint)pixels * channels, out var wide);
            Widen(image, start, end, channel, channels, memory, wide, channels);
            var weights = new PixelWeights(project, channels, Call.OutChannels, Call.ProjectsInBFloat16);
            weights.Multiply(wide, channels, Call.Output + place, Call.OutChannels, pixels, accumulate: true);
            project = weights.Next;
        }
    }

    private readonly void Chunk(int image, int start, int end, int channel)
    {
        ref readonly var w = ref Call.Window;
        var channels = Math.Min(Call.Plan.Chunk, w.InChannels - channel);
        int pixel = (image * w.OutHeight + start) * w.OutWidth, pixels = (end - start) * w.OutWidth;
        if (PackedWide == null)
        {
            Widen(image, start, end, channel, channels, Memory(end - start, channels, 0, out _), Wide + (nint)pixel * w.InChannels + channel, w.InChannels);
            return;
        }
        var memory = Memory(end - start, channels, (nint)pixels * channels, out var wide);
        Widen(image, start, end, channel, channels, memory, wide, channels);
        BFloat16Matrix.PackLeftPart(wide, pixel, pixels, channel, channels, w.InChannels, PackedWide);
    }

    /// <summary>Scratch for the widened rows of a band, two rows on top, and some more.</summary>
    private readonly float* Memory(int rows, int channels, nint more, out float* moreMemory)
    {
        ref readonly var w = ref Call.Window;
        var widened = Call.Expand == null ? 0 : (nint)InvertedResidualPlan.InputRows(w, rows) * w.InWidth * channels;
        var extra = ((nint)w.InWidth + w.OutWidth) * Math.Max(channels, Call.Plan.IsWhole ? 0 : w.InChannels);
        var memory = (float*)Scratch.Get(0, (widened + extra + more) * sizeof(float));
        moreMemory = memory + widened + extra;
        return memory;
    }

    /// <summary>A chunk of wide channels up to behind the depthwise convolution; pixels of the target are <paramref name="targetStep"/> apart.</summary>
    private readonly void Widen(int image, int start, int end, int channel, int channels, float* memory, float* target, int targetStep)
    {
        ref readonly var w = ref Call.Window;
        var first = Math.Clamp(start * w.StrideHeight - w.PadTop, 0, w.InHeight);
        var last = Math.Clamp((end - 1) * w.StrideHeight - w.PadTop + (w.KernelHeight - 1) * w.DilationHeight + 1, first, w.InHeight);
        var source = Call.Input + ((nint)image * w.InHeight + first) * w.InWidth * Call.InChannels;
        var range = stackalloc float[2];
        if (Call.Expand != null)
        {
            var pixels = (last - first) * w.InWidth;
            (range[0], range[1]) = (Call.ExpandLow, Call.ExpandHigh);
            new PixelWeights(Call.Expand, Call.InChannels, w.InChannels, Call.ExpandsInBFloat16).Slice(channel, channels)
                .MultiplyHeld(source, Call.InChannels, PackedInput == null ? null : PackedInput + image * InvertedResidual.PackedInputSize(Call), memory, channels, pixels, Call.ExpandBias + channel, range);
            source = memory;
            memory += (nint)pixels * channels;
        }
        new Span<float>(memory, w.InWidth * channels).Clear();
        (range[0], range[1]) = (Call.FilterLow, Call.FilterHigh);
        new DepthwiseBand
        {
            Window = w, Runs = Runs, RunCount = RunCount, Filter = Call.Filter + channel, Channels = channels, Source = source, FirstRow = first,
            Bias = Call.FilterBias + channel, Range = range, TargetStep = targetStep, Zeros = memory, Spare = memory + (nint)w.InWidth * channels,
        }.Run(start, end, target);
    }
}
