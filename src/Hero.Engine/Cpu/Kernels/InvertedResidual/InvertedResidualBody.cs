using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The items of a block: bands of output rows with all channels, or with one chunk of the wide ones, whose values behind the depthwise
/// convolution then go to memory.
/// </summary>
internal unsafe struct InvertedResidualBody : IParallelBody
{
    /// <summary>Bytes of widened pixels that are held while they are in the first-level cache.</summary>
    private const int HeldBytes = 16 * 1024;

    /// <summary>Rows of the tallest matrix tile, and of a pair of the matrix unit's: blocks of pixels are multiples of it.</summary>
    private const int TileRows = 14, UnitRows = 2 * TileUnit.Rows;

    public InvertedResidualCall Call;
    public WindowRun* Runs;
    public int RunCount;

    /// <summary>Where chunks go, [pixel, wide]; not read when an item takes all channels.</summary>
    public float* Wide;

    public readonly void Run(int item)
    {
        ref readonly var w = ref Call.Window;
        var bands = w.Batch * Call.Plan.Bands;
        int band = item % bands, chunk = item / bands;
        int image = band / Call.Plan.Bands, part = band % Call.Plan.Bands;
        int start = GemmPlan.Cut(w.OutHeight, Call.Plan.Bands, part), end = GemmPlan.Cut(w.OutHeight, Call.Plan.Bands, part + 1);
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
        var memory = Memory(end - start, channels, 0, out _);
        var target = Wide + ((nint)image * w.OutHeight + start) * w.OutWidth * w.InChannels + channel;
        Widen(image, start, end, channel, channels, memory, target, w.InChannels);
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
        if (Call.Expand != null)
        {
            var pixels = (last - first) * w.InWidth;
            Expand(source, pixels, channel, channels, memory);
            source = memory;
            memory += (nint)pixels * channels;
        }
        new Span<float>(memory, w.InWidth * channels).Clear();
        new DepthwiseBand
        {
            Window = w, Runs = Runs, RunCount = RunCount, Filter = Call.Filter + channel, Channels = channels, Source = source, FirstRow = first,
            TargetStep = targetStep, Zeros = memory, Spare = memory + (nint)w.InWidth * channels,
        }.Run(start, end, target);
        BiasedRows.Hold(target, targetStep, (nint)(end - start) * w.OutWidth, channels, Call.FilterBias + channel, Call.FilterLow, Call.FilterHigh);
    }

    private readonly void Expand(float* input, int pixels, int channel, int channels, float* wide)
    {
        var weights = new PixelWeights(Call.Expand, Call.InChannels, Call.Window.InChannels, Call.ExpandsInBFloat16).Slice(channel, channels);
        var rows = Call.ExpandsInBFloat16 ? UnitRows : TileRows;
        var block = Math.Max(1, HeldBytes / sizeof(float) / channels / rows) * rows;
        for (var pixel = 0; pixel < pixels; pixel += block)
        {
            var count = Math.Min(block, pixels - pixel);
            var target = wide + (nint)pixel * channels;
            weights.Multiply(input + (nint)pixel * Call.InChannels, Call.InChannels, target, channels, count, accumulate: false);
            BiasedRows.Hold(target, channels, count, channels, Call.ExpandBias + channel, Call.ExpandLow, Call.ExpandHigh);
        }
    }
}
