using System.Runtime.Intrinsics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// 2-D convolution over NHWC pictures and its gradients with factors in bfloat16 and sums in float32: implicit matrix products, patches
/// are never copied out. Operands of float32 are rounded, once for all taps; those of two bytes are bfloat16 already. One group; see
/// <see cref="Conv2D"/> for the formulas.
/// </summary>
internal static unsafe class BFloat16Conv2D
{
    /// <summary>Channels below which most of a step of the unit would be empty, and steps that would leave half of it unused.</summary>
    private const int LeastChannels = 8, LeastStep = 16;

    private const double LeastWork = 256 * 1024;

    /// <summary>Channels up to which Winograd's filter gradient in float32 takes less time than rounding and transposing for the unit.</summary>
    private const int MostWinogradChannels = 64;

    /// <summary>Whether the unit is there and a forward convolution of this shape gains from it.</summary>
    public static bool ForwardPays(in Window2D w) => IsPointwise(w)
        ? BFloat16Gemm.Pays(Pixels(w), w.OutChannels, w.InChannels, transposeA: false, isRounded: false)
        : Pays(w) && HasSteps(BFloat16Conv2DPass<float>.Forward(w, null, null, null));

    /// <summary>Whether the unit is there and an input gradient of this shape gains from it.</summary>
    public static bool InputGradientPays(in Window2D w) => IsPointwise(w)
        ? BFloat16Gemm.Pays(Pixels(w), w.InChannels, w.OutChannels, transposeA: false, isRounded: false)
        : Pays(w) && HasSteps(BFloat16Conv2DPass<float>.InputGradient(w, null, null, null, 0, 0));

    /// <summary>Whether the unit is there and a filter gradient of this shape gains from it; operands of float32 are rounded for it.</summary>
    public static bool FilterGradientPays(in Window2D w, bool isRounded) => IsPointwise(w)
        ? BFloat16Gemm.Pays(w.InChannels, w.OutChannels, Pixels(w), transposeA: true, isRounded)
        : Pays(w);

    /// <summary>Whether rounding the operands of a filter gradient for the unit takes less time than float32 does where Winograd's kernel computes it.</summary>
    public static bool BeatsWinograd(in Window2D w)
    {
        var pass = Conv2DDriver<TileVector512<float>, Vector512<float>, float>.ForwardPass(w, null, null, null);
        return Math.Min(w.InChannels, w.OutChannels) > MostWinogradChannels || !WinogradPlan.Wins(&pass);
    }

    /// <summary>y, all of it; the epilogue's ranges count from <paramref name="y"/>.</summary>
    public static void Forward<T, TEpilogue>(in Window2D w, T* x, T* filter, float* y, TEpilogue epilogue, bool inThreeParts = false) where T : unmanaged where TEpilogue : struct, IEpilogue
    {
        if (IsPointwise(w))
        {
            BFloat16Gemm.Run(x, filter, y, Pixels(w), w.OutChannels, w.InChannels, false, false, 1, 0, 0, 0, epilogue, inThreeParts);
            return;
        }
        var pass = BFloat16Conv2DPass<T>.Forward(w, x, filter, y);
        Slide(&pass, epilogue);
    }

    /// <summary>Elements of a filter as <see cref="PackFilter"/> writes it.</summary>
    public static nint PackedFilterSize(in Window2D w)
    {
        if (IsPointwise(w)) return BFloat16Matrix.Size(w.InChannels, w.OutChannels);
        var pass = BFloat16Conv2DPass<float>.Forward(w, null, null, null);
        return BFloat16Conv2DFilter<float>.Size(&pass);
    }

    /// <summary>Rounds and packs a filter for <see cref="ForwardPacked"/> with the same window.</summary>
    public static void PackFilter<T>(in Window2D w, T* filter, ushort* packed) where T : unmanaged
    {
        if (IsPointwise(w))
        {
            new BFloat16Matrix(packed, w.InChannels, w.OutChannels).Pack(filter, w.OutChannels, transposed: false);
            return;
        }
        var pass = BFloat16Conv2DPass<T>.Forward(w, null, filter, null);
        BFloat16Conv2DFilter<T>.Pack(&pass, packed);
    }

    /// <summary>As <see cref="Forward"/>, bit for bit, with a filter packed before.</summary>
    public static void ForwardPacked<T, TEpilogue>(in Window2D w, T* x, ushort* filter, float* y, TEpilogue epilogue) where T : unmanaged where TEpilogue : struct, IEpilogue
    {
        if (IsPointwise(w))
        {
            BFloat16Gemm.RunPacked(x, filter, y, Pixels(w), w.OutChannels, w.InChannels, epilogue);
            return;
        }
        var pass = BFloat16Conv2DPass<T>.Forward(w, x, null, y);
        Slide(&pass, epilogue, filter);
    }

    /// <summary>The gradient with respect to x, given the one with respect to y, all of it; the epilogue's ranges count from <paramref name="dx"/>.</summary>
    public static void InputGradient<T, TEpilogue>(in Window2D w, T* dy, T* filter, float* dx, TEpilogue epilogue, bool inThreeParts = false) where T : unmanaged where TEpilogue : struct, IEpilogue
    {
        if (IsPointwise(w))
        {
            BFloat16Gemm.Run(dy, filter, dx, Pixels(w), w.InChannels, w.OutChannels, false, true, 1, 0, 0, 0, epilogue, inThreeParts);
            return;
        }
        int phasesY = Math.Min(w.StrideHeight, w.InHeight), phasesX = Math.Min(w.StrideWidth, w.InWidth);
        for (var y = 0; y < phasesY; y++)
        {
            for (var x = 0; x < phasesX; x++)
            {
                var pass = BFloat16Conv2DPass<T>.InputGradient(w, dy, filter, dx, y, x);
                Slide(&pass, epilogue);
            }
        }
    }

    /// <summary>The gradient with respect to the filter: overwrites all of <paramref name="dfilter"/>.</summary>
    public static void FilterGradient<T>(in Window2D w, T* x, T* dy, float* dfilter, bool inThreeParts = false) where T : unmanaged
    {
        if (IsPointwise(w))
        {
            BFloat16Gemm.Run(x, dy, dfilter, w.InChannels, w.OutChannels, Pixels(w), true, false, 1, 0, 0, 0, default(NoEpilogue), inThreeParts);
            return;
        }
        var body = new BFloat16FilterGradientBody<T> { W = w, Plan = BFloat16FilterGradientPlan.Of(w), X = x, Dy = dy, Gradient = dfilter };
        var size = (nint)w.KernelHeight * w.KernelWidth * w.InChannels * w.OutChannels;
        var partials = body.Plan.Chunks - 1;
        if (partials > 0) body.Partials = (float*)Scratch.Get(3, partials * size * sizeof(float));
        WorkerTeam.Default.For(body.Plan.Items, ref body);
        if (partials > 0) GemmReduction<TileVector512<float>, Vector512<float>, float, NoEpilogue>.Run(dfilter, size, body.Partials, partials, default, 0);
    }

    private static void Slide<T, TEpilogue>(BFloat16Conv2DPass<T>* pass, in TEpilogue epilogue, ushort* packedFilter = null) where T : unmanaged where TEpilogue : struct, IEpilogue
    {
        var body = new BFloat16Conv2DBody<T, TEpilogue> { Pass = pass, Plan = BFloat16Conv2DPlan.Of(pass), Epilogue = epilogue };
        var filterBytes = packedFilter == null ? BFloat16Conv2DFilter<T>.Size(pass) * sizeof(ushort) : 0;
        var memory = Scratch.Get(0, filterBytes + pass->Segments * sizeof(nint));
        body.PackedFilter = packedFilter == null ? (ushort*)memory : packedFilter;
        body.Segments = (nint*)(memory + filterBytes);

        var columnSegments = pass->RowSegments ? 1 : pass->Columns.Taps;
        for (var segment = 0; segment < pass->Segments; segment++)
        {
            var row = (nint)(segment / columnSegments) * pass->Rows.OffsetStep;
            var column = segment % columnSegments * pass->Columns.OffsetStep;
            body.Segments[segment] = (row * pass->ViewWidth + column) * pass->InChannels * sizeof(ushort);
        }
        if (packedFilter == null && pass->Depth > 0) BFloat16Conv2DFilter<T>.Pack(pass, body.PackedFilter);
        WorkerTeam.Default.For(body.Plan.Items, ref body);
    }

    private static bool Pays(in Window2D w) =>
        w.Groups == 1 && w.InChannels >= LeastChannels && w.OutChannels >= LeastChannels
        && (double)w.Batch * w.OutHeight * w.OutWidth * w.OutChannels * w.InChannels * w.KernelHeight * w.KernelWidth >= LeastWork && TileUnit.IsSupported;

    private static bool HasSteps(in BFloat16Conv2DPass<float> pass) =>
        pass.InChannels % 2 == 0 && (pass.Depth == 0 || pass.DepthStep >= LeastStep);

    /// <summary>Pixels, input and output channels of a convolution that is a matrix product, the only ones in three parts; null for others.</summary>
    public static (int Pixels, int Inputs, int Outputs)? Pointwise(in Window2D w) => IsPointwise(w) ? (Pixels(w), w.InChannels, w.OutChannels) : null;

    private static int Pixels(in Window2D w) => w.Batch * w.OutHeight * w.OutWidth;

    private static bool IsPointwise(in Window2D w) => w is
    {
        KernelHeight: 1, KernelWidth: 1, StrideHeight: 1, StrideWidth: 1, PadTop: 0, PadLeft: 0, Groups: 1,
    } && w.OutHeight == w.InHeight && w.OutWidth == w.InWidth && (long)w.Batch * w.OutHeight * w.OutWidth <= int.MaxValue;
}
