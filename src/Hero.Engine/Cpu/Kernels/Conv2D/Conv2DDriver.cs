using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>Convolution on one instruction set.</summary>
internal static unsafe class Conv2DDriver<TSimd, TVector, T>
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    private static int PanelWidth => 2 * sizeof(TVector) / sizeof(T);

    /// <summary>Elements of the forward filter in the order in which this shape's kernel reads it.</summary>
    public static nint PackedFilterSize(in Window2D w)
    {
        var pass = ForwardPass(w, null, null, null);
        return PackedSize(&pass);
    }

    public static void PackFilter(in Window2D w, T* filter, T* packed)
    {
        var pass = ForwardPass(w, null, filter, null);
        Pack(&pass, packed);
    }

    public static void ForwardPacked<TEpilogue>(in Window2D w, T* x, T* packedFilter, T* y, in TEpilogue epilogue) where TEpilogue : struct, IEpilogue
    {
        var pass = ForwardPass(w, x, null, y);
        Slide(&pass, packedFilter, epilogue);
    }

    public static void Forward<TEpilogue>(in Window2D w, T* x, T* filter, T* y, in TEpilogue epilogue) where TEpilogue : struct, IEpilogue
    {
        var pass = ForwardPass(w, x, filter, y);
        PackAndSlide(&pass, epilogue);
    }

    public static void InputGradient(in Window2D w, T* dy, T* filter, T* dx)
    {
        Conv2DPass<T> forward = ForwardPass(w, dx, filter, dy), gradient = GradientPass(w, dy, filter, dx, 0, 0);
        if (WinogradPlan.WinsBackward(&forward, &gradient))
        {
            Winograd.InputGradient((Conv2DPass<float>*)&forward);
            return;
        }

        int phasesY = Math.Min(w.StrideHeight, w.InHeight), phasesX = Math.Min(w.StrideWidth, w.InWidth);
        var complete = true;
        for (var y = 0; y < phasesY; y++) complete &= GradientPass(w, dy, filter, dx, y, 0).Rows.Taps > 0;
        for (var x = 0; x < phasesX; x++) complete &= GradientPass(w, dy, filter, dx, 0, x).Columns.Taps > 0;
        if (!complete) Conv2DClear<T>.Run(dx, (nint)w.Batch * w.InHeight * w.InWidth * w.InChannels);   // some inputs meet no tap

        for (var y = 0; y < phasesY; y++)
        {
            for (var x = 0; x < phasesX; x++)
            {
                var pass = GradientPass(w, dy, filter, dx, y, x);
                if (pass.Depth > 0) PackAndSlide(&pass, default(NoEpilogue));
            }
        }
    }

    public static void FilterGradient(in Window2D w, T* x, T* dy, T* dfilter)
    {
        var pass = ForwardPass(w, x, null, dy);
        if (WinogradPlan.Wins(&pass))
        {
            Winograd.FilterGradient((Conv2DPass<float>*)&pass, (float*)dfilter);
            return;
        }
        var body = new Conv2DFilterGradientBody<TSimd, TVector, T>
        {
            Pass = &pass, Plan = Conv2DFilterGradientPlan.Of(&pass, TSimd.MaxRows), Gradient = dfilter,
        };
        var partials = body.Plan.Chunks - 1;
        if (partials > 0) body.Partials = (T*)Scratch.Get(3, partials * body.Plan.GradientSize * sizeof(T));
        WorkerTeam.Default.For(body.Plan.Items, ref body);
        if (partials > 0)
        {
            GemmReduction<TSimd, TVector, T, NoEpilogue>.Run(dfilter, body.Plan.GradientSize, body.Partials, partials, default, 0);
        }
    }

    private static nint PackedSize(Conv2DPass<T>* pass) => WinogradPlan.Wins(pass)
        ? Winograd.PackedFilterSize((Conv2DPass<float>*)pass)
        : Conv2DFilterPacking<TSimd, TVector, T>.Size(pass);

    private static void Pack(Conv2DPass<T>* pass, T* packed)
    {
        if (WinogradPlan.Wins(pass)) Winograd.PackFilter((Conv2DPass<float>*)pass, (float*)packed);
        else Conv2DFilterPacking<TSimd, TVector, T>.Pack(pass, packed);
    }

    private static void PackAndSlide<TEpilogue>(Conv2DPass<T>* pass, in TEpilogue epilogue) where TEpilogue : struct, IEpilogue
    {
        var packed = (T*)Scratch.Get(0, PackedSize(pass) * sizeof(T));
        Pack(pass, packed);
        Slide(pass, packed, epilogue);
    }

    private static void Slide<TEpilogue>(Conv2DPass<T>* pass, T* packedFilter, in TEpilogue epilogue) where TEpilogue : struct, IEpilogue
    {
        if (WinogradPlan.Wins(pass))
        {
            Winograd.Run((Conv2DPass<float>*)pass, (float*)packedFilter, epilogue);
            return;
        }
        var body = new Conv2DBody<TSimd, TVector, T, TEpilogue>
        {
            Pass = pass, Plan = Conv2DPlan.Of(pass, PanelWidth), PackedFilter = packedFilter, Epilogue = epilogue,
            Segments = (nint*)Scratch.Get(2, pass->Segments * sizeof(nint)),
        };
        var columnSegments = pass->DenseRows ? 1 : pass->Columns.Taps;
        for (var segment = 0; segment < pass->Segments; segment++)
        {
            var row = (nint)(segment / columnSegments) * pass->Rows.OffsetStep;
            var column = segment % columnSegments * pass->Columns.OffsetStep;
            body.Segments[segment] = (row * body.Plan.ViewWidth + column) * pass->InChannels * sizeof(T);
        }
        WorkerTeam.Default.For(body.Plan.Items, ref body);
    }

    public static Conv2DPass<T> ForwardPass(in Window2D w, T* x, T* filter, T* y) => new()
    {
        Rows = Conv2DAxis.Forward(w.InHeight, w.OutHeight, w.KernelHeight, w.StrideHeight, w.DilationHeight, w.PadTop),
        Columns = Conv2DAxis.Forward(w.InWidth, w.OutWidth, w.KernelWidth, w.StrideWidth, w.DilationWidth, w.PadLeft),
        Batch = w.Batch, Groups = w.Groups, GroupIn = w.InChannels / w.Groups, GroupOut = w.OutChannels / w.Groups,
        Input = x, Output = y, Filter = filter, FilterWidth = w.KernelWidth,
        OutputPixelStep = w.OutChannels, OutputRowStep = (nint)w.OutWidth * w.OutChannels,
        OutputImageStep = (nint)w.OutHeight * w.OutWidth * w.OutChannels,
    };

    public static Conv2DPass<T> GradientPass(in Window2D w, T* dy, T* filter, T* dx, int phaseY, int phaseX) => new()
    {
        Rows = Conv2DAxis.Gradient(w.InHeight, w.OutHeight, w.KernelHeight, w.StrideHeight, w.DilationHeight, w.PadTop, phaseY),
        Columns = Conv2DAxis.Gradient(w.InWidth, w.OutWidth, w.KernelWidth, w.StrideWidth, w.DilationWidth, w.PadLeft, phaseX),
        Batch = w.Batch, Groups = w.Groups, GroupIn = w.OutChannels / w.Groups, GroupOut = w.InChannels / w.Groups,
        Input = dy, Output = dx + ((nint)phaseY * w.InWidth + phaseX) * w.InChannels,
        Filter = filter, FilterWidth = w.KernelWidth, Transposed = true,
        OutputPixelStep = (nint)w.StrideWidth * w.InChannels, OutputRowStep = (nint)w.StrideHeight * w.InWidth * w.InChannels,
        OutputImageStep = (nint)w.InHeight * w.InWidth * w.InChannels,
    };
}
