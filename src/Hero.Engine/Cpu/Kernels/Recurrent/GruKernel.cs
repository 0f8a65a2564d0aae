using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Gates z, r, g with the reset after the product p: g = tanh(xg + r pg), h' = z h + (1 - z) g. On the way back dg = dh' (1 - z) (1 - g^2),
/// dpg = dg r, dr = dg pg r (1 - r), dz = dh' (h - g) z (1 - z); dh = dh' z.
/// </summary>
internal readonly unsafe struct GruKernel<T> : IRecurrentKernel<T> where T : unmanaged, INumber<T>
{
    public static int Gates => 3;

    public static int States => 1;

    public static int Kept => 4;

    public static bool HasOwnProductGradient => true;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<TV>(in RecurrentRow<T> row) where TV : struct, ISimd<TV, T>
    {
        T* x = row.X, product = row.Product, kept = row.Kept, before = row.Before, after = row.After;
        nint n = row.Count, gate = row.GateStep, step = row.ProductStep, keptStep = row.KeptStep;
        for (nint at = 0; at < n; at += TV.Count)
        {
            var left = n - at;
            var z = SimdExp.Sigmoid<TV, T>(RecurrentLoops<TV, T>.Load(x + at, left) + RecurrentLoops<TV, T>.Load(product + at, left));
            var r = SimdExp.Sigmoid<TV, T>(RecurrentLoops<TV, T>.Load(x + at + gate, left) + RecurrentLoops<TV, T>.Load(product + at + step, left));
            RecurrentLoops<TV, T>.Store(z, kept + at, left);
            RecurrentLoops<TV, T>.Store(r, kept + at + keptStep, left);
        }
        // Apart from the gates, which the processor would not reach ahead over: this waits for the second, and takes as long again.
        for (nint at = 0; at < n; at += TV.Count)
        {
            var left = n - at;
            TV z = RecurrentLoops<TV, T>.Load(kept + at, left), r = RecurrentLoops<TV, T>.Load(kept + at + keptStep, left);
            var p = RecurrentLoops<TV, T>.Load(product + at + 2 * step, left);
            var g = SimdExp.Tanh<TV, T>(TV.MultiplyAdd(r, p, RecurrentLoops<TV, T>.Load(x + at + 2 * gate, left)));
            RecurrentLoops<TV, T>.Store(g, kept + at + 2 * keptStep, left);
            RecurrentLoops<TV, T>.Store(p, kept + at + 3 * keptStep, left);
            RecurrentLoops<TV, T>.Store(TV.MultiplyAdd(z, RecurrentLoops<TV, T>.Load(before + at, left) - g, g), after + at, left);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<TV>(in RecurrentGradientRow<T> row) where TV : struct, ISimd<TV, T>
    {
        T* kept = row.Kept, before = row.Before, dh = row.Carried, up = row.Upstream, dx = row.Dx, dproduct = row.Dproduct;
        nint n = row.Count, gate = row.GateStep;
        var one = TV.All(T.One);
        for (nint at = 0; at < n; at += TV.Count)
        {
            var left = n - at;
            TV z = RecurrentLoops<TV, T>.Load(kept + at, left), r = RecurrentLoops<TV, T>.Load(kept + at + gate, left);
            TV g = RecurrentLoops<TV, T>.Load(kept + at + 2 * gate, left), p = RecurrentLoops<TV, T>.Load(kept + at + 3 * gate, left);
            var h = RecurrentLoops<TV, T>.Load(dh + at, left) + RecurrentLoops<TV, T>.Load(up + at, left);
            var dg = h * (one - z) * (one - g * g);
            var dr = dg * p * r * (one - r);
            var dz = h * (RecurrentLoops<TV, T>.Load(before + at, left) - g) * z * (one - z);
            RecurrentLoops<TV, T>.Store(dz, dx + at, left);
            RecurrentLoops<TV, T>.Store(dr, dx + at + gate, left);
            RecurrentLoops<TV, T>.Store(dg, dx + at + 2 * gate, left);
            RecurrentLoops<TV, T>.Store(dz, dproduct + at, left);
            RecurrentLoops<TV, T>.Store(dr, dproduct + at + gate, left);
            RecurrentLoops<TV, T>.Store(dg * r, dproduct + at + 2 * gate, left);
            RecurrentLoops<TV, T>.Store(h * z, dh + at, left);
        }
    }
}
