namespace Hero.Cpu.Kernels;

/// <summary>
/// What a kernel does to its output while it is still in the cache: bias, activation, residual add. The kernel calls
/// <see cref="Apply"/> once for every range of its output (row-major, in elements) as soon as the range holds final values;
/// the ranges cover the output once and do not overlap. May be called from any worker thread.
/// </summary>
internal unsafe interface IEpilogue
{
    void Apply(nint start, nint length);

    /// <summary>The same for as many ranges of one length, whose starts lie <paramref name="step"/> elements apart: at least as many as the length.</summary>
    void ApplyRows(nint start, nint length, nint rows, nint step);

    /// <summary>
    /// The same for ranges whose values lie at <paramref name="values"/>, so many elements apart, and not in the output: only the epilogue sees them.
    /// </summary>
    void ApplyRows(float* values, nint valueStep, nint start, nint length, nint rows, nint step);
}

/// <summary>No epilogue: compiles to nothing.</summary>
internal readonly unsafe struct NoEpilogue : IEpilogue
{
    public void Apply(nint start, nint length) { }

    public void ApplyRows(nint start, nint length, nint rows, nint step) { }

    public void ApplyRows(float* values, nint valueStep, nint start, nint length, nint rows, nint step) { }
}
