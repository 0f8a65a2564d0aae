using System.Numerics;
using System.Runtime.Intrinsics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Matrix multiplication C = op(A) op(B) on dense row-major matrices, float32 and float64. Register tiles over operands packed in
/// panels; see <see cref="GemmTile"/> for the arithmetic and <see cref="GemmPlan"/> for how work is cut.
/// </summary>
internal static unsafe class Gemm
{
    /// <summary>
    /// C[b] = op(A[b]) op(B[b]) for b &lt; <paramref name="batch"/>. op(A) is m x k: A is [m, k], or [k, m] with
    /// <paramref name="transposeA"/>; op(B) is k x n: B is [k, n], or [n, k] with <paramref name="transposeB"/>; C is [m, n].
    /// The strides, in elements, lead from one matrix of the batch to the next; 0 repeats the same A or B. C overlaps neither.
    /// A is read through <paramref name="intake"/> instead where there is one, which is for a single product that <see cref="TakesLeft"/>.
    /// With k = 0 C becomes zero. The epilogue's ranges count from <paramref name="c"/>.
    /// </summary>
    public static void Run<T, TEpilogue>(
        T* a, T* b, T* c, int m, int n, int k, bool transposeA, bool transposeB,
        int batch, nint strideA, nint strideB, nint strideC, TEpilogue epilogue, in Intake intake = default)
        where T : unmanaged, INumber<T>
        where TEpilogue : struct, IEpilogue
    {
        if (m == 0 || n == 0 || batch == 0) return;
        var call = new GemmCall<T>
        {
            A = a, B = b, C = c, M = m, N = n, K = k, TransposeA = transposeA, TransposeB = transposeB,
            Batch = batch, StrideA = strideA, StrideB = strideB, StrideC = strideC,
        };
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double)) throw Unsupported(typeof(T));
        if (Vector512.IsHardwareAccelerated) GemmDriver<TileVector512<T>, Vector512<T>, T, TEpilogue>.Run(&call, epilogue, intake);
        else if (Vector256.IsHardwareAccelerated) GemmDriver<TileVector256<T>, Vector256<T>, T, TEpilogue>.Run(&call, epilogue, intake);
        else if (Vector128.IsHardwareAccelerated) GemmDriver<TileVector128<T>, Vector128<T>, T, TEpilogue>.Run(&call, epilogue, intake);
        else GemmDriver<TileVector1<T>, T, T, TEpilogue>.Run(&call, epilogue, intake);
    }

    /// <summary>Whether op(A) B of float32 reads each row of A in one item only, so that it may be an intake.</summary>
    public static bool TakesLeft(int m, int n, int k, bool transposeA)
    {
        if (Vector512.IsHardwareAccelerated) return GemmDriver<TileVector512<float>, Vector512<float>, float, NoEpilogue>.TakesLeft(m, n, k, transposeA);
        if (Vector256.IsHardwareAccelerated) return GemmDriver<TileVector256<float>, Vector256<float>, float, NoEpilogue>.TakesLeft(m, n, k, transposeA);
        if (Vector128.IsHardwareAccelerated) return GemmDriver<TileVector128<float>, Vector128<float>, float, NoEpilogue>.TakesLeft(m, n, k, transposeA);
        return GemmDriver<TileVector1<float>, float, float, NoEpilogue>.TakesLeft(m, n, k, transposeA);
    }

    internal static NotSupportedException Unsupported(Type type) =>
        new($"Matrix multiplication computes in float32 and float64, got {type.Name}. Cast the operands to one of them first.");
}

/// <summary>The arguments of one <see cref="Gemm.Run"/>.</summary>
internal unsafe struct GemmCall<T> where T : unmanaged
{
    public T* A, B, C;
    public int M, N, K, Batch;
    public bool TransposeA, TransposeB;
    public nint StrideA, StrideB, StrideC;
}
