using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hero.Cpu.Kernels;

/// <summary>Picks the register width for rows of a given length.</summary>
internal static class SimdWidth
{
    /// <summary>
    /// The bits of the widest registers the processor is fast with that a row of <paramref name="length"/> numbers fills at least once;
    /// 0 where that is none. A row that is no multiple is finished by a last register that overlaps the one before.
    /// </summary>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is neither float nor double, nor the bits of bfloat16.</exception>
    public static int For<T>(nint length)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double) && typeof(T) != typeof(ushort))
        {
            throw new NotSupportedException($"Window kernels expect float or double, got {typeof(T).Name}: cast the tensor to float32 first.");
        }
        if (Vector512.IsHardwareAccelerated && length >= Vector512<T>.Count) return 512;
        if (Vector256.IsHardwareAccelerated && length >= Vector256<T>.Count) return 256;
        if (Vector128.IsHardwareAccelerated && length >= Vector128<T>.Count) return 128;
        return 0;
    }

    /// <summary>How many numbers a register of <see cref="For{T}"/> bits holds; 1 where there is none.</summary>
    public static int Count<T>(nint length)
        where T : unmanaged, INumber<T>
        => Math.Max(For<T>(length) / 8 / Unsafe.SizeOf<T>(), 1);
}
