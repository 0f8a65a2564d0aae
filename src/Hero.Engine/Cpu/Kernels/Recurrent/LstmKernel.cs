using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Gates i, f, g, o: c' = f c + i g, h' = o tanh c'. On the way back dc' += dh' o (1 - tanh^2 c'); di = dc' g i (1 - i), df = dc' c f (1 - f),
/// dg = dc' i (1 - g^2), do = dh' tanh c' o (1 - o); dc = dc' f.
/// </summary>
internal readonly unsafe struct LstmKernel<T> : IRecurrentKernel<T> where T : unmanaged, INumber<T>
{
    public static int Gates => 4;

    public static int States => 2;

    public static int Kept => 4;

    public static bool HasOwnProductGradient => false;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<TV>(in RecurrentRow<T> row) where TV : struct, ISimd<TV, T>
    {
        T* x = row.X, product = row.Product, kept = row.Kept, before = row.Before + row.StateStep, h = row.After, c = h + row.StateStep;
        nint n = row.Count, gate = row.GateStep, step = row.ProductStep, keptStep = row.KeptStep;
        for (nint at = 0; at < n; at += TV.Count)
        {
            var left = n - at;
            var i = SimdExp.Sigmoid<TV, T>(RecurrentLoops<TV, T>.Load(x + at, left) + RecurrentLoops<TV, T>.Load(product + at, left));
            var f = SimdExp.Sigmoid<TV, T>(RecurrentLoops<TV, T>.Load(x + at + gate, left) + RecurrentLoops<TV, T>.Load(product + at + step, left));
            var g = SimdExp.Tanh<TV, T>(RecurrentLoops<TV, T>.Load(x + at + 2 * gate, left) + RecurrentLoops<TV, T>.Load(product + at + 2 * step, left));
            var o = SimdExp.Sigmoid<TV, T>(RecurrentLoops<TV, T>.Load(x + at + 3 * gate, left) + RecurrentLoops<TV, T>.Load(product + at + 3 * step, left));
            var state = TV.MultiplyAdd(f, RecurrentLoops<TV, T>.Load(before + at, left), i * g);
            RecurrentLoops<TV, T>.Store(i, kept + at, left);
            RecurrentLoops<TV, T>.Store(f, kept + at + keptStep, left);
            RecurrentLoops<TV, T>.Store(g, kept + at + 2 * keptStep, left);
            RecurrentLoops<TV, T>.Store(o, kept + at + 3 * keptStep, left);
            RecurrentLoops<TV, T>.Store(state, c + at, left);
        }
        // Apart from the gates, which the processor would not reach ahead over: this waits for the state, and takes as long again.
        for (nint at = 0; at < n; at += TV.Count)
        {
            var left = n - at;
            var o = RecurrentLoops<TV, T>.Load(kept + at + 3 * keptStep, left);
            RecurrentLoops<TV, T>.Store(o * SimdExp.Tanh<TV, T>(RecurrentLoops<TV, T>.Load(c + at, left)), h + at, left);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<TV>(in RecurrentGradientRow<T> row) where TV : struct, ISimd<TV, T>
    {
        T* kept = row.Kept, before = row.Before + row.StateStep, after = row.After + row.StateStep;
        T* dh = row.Carried, dc = dh + row.CarriedStep, up = row.Upstream, upCell = row.SecondUpstream, dx = row.Dx;
        nint n = row.Count, gate = row.GateStep;
        var one = TV.All(T.One);
        for (nint at = 0; at < n; at += TV.Count)
        {
            var left = n - at;
            TV i = RecurrentLoops<TV, T>.Load(kept + at, left), f = RecurrentLoops<TV, T>.Load(kept + at + gate, left);
            TV g = RecurrentLoops<TV, T>.Load(kept + at + 2 * gate, left), o = RecurrentLoops<TV, T>.Load(kept + at + 3 * gate, left);
            var tanh = SimdExp.Tanh<TV, T>(RecurrentLoops<TV, T>.Load(after + at, left));
            var h = RecurrentLoops<TV, T>.Load(dh + at, left) + RecurrentLoops<TV, T>.Load(up + at, left);
            var c = RecurrentLoops<TV, T>.Load(dc + at, left) + RecurrentLoops<TV, T>.Load(upCell + at, left);
            c += h * o * (one - tanh * tanh);
            RecurrentLoops<TV, T>.Store(c * g * i * (one - i), dx + at, left);
            RecurrentLoops<TV, T>.Store(c * RecurrentLoops<TV, T>.Load(before + at, left) * f * (one - f), dx + at + gate, left);
            RecurrentLoops<TV, T>.Store(c * i * (one - g * g), dx + at + 2 * gate, left);
            RecurrentLoops<TV, T>.Store(h * tanh * o * (one - o), dx + at + 3 * gate, left);
            RecurrentLoops<TV, T>.Store(c * f, dc + at, left);
            RecurrentLoops<TV, T>.Store(TV.All(T.Zero), dh + at, left);
        }
    }
}
