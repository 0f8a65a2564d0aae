namespace Hero.Cpu.Kernels;

/// <summary>An epilogue on an output that only it sees: its elements from <paramref name="start"/> on lie at <paramref name="values"/>.</summary>
internal readonly unsafe struct HiddenOutput<TEpilogue>(float* values, nint start, TEpilogue epilogue) : IEpilogue where TEpilogue : struct, IEpilogue
{
    public void Apply(nint from, nint length) => epilogue.ApplyRows(values + (from - start), length, from, length, 1, length);

    public void ApplyRows(nint from, nint length, nint rows, nint step) => epilogue.ApplyRows(values + (from - start), step, from, length, rows, step);

    public void ApplyRows(float* elsewhere, nint valueStep, nint from, nint length, nint rows, nint step) => epilogue.ApplyRows(elsewhere, valueStep, from, length, rows, step);
}
