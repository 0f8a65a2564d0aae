using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>h' = tanh(x + p); on the way back dx = dh' (1 - h'^2).</summary>
internal readonly unsafe struct SimpleRnnKernel<T> : IRecurrentKernel<T> where T : unmanaged, INumber<T>
{
    public static int Gates => 1;

    public static int States => 1;

    public static int Kept => 0;

    public static bool HasOwnProductGradient => false;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<TV>(in RecurrentRow<T> row) where TV : struct, ISimd<TV, T>
    {
        T* x = row.X, product = row.Product, after = row.After;
        var n = row.Count;
        for (nint at = 0; at < n; at += TV.Count)
        {
            var left = n - at;
            RecurrentLoops<TV, T>.Store(SimdExp.Tanh<TV, T>(RecurrentLoops<TV, T>.Load(x + at, left) + RecurrentLoops<TV, T>.Load(product + at, left)), after + at, left);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<TV>(in RecurrentGradientRow<T> row) where TV : struct, ISimd<TV, T>
    {
        T* after = row.After, dh = row.Carried, up = row.Upstream, dx = row.Dx;
        var n = row.Count;
        var one = TV.All(T.One);
        for (nint at = 0; at < n; at += TV.Count)
        {
            var left = n - at;
            var h = RecurrentLoops<TV, T>.Load(after + at, left);
            var gradient = RecurrentLoops<TV, T>.Load(dh + at, left) + RecurrentLoops<TV, T>.Load(up + at, left);
            RecurrentLoops<TV, T>.Store(gradient * (one - h * h), dx + at, left);
            RecurrentLoops<TV, T>.Store(TV.All(T.Zero), dh + at, left);
        }
    }
}
