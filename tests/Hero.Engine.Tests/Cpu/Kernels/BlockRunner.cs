using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kernel = nint;

namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>Runs block kernels on arrays, with guard bytes around the destination that must survive.</summary>
internal static unsafe class BlockRunner
{
    private const int Guard = 64;

    public static TOut[] Run<TOut, TA, TB, TC>(Kernel kernel, TA[] a, TB[]? b, TC[]? c, int n)
        where TOut : unmanaged where TA : unmanaged where TB : unmanaged where TC : unmanaged
    {
        Assert.NotEqual(0, kernel);
        var buffer = new byte[2 * Guard + n * sizeof(TOut)];
        Array.Fill(buffer, (byte)0xA5);
        fixed (byte* destination = buffer)
        fixed (void* pa = a, pb = b, pc = c)
        {
            ((delegate*<void*, void*, void*, void*, nint, void>)kernel)(destination + Guard, pa, pb, pc, n);
        }
        Assert.Equal(-1, buffer.AsSpan(0, Guard).IndexOfAnyExcept((byte)0xA5));
        Assert.Equal(-1, buffer.AsSpan(Guard + n * sizeof(TOut)).IndexOfAnyExcept((byte)0xA5));
        return MemoryMarshal.Cast<byte, TOut>(buffer.AsSpan(Guard, n * sizeof(TOut))).ToArray();
    }

    /// <summary>Checks that elements do not depend on their place, on n, or on the destination being one of the operands.</summary>
    public static void CheckPlaces<TOut, T>(Kernel kernel, T[] a, T[]? b, T[]? c)
        where TOut : unmanaged where T : unmanaged
    {
        var whole = Run<TOut, T, T, T>(kernel, a, b, c, a.Length);
        for (var n = 0; n <= Math.Min(a.Length, 256); n++)
        {
            // The last n elements: every element is met at many places, in bodies and tails.
            var part = Run<TOut, T, T, T>(kernel, a[^n..], b?[^n..], c?[^n..], n);
            SameBits(whole[^n..], part);
            if (Unsafe.SizeOf<TOut>() != Unsafe.SizeOf<T>()) continue;
            foreach (var operand in new[] { a, b, c })
            {
                if (operand is null) continue;
                SameBits(whole[^n..], InPlace<TOut, T>(kernel, a[^n..], b?[^n..], c?[^n..], operand[^n..], operand == a ? 0 : operand == b ? 1 : 2));
            }
        }
    }

    public static void SameBits<T>(T[] expected, T[] actual) where T : unmanaged
    {
        if (MemoryMarshal.AsBytes<T>(expected).SequenceEqual(MemoryMarshal.AsBytes<T>(actual))) return;
        Assert.Fail($"Expected the same bits: [{string.Join(", ", expected)}] and [{string.Join(", ", actual)}]");
    }

    private static TOut[] InPlace<TOut, T>(Kernel kernel, T[] a, T[]? b, T[]? c, T[] operand, int which)
        where TOut : unmanaged where T : unmanaged
    {
        var destination = (T[])operand.Clone();
        fixed (T* pa = which == 0 ? destination : a, pb = which == 1 ? destination : b, pc = which == 2 ? destination : c, d = destination)
        {
            ((delegate*<void*, void*, void*, void*, nint, void>)kernel)(d, pa, pb, pc, destination.Length);
        }
        return MemoryMarshal.Cast<T, TOut>(destination).ToArray();
    }
}
