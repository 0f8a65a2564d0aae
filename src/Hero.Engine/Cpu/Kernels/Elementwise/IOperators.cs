using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>A formula of one operand, for registers of any width.</summary>
internal interface IUnaryOperator<T> where T : unmanaged, INumber<T>
{
    static abstract TV Invoke<TV>(TV a) where TV : struct, ISimd<TV, T>;
}

/// <summary>A formula of two operands, for registers of any width.</summary>
internal interface IBinaryOperator<T> where T : unmanaged, INumber<T>
{
    static abstract TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T>;
}

/// <summary>A formula of three operands, for registers of any width.</summary>
internal interface ITernaryOperator<T> where T : unmanaged, INumber<T>
{
    static abstract TV Invoke<TV>(TV a, TV b, TV c) where TV : struct, ISimd<TV, T>;
}

/// <summary>A formula of two operands, for one element: where registers have no form of it.</summary>
internal interface IScalarOperator<T> where T : unmanaged, INumber<T>
{
    static abstract T Invoke(T a, T b);
}
