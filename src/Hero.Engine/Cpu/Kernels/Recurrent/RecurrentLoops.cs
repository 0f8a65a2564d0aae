using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>Loops over a row of units that several cells share. A last register is padded, so that a unit's result never depends on where it stands.</summary>
internal static unsafe class RecurrentLoops<TV, T>
    where TV : struct, ISimd<TV, T>
    where T : unmanaged, INumber<T>
{
    /// <summary>target += source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(T* target, T* source, nint n)
    {
        for (nint i = 0; i < n; i += TV.Count) Store(Load(target + i, n - i) + Load(source + i, n - i), target + i, n - i);
    }

    /// <summary>The next register, zeros behind the last unit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Load(T* source, nint left) => left >= TV.Count ? TV.Load(source) : TV.LoadFirst(source, left, TV.All(T.Zero));

    /// <summary>Writes as many lanes as there are units.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TV value, T* target, nint left)
    {
        if (left >= TV.Count) TV.Store(value, target);
        else TV.StoreFirst(value, target, left);
    }
}
