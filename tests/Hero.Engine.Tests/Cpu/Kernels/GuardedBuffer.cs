using System.Numerics;
using System.Runtime.InteropServices;

namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>Memory for a kernel, with guards around it that must survive; what nobody writes is NaN.</summary>
internal sealed unsafe class GuardedBuffer<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Guard = 64;
    private const double GuardValue = -12345;

    private readonly T* block;

    public GuardedBuffer(int length)
    {
        Length = length;
        block = (T*)NativeMemory.Alloc((nuint)(length + 2 * Guard) * (nuint)sizeof(T));
        new Span<T>(block, length + 2 * Guard).Fill(T.CreateChecked(GuardValue));
        new Span<T>(Data, length).Fill(T.NaN);
    }

    public GuardedBuffer(double[] values)
        : this(values.Length)
    {
        for (var i = 0; i < values.Length; i++) Data[i] = T.CreateChecked(values[i]);
    }

    public int Length { get; }

    public T* Data => block + Guard;

    public T[] ToArray()
    {
        foreach (var value in new Span<T>(block, Guard)) Assert.Equal(GuardValue, double.CreateChecked(value));
        foreach (var value in new Span<T>(Data + Length, Guard)) Assert.Equal(GuardValue, double.CreateChecked(value));
        return new Span<T>(Data, Length).ToArray();
    }

    public void Dispose() => NativeMemory.Free(block);
}
