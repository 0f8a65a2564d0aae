using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

// Formulas for numbers of every type, named after ScalarFunction. Integers wrap. A NaN fails every comparison, so the
// selections are written to let it through.

internal readonly struct NegateOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => -a;
}

internal readonly struct AbsOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => TV.Abs(a);
}

internal readonly struct SignOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> =>
        TV.SelectLess(a, TV.All(T.Zero), TV.All(T.Zero - T.One), TV.SelectLess(TV.All(T.Zero), a, TV.All(T.One), a));
}

internal readonly struct SquareOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => a * a;
}

internal readonly struct ReluOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> =>
        TV.SelectLess(a, TV.All(T.Zero), TV.All(T.Zero), a);
}

internal readonly struct Relu6Operator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T>
    {
        var six = TV.All(T.CreateTruncating(6));
        a = TV.SelectLess(a, TV.All(T.Zero), TV.All(T.Zero), a);
        return TV.SelectLess(six, a, six, a);
    }
}

internal readonly struct ReluGradientOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> =>
        TV.SelectLess(TV.All(T.Zero), a, b, TV.All(T.Zero));
}

internal readonly struct Relu6GradientOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T>
    {
        var zero = TV.All(T.Zero);
        return TV.SelectLess(zero, a, TV.SelectLess(a, TV.All(T.CreateTruncating(6)), b, zero), zero);
    }
}

internal readonly struct AddOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => a + b;
}

internal readonly struct SubtractOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => a - b;
}

internal readonly struct MultiplyOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => a * b;
}

internal readonly struct MaximumOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double)
            ? TV.SelectEqual(b, b, TV.SelectLess(a, b, b, a), b)
            : TV.SelectLess(a, b, b, a);
}

internal readonly struct MinimumOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double)
            ? TV.SelectEqual(b, b, TV.SelectLess(b, a, b, a), b)
            : TV.SelectLess(b, a, b, a);
}

internal readonly struct ClipOperator<T> : ITernaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b, TV c) where TV : struct, ISimd<TV, T> =>
        MinimumOperator<T>.Invoke(MaximumOperator<T>.Invoke(a, b), c);
}

internal readonly struct MultiplyAddOperator<T> : ITernaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b, TV c) where TV : struct, ISimd<TV, T> => TV.Fma(a, b, c);
}
