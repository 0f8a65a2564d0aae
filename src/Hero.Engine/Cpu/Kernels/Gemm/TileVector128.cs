using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

/// <summary>128-bit registers (ARM64 and old x64): 16 registers hold 6 x 2 sums, two vectors of the right operand and a broadcast.</summary>
internal unsafe struct TileVector128<T> : ITileVector<Vector128<T>, T> where T : unmanaged
{
    public static int MaxRows => 6;

    public static Vector128<T> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<T>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Load(T* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> LoadFirst(T* source, int count)
    {
        if (Avx.IsSupported && sizeof(T) == 4) return Avx.MaskLoad((float*)source, Mask4(count)).As<float, T>();
        if (Avx.IsSupported && sizeof(T) == 8) return Avx.MaskLoad((double*)source, Mask8(count)).As<double, T>();
        return LoadEach(source, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst(Vector128<T> value, T* target, int count)
    {
        if (Avx.IsSupported && sizeof(T) == 4) Avx.MaskStore((float*)target, Mask4(count), value.As<T, float>());
        else if (Avx.IsSupported && sizeof(T) == 8) Avx.MaskStore((double*)target, Mask8(count), value.As<T, double>());
        else StoreEach(value, target, count);
    }

    private static Vector128<T> LoadEach(T* source, int count)
    {
        if (count >= Vector128<T>.Count) return Vector128.Load(source);
        var value = Vector128<T>.Zero;
        for (var i = 0; i < count; i++) value = value.WithElement(i, source[i]);
        return value;
    }

    private static void StoreEach(Vector128<T> value, T* target, int count)
    {
        if (count >= Vector128<T>.Count) value.Store(target);
        else for (var i = 0; i < count; i++) target[i] = value.GetElement(i);
    }

    // As one load: the shuffle that would otherwise follow it takes a port that additions need.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Broadcast(T* source) =>
        Avx.IsSupported && sizeof(T) == 4 ? Avx.BroadcastScalarToVector128((float*)source).As<float, T>()
        : Sse3.IsSupported && sizeof(T) == 8 ? Sse3.LoadAndDuplicateToVector128((double*)source).As<double, T>()
        : Vector128.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<T> value, T* target) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> MultiplyAdd(Vector128<T> left, Vector128<T> right, Vector128<T> sum) => typeof(T) == typeof(float)
        ? Vector128.MultiplyAddEstimate(left.AsSingle(), right.AsSingle(), sum.AsSingle()).As<float, T>()
        : Vector128.MultiplyAddEstimate(left.AsDouble(), right.AsDouble(), sum.AsDouble()).As<double, T>();

    public static bool MultipliesFromMemory => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> MultiplyAdd(T* left, Vector128<T> right, Vector128<T> sum) => MultiplyAdd(Broadcast(left), right, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Add(Vector128<T> left, Vector128<T> right) => left + right;

    // On x86 these give their second operand where either is NaN, elsewhere NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Clamp(Vector128<T> value, Vector128<T> low, Vector128<T> high) =>
        Vector128.MinNative(high, Vector128.MaxNative(low, value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Vector128<T> value) => Vector128.Sum(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSums(Vector128<T> a, Vector128<T> b, Vector128<T> c, Vector128<T> d, T* target)
    {
        if (Sse.IsSupported && sizeof(T) == 4)
        {
            // In each 128 bits a[0] + a[2], b[0] + b[2], a[1] + a[3], b[1] + b[3]; the same of c and d; then a, b, c, d.
            var ab = (Sse.UnpackLow(a.AsSingle(), b.AsSingle()) + Sse.UnpackHigh(a.AsSingle(), b.AsSingle())).AsDouble();
            var cd = (Sse.UnpackLow(c.AsSingle(), d.AsSingle()) + Sse.UnpackHigh(c.AsSingle(), d.AsSingle())).AsDouble();
            var sums = Sse2.UnpackLow(ab, cd).AsSingle() + Sse2.UnpackHigh(ab, cd).AsSingle();
            sums.Store((float*)target);
            return;
        }
        (target[0], target[1], target[2], target[3]) = (Sum(a), Sum(b), Sum(c), Sum(d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Mask4(int count) => Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> Mask8(int count) => Vector128.LessThan(Vector128<long>.Indices, Vector128.Create((long)count)).AsDouble();
}
