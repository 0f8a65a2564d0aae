using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>No vectors: the specification the others are tested against.</summary>
internal unsafe struct TileVector1<T> : ITileVector<T, T> where T : unmanaged, INumber<T>
{
    public static int MaxRows => 4;

    public static T Zero => T.Zero;

    public static T Load(T* source) => *source;

    public static T LoadFirst(T* source, int count) => *source;

    public static T Broadcast(T* source) => *source;

    public static void Store(T value, T* target) => *target = value;

    public static void StoreFirst(T value, T* target, int count) => *target = value;

    public static T MultiplyAdd(T left, T right, T sum) => left * right + sum;

    public static bool MultipliesFromMemory => false;

    public static T MultiplyAdd(T* left, T right, T sum) => MultiplyAdd(Broadcast(left), right, sum);

    public static T Add(T left, T right) => left + right;

    public static T Clamp(T value, T low, T high) => value < low ? low : value > high ? high : value;

    public static T Sum(T value) => value;

    public static void StoreSums(T a, T b, T c, T d, T* target) => (target[0], target[1], target[2], target[3]) = (a, b, c, d);
}
