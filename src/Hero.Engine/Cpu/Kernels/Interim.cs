using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>Plain loops that stand in until the vectorized kernels land; nothing else may use them.</summary>
internal static unsafe class Interim
{
    public static bool Gather<T>(T* table, void* indices, bool wide, T* y, nint count, nint tableRows, nint width, bool scatter) where T : unmanaged, INumber<T>
    {
        for (nint i = 0; i < count; i++)
        {
            var index = wide ? ((long*)indices)[i] : ((int*)indices)[i];
            if (index < 0) index += tableRows;
            if (index < 0 || index >= tableRows) return false;
            for (nint k = 0; k < width; k++)
                if (scatter) y[index * width + k] += table[i * width + k];
                else y[i * width + k] = table[index * width + k];
        }
        return true;
    }

    public static double Number(long seed, long counter, nint index)
    {
        var z = (ulong)seed * 0x9E3779B97F4A7C15 + (ulong)counter * 0xD1B54A32D192ED03 + (ulong)index * 0x8CB92BA72F3D8DD7;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
