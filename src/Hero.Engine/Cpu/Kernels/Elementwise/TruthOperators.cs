using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

// Comparisons and logic: operands of any type, the result a mask. In logic every value but 0 counts as true.

internal readonly struct EqualOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => TV.Equal(a, b);
}

internal readonly struct NotEqualOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => ~TV.Equal(a, b);
}

internal readonly struct LessOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => TV.Less(a, b);
}

internal readonly struct LessEqualOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => TV.LessEqual(a, b);
}

internal readonly struct GreaterOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => TV.Less(b, a);
}

internal readonly struct GreaterEqualOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => TV.LessEqual(b, a);
}

internal readonly struct LogicalNotOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => TV.Equal(a, TV.All(T.Zero));
}

internal readonly struct LogicalAndOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> =>
        ~(TV.Equal(a, TV.All(T.Zero)) | TV.Equal(b, TV.All(T.Zero)));
}

internal readonly struct LogicalOrOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> =>
        ~(TV.Equal(a, TV.All(T.Zero)) & TV.Equal(b, TV.All(T.Zero)));
}

internal readonly struct LogicalXorOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> =>
        TV.Equal(a, TV.All(T.Zero)) ^ TV.Equal(b, TV.All(T.Zero));
}

internal readonly struct IsTrueOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => ~TV.Equal(a, TV.All(T.Zero));
}
