using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

// Formulas for float and double only, named after ScalarFunction. IsNaN and IsFinite give masks.

internal readonly struct ExpOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => SimdExp.Exp<TV, T>(a);
}

internal readonly struct Expm1Operator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => SimdExp.Expm1<TV, T>(a);
}

internal readonly struct LogOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => SimdLog.Log<TV, T>(a);
}

internal readonly struct Log1pOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => SimdLog.Log1p<TV, T>(a);
}

internal readonly struct SqrtOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => TV.Sqrt(a);
}

internal readonly struct RsqrtOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => TV.All(T.One) / TV.Sqrt(a);
}

internal readonly struct ReciprocalOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => TV.All(T.One) / a;
}

internal readonly struct SinOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => SimdTrig.Sin<TV, T>(a);
}

internal readonly struct CosOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => SimdTrig.Cos<TV, T>(a);
}

internal readonly struct TanOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => SimdTrig.Tan<TV, T>(a);
}

internal readonly struct TanhOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => SimdExp.Tanh<TV, T>(a);
}

internal readonly struct SigmoidOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => SimdExp.Sigmoid<TV, T>(a);
}

internal readonly struct ErfOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => SimdErf.Erf<TV, T>(a);
}

internal readonly struct SoftplusOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => SimdLog.Softplus<TV, T>(a);
}

internal readonly struct FlushToZeroOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> =>
        TV.SelectLess(TV.Abs(a), TV.All(SimdBits.Constant<T>(7.70371978e-34f, 1.4582244039112795e-303)), TV.All(T.Zero), a);
}

internal readonly struct FloorOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => TV.Floor(a);
}

internal readonly struct CeilOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => TV.Ceiling(a);
}

internal readonly struct RoundOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => TV.Round(a);
}

internal readonly struct IsNaNOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> => ~TV.Equal(a, a);
}

internal readonly struct IsFiniteOperator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> =>
        TV.Less(TV.Abs(a), TV.All(SimdBits.Constant<T>(float.PositiveInfinity, double.PositiveInfinity)));
}

internal readonly struct DivideOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => a / b;
}

/// <summary>float32 to the nearest number that bfloat16 has, halves to the even one.</summary>
internal readonly struct RoundToBFloat16Operator<T> : IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T> =>
        SimdBits.RoundedToBFloat16<TV, T>(a) & TV.All(SimdBits.FromBits<T>(unchecked((int)0xffff0000)));
}

internal readonly struct PowOperator<T> : IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => SimdPow.Pow<TV, T>(a, b);
}
