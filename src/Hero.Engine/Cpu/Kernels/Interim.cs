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
}
