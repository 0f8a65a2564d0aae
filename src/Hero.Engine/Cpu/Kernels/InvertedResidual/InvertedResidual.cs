using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The block that mobile networks are made of (Sandler et al. 2018), float32 on NHWC (its pointwise products in bfloat16 where that is asked for): a pointwise convolution widens x, a depthwise one
/// looks around, a pointwise one narrows again, and what came in may be added. Wide values live only in the cache of the core that
/// makes and uses them.
/// </summary>
internal static unsafe class InvertedResidual
{
    /// <summary>
    /// a = hold(x * Expand + ExpandBias), b = hold(depthwise(a) + FilterBias), y = b * Project + ProjectBias + Residual, where hold
    /// keeps values between two numbers. Without Expand a is x, and without Residual nothing is added. y overlaps no operand.
    /// </summary>
    public static void Run(in InvertedResidualCall call)
    {
        ref readonly var w = ref call.Window;
        if (w.OutputShape.Size == 0) return;
        // Cells at either border each have taps of their own; those between have the same.
        var runs = stackalloc WindowRun[Math.Min(w.OutWidth, 2 * w.KernelWidth + 3)];
        var body = new InvertedResidualBody { Call = call, Runs = runs, RunCount = WindowAxis.Columns(w, transposed: false).Runs(runs) };
        if (call.Plan.IsWhole)
        {
            WorkerTeam.Default.For(w.Batch * call.Plan.Bands, ref body);
            return;
        }
        var pixels = w.Batch * w.OutHeight * w.OutWidth;
        if (call.ProjectsInBFloat16) body.PackedWide = (ushort*)Scratch.Get(1, BFloat16Matrix.LeftSize(pixels, w.InChannels) * sizeof(ushort));
        else body.Wide = (float*)Scratch.Get(1, (nint)pixels * w.InChannels * sizeof(float));
        if (call.ExpandsInBFloat16 && call.Plan.Bands == 1) body.PackedInput = PackInput(call);
        WorkerTeam.Default.For(w.Batch * call.Plan.Bands * GemmPlan.Up(w.InChannels, call.Plan.Chunk), ref body);
        var projection = new InvertedResidualProjection(call, body.Wide, body.PackedWide);
        WorkerTeam.Default.For(projection.Items, ref projection);
    }

    /// <summary>Elements of a picture of the input, packed for the matrix unit.</summary>
    public static nint PackedInputSize(in InvertedResidualCall call) => BFloat16Matrix.LeftSize(call.Window.InHeight * call.Window.InWidth, call.InChannels);

    /// <summary>Where items are chunks of channels, all of them read all pixels: packed once.</summary>
    private static ushort* PackInput(in InvertedResidualCall call)
    {
        var (pixels, size) = (call.Window.InHeight * call.Window.InWidth, PackedInputSize(call));
        var packed = (ushort*)Scratch.Get(3, call.Window.Batch * size * sizeof(ushort));
        for (var image = 0; image < call.Window.Batch; image++)
            BFloat16Matrix.PackLeft(call.Input + (nint)image * pixels * call.InChannels, pixels, call.InChannels, packed + image * size);
        return packed;
    }
}

/// <summary>The arguments of <see cref="InvertedResidual.Run"/>.</summary>
internal unsafe struct InvertedResidualCall
{
    public InvertedResidualPlan Plan;

    /// <summary>The depthwise convolution's geometry, of multiplier 1: its channels are the wide ones.</summary>
    public Window2D Window;

    /// <summary>Channels of x and of y.</summary>
    public int InChannels, OutChannels;

    /// <summary>What the widened values and those behind the depthwise convolution are held between.</summary>
    public float ExpandLow, ExpandHigh, FilterLow, FilterHigh;

    /// <summary>x: [Batch, InHeight, InWidth, InChannels]; residual and y: [Batch, OutHeight, OutWidth, OutChannels].</summary>
    public float* Input, Residual, Output;

    /// <summary>[InChannels, wide] as <see cref="PixelWeights"/>.</summary>
    public void* Expand;

    /// <summary>[wide, OutChannels] as <see cref="PixelWeights"/> of the plan's depth, one after the other.</summary>
    public void* Project;

    /// <summary>Whether <see cref="Expand"/> and <see cref="Project"/> are in bfloat16.</summary>
    public bool ExpandsInBFloat16, ProjectsInBFloat16;

    /// <summary>[kernel height, kernel width, wide].</summary>
    public float* Filter;

    /// <summary>One number for each channel.</summary>
    public float* ExpandBias, FilterBias, ProjectBias;
}
