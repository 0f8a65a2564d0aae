using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hero.Cpu.Kernels;

/// <summary>float32 in 128-bit registers (ARM64 and old x64).</summary>
internal unsafe struct Float128 : ITileVector<Vector128<float>, float>
{
    public static int MaxRows => 6;

    public static Vector128<float> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<float>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    public static Vector128<float> LoadFirst(float* source, int count)
    {
        if (count >= Vector128<float>.Count) return Vector128.Load(source);
        var value = Vector128<float>.Zero;
        for (var i = 0; i < count; i++) value = value.WithElement(i, source[i]);
        return value;
    }

    public static void StoreFirst(Vector128<float> value, float* target, int count)
    {
        if (count >= Vector128<float>.Count) value.Store(target);
        else for (var i = 0; i < count; i++) target[i] = value.GetElement(i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float* source) => Vector128.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> value, float* target) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> left, Vector128<float> right, Vector128<float> sum) => Vector128.MultiplyAddEstimate(left, right, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> left, Vector128<float> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> value) => Vector128.Sum(value);
}

/// <summary>float64 in 128-bit registers (ARM64 and old x64).</summary>
internal unsafe struct Double128 : ITileVector<Vector128<double>, double>
{
    public static int MaxRows => 6;

    public static Vector128<double> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<double>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Load(double* source) => Vector128.Load(source);

    public static Vector128<double> LoadFirst(double* source, int count)
    {
        if (count >= Vector128<double>.Count) return Vector128.Load(source);
        var value = Vector128<double>.Zero;
        for (var i = 0; i < count; i++) value = value.WithElement(i, source[i]);
        return value;
    }

    public static void StoreFirst(Vector128<double> value, double* target, int count)
    {
        if (count >= Vector128<double>.Count) value.Store(target);
        else for (var i = 0; i < count; i++) target[i] = value.GetElement(i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Broadcast(double* source) => Vector128.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<double> value, double* target) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> MultiplyAdd(Vector128<double> left, Vector128<double> right, Vector128<double> sum) => Vector128.MultiplyAddEstimate(left, right, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Add(Vector128<double> left, Vector128<double> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector128<double> value) => Vector128.Sum(value);
}
