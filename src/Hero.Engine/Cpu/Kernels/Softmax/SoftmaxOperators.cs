using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

// The formulas of the softmax family over rows, where m is the row's greatest element.

/// <summary>e^(a - m).</summary>
internal readonly struct ShiftedExp<TV, T>(T m) : IRowOperator<TV, T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    private readonly TV m = TV.All(m);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Invoke(TV a, TV b) => SimdExp.Exp<TV, T>(a - m);
}

/// <summary>b (a - m), and 0 where b is 0 whatever a is.</summary>
internal readonly struct ShiftedProduct<TV, T>(T m) : IRowOperator<TV, T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    private readonly TV m = TV.All(m);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Invoke(TV a, TV b) => TV.SelectEqual(b, TV.All(T.Zero), b, b * (a - m));
}

/// <summary>a b.</summary>
internal readonly struct RowProduct<TV, T> : IRowOperator<TV, T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Invoke(TV a, TV b) => a * b;
}

/// <summary>a.</summary>
internal readonly struct RowElement<TV, T> : IRowOperator<TV, T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Invoke(TV a, TV b) => a;
}

/// <summary>a * factor.</summary>
internal readonly struct RowScale<TV, T>(T factor) : IRowOperator<TV, T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    private readonly TV factor = TV.All(factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Invoke(TV a, TV b) => a * factor;
}

/// <summary>(a - m) - logarithm: in two steps, because m alone may be far larger than the result.</summary>
internal readonly struct RowLogSoftmax<TV, T>(T m, T logarithm) : IRowOperator<TV, T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    private readonly TV m = TV.All(m);
    private readonly TV logarithm = TV.All(logarithm);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Invoke(TV a, TV b) => a - m - logarithm;
}

/// <summary>Softmax's gradient: y (dy - dot), a being y and b dy.</summary>
internal readonly struct RowSoftmaxGradient<TV, T>(T dot) : IRowOperator<TV, T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    private readonly TV dot = TV.All(dot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Invoke(TV a, TV b) => a * (b - dot);
}

/// <summary>Log-softmax's gradient: dy - e^y sum, a being y and b dy.</summary>
internal readonly struct RowLogSoftmaxGradient<TV, T>(T sum) : IRowOperator<TV, T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    private readonly TV sum = TV.All(sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Invoke(TV a, TV b) => b - SimdExp.Exp<TV, T>(a) * sum;
}

/// <summary>Cross-entropy's gradient: a * factor - dz * b, a being e^(x - m) and b the target.</summary>
internal readonly struct RowCrossEntropyGradient<TV, T>(T factor, T dz) : IRowOperator<TV, T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    private readonly TV factor = TV.All(factor);
    private readonly TV dz = TV.All(dz);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Invoke(TV a, TV b) => a * factor - dz * b;
}
