using System.Numerics;
using System.Runtime.Intrinsics;
using Hero.Ops;

namespace Hero.Cpu.Kernels;

/// <summary>
/// A reduction in steps, for those who have its input piece by piece: Begin an accumulator per column, Accumulate blocks of rows,
/// Combine accumulators of consecutive pieces in their order, Finish to results. The same pieces in the same order give the same bits.
/// </summary>
internal readonly unsafe struct ReduceKernel(
    int accumulatorSize,
    int resultSize,
    delegate*<void*, nint, void> begin,
    delegate*<void*, void*, nint, nint, nint, nint, void> accumulate,
    delegate*<void*, void*, nint, void> combine,
    delegate*<void*, void*, nint, nint, void> finish)
{
    /// <summary>Bytes of a column's accumulator; 0 in a kernel that does not exist.</summary>
    public readonly int AccumulatorSize = accumulatorSize;

    /// <summary>Bytes of a column's result: the element's size, or 8 for the int64 indices of ArgMax and ArgMin.</summary>
    public readonly int ResultSize = resultSize;

    /// <summary>(accumulators, columns): makes accumulators that hold nothing yet.</summary>
    public readonly delegate*<void*, nint, void> Begin = begin;

    /// <summary>
    /// (accumulators, block, rows, columns, step, first row): takes in a block of rows <c>step</c> elements apart; the first
    /// row's index along the axis matters to ArgMax and ArgMin. A contiguous run of n elements is n rows of 1 column, step 1.
    /// </summary>
    public readonly delegate*<void*, void*, nint, nint, nint, nint, void> Accumulate = accumulate;

    /// <summary>(accumulators, later, columns): takes in the accumulators of the rows that follow.</summary>
    public readonly delegate*<void*, void*, nint, void> Combine = combine;

    /// <summary>(results, accumulators, columns, rows in all): writes the results.</summary>
    public readonly delegate*<void*, void*, nint, nint, void> Finish = finish;

    public bool Exists => AccumulatorSize > 0;

    /// <summary>The kernel of a function for elements of a type; one that does not <see cref="Exists"/> where there is none.</summary>
    public static ReduceKernel Find(ReduceFunction function, DType type) => type switch
    {
        DType.Float32 => function is ReduceFunction.Sum ? Of<float, SingleSum>()
            : function is ReduceFunction.Mean ? Of<float, SingleMean>() : FindNumber<float>(function),
        DType.Float64 => function is ReduceFunction.Mean ? Of<double, DoubleMean>() : FindNumber<double>(function),
        DType.Int32 => FindNumber<int>(function),
        DType.Int64 => FindNumber<long>(function),
        DType.UInt8 => FindNumber<byte>(function),
        DType.Bool when function is ReduceFunction.Max or ReduceFunction.Min or ReduceFunction.ArgMax or ReduceFunction.ArgMin =>
            FindNumber<byte>(function),
        _ => default,
    };

    private static ReduceKernel FindNumber<T>(ReduceFunction function) where T : unmanaged, INumber<T>, IMinMaxValue<T> => function switch
    {
        ReduceFunction.Sum => Of<T, PlainSum<T>>(),
        ReduceFunction.Prod => Of<T, PlainProduct<T>>(),
        ReduceFunction.Max => Of<T, PlainMax<T>>(),
        ReduceFunction.Min => Of<T, PlainMin<T>>(),
        ReduceFunction.ArgMax => Index<T, Greatest<T>>(),
        ReduceFunction.ArgMin => Index<T, Least<T>>(),
        _ => default,
    };

    private static ReduceKernel Of<T, TOp>() where T : unmanaged, INumber<T> where TOp : struct, IReduction<T> => new(
        TOp.AccumulatorSize, sizeof(T), &TOp.Begin,
        Vector512.IsHardwareAccelerated ? &ReduceLoops.Accumulate<Simd512<T>, T, TOp>
        : Vector256.IsHardwareAccelerated ? &ReduceLoops.Accumulate<Simd256<T>, T, TOp>
        : Vector128.IsHardwareAccelerated ? &ReduceLoops.Accumulate<Simd128<T>, T, TOp>
        : &ReduceLoops.Accumulate<Simd1<T>, T, TOp>,
        &TOp.Combine, &TOp.Finish);

    private static ReduceKernel Index<T, TOrder>() where T : unmanaged, INumber<T> where TOrder : struct, IOrder<T> => new(
        sizeof(Indexed<T>), sizeof(long),
        &IndexLoops<T, TOrder>.Begin, &IndexLoops<T, TOrder>.Accumulate, &IndexLoops<T, TOrder>.Combine, &IndexLoops<T, TOrder>.Finish);
}
