namespace Hero.Ops;

/// <summary>What can be computed over the elements along an axis. <c>ReduceKernel.Find</c> says for which element types.</summary>
internal enum ReduceFunction
{
    Sum,

    /// <summary>float32 and float64 only.</summary>
    Mean,

    /// <summary>The greatest; NaN if any is NaN. For bool: any.</summary>
    Max,

    /// <summary>The least; NaN if any is NaN. For bool: all.</summary>
    Min,
    Prod,

    /// <summary>The int64 index of the first greatest element, or of the first NaN.</summary>
    ArgMax,

    /// <summary>The int64 index of the first least element, or of the first NaN.</summary>
    ArgMin,
}
