using System.Runtime.Intrinsics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Matrix multiplication with operands in bfloat16 and sums in float32: C = op(A) op(B). Operands of float32 are rounded to the nearest
/// bfloat16 as they are packed; those of two bytes are bfloat16 already. In three parts, products of float32 are those of the rounded operands
/// and of each with what rounding the other leaves over (its <see cref="Remainder"/>): about 16 significant bits of each factor.
/// </summary>
internal static unsafe class BFloat16Gemm
{
    /// <summary>Multiply-adds and sides below which packing for the unit takes longer than the float32 product does.</summary>
    private const double LeastWork = 128 * 1024;
    private const int LeastSide = 8;

    /// <summary>Multiply-adds for every element of operands and result below which memory sets the pace, where they leave the cache.</summary>
    private const double LeastIntensity = 24;
    private const double CachedElements = 1024 * 1024;

    /// <summary>The same where the left operand is transposed, which takes packing longer, and where numbers have to be rounded for that.</summary>
    private const double LeastTransposedWork = 512 * 1024, LeastTransposedIntensity = 13, LeastRoundedWork = 4_000_000, LeastRoundedIntensity = 26;

    /// <summary>Sides below which three products and twice the packing take as long as float32 does, or longer.</summary>
    private const int LeastSideOfThree = 1024;

    /// <summary>Multiply-adds from which a matrix of a batch is worth the whole team.</summary>
    private const double LargeMatrix = 16_000_000;

    /// <summary>Whether the unit is there and a product of this shape gains from it.</summary>
    /// <param name="m">Rows of the product.</param>
    /// <param name="n">Its columns.</param>
    /// <param name="k">The inner dimension.</param>
    /// <param name="transposeA">Whether A is [k, m].</param>
    /// <param name="isRounded">Whether operands are float32 and rounded as they are packed.</param>
    public static bool Pays(int m, int n, int k, bool transposeA, bool isRounded)
    {
        double work = (double)m * n * k, elements = (double)m * k + (double)k * n + (double)m * n;
        var (leastWork, leastIntensity) = !transposeA ? (LeastWork, 0) : isRounded ? (LeastRoundedWork, LeastRoundedIntensity) : (LeastTransposedWork, LeastTransposedIntensity);
        if (elements > CachedElements) leastIntensity = Math.Max(leastIntensity, LeastIntensity);
        return m >= LeastSide && n >= LeastSide && k >= LeastSide && work >= leastWork && work >= leastIntensity * elements && TileUnit.IsSupported;
    }

    /// <summary>Whether a product of this shape in three parts gains on float32.</summary>
    public static bool ThreePartsPay(int m, int n, int k) =>
        Math.Min(Math.Min(m, n), k) >= LeastSideOfThree && Pays(m, n, k, transposeA: false, isRounded: true) && TileUnit.IsFast;

    /// <summary>As <see cref="Gemm.Run"/>, with a result of float32; where <paramref name="c"/> is null, only the epilogue sees it.</summary>
    public static void Run<T, TEpilogue>(
        T* a, T* b, float* c, int m, int n, int k, bool transposeA, bool transposeB,
        int batch, nint strideA, nint strideB, nint strideC, TEpilogue epilogue, bool inThreeParts = false)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue
    {
        if (batch > 1 && strideB == 0 && !transposeA && strideA == (nint)m * k && strideC == (nint)m * n && (long)m * batch <= int.MaxValue)
        {
            m *= batch;   // one tall matrix
            batch = 1;
        }
        var matrices = new Matrices<T, TEpilogue>
        {
            A = a, B = b, C = c, M = m, N = n, K = k, TransposeA = transposeA, TransposeB = transposeB,
            StrideA = strideA, StrideB = strideB, StrideC = strideC, Epilogue = epilogue, InThreeParts = inThreeParts,
        };
        if ((double)m * n * k < LargeMatrix) WorkerTeam.Default.For(batch, ref matrices);
        else for (var i = 0; i < batch; i++) matrices.Run(i);
    }

    /// <summary>C = A B for a right operand that a <see cref="BFloat16Matrix"/> has packed: the numbers are those of <see cref="Run"/>.</summary>
    public static void RunPacked<T, TEpilogue>(T* a, ushort* packedB, float* c, int m, int n, int k, TEpilogue epilogue)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue =>
        RunOne<T, TEpilogue>(a, null, c, m, n, k, false, false, 0, epilogue, packedB);

    private static void RunOne<T, TEpilogue>(
        T* a, T* b, float* c, int m, int n, int k, bool transposeA, bool transposeB, nint start, TEpilogue epilogue, ushort* packedB = null, bool inThreeParts = false)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue
    {
        var operands = new BFloat16Operands<T> { A = a, B = b, M = m, N = n, K = k, TransposeA = transposeA, TransposeB = transposeB, StepB = transposeB ? k : n };
        var body = new BFloat16GemmBody<T, TEpilogue>
        {
            Operands = &operands, C = c, Plan = BFloat16GemmPlan.Of(m, n, k), Epilogue = epilogue, OutputStart = start,
        };
        operands.Height = body.Plan.Height;

        // What several items read is packed once, before; the rest by the item that reads it.
        nint leftSize = body.Plan.ColumnBlocks > 1 ? operands.LeftSize : 0, rightSize = packedB == null && body.Plan.RowBlocks > 1 ? operands.RightSize : 0;
        var memory = (ushort*)Scratch.Get(0, (inThreeParts ? 2 : 1) * (leftSize + rightSize) * sizeof(ushort));
        operands.Pack(leftSize > 0 ? memory : null, rightSize > 0 ? memory + leftSize : null);
        if (packedB != null) operands.PackedB = packedB;
        var remainders = operands.As<Remainder>();
        if (inThreeParts)
        {
            memory += leftSize + rightSize;
            remainders.Pack(leftSize > 0 ? memory : null, rightSize > 0 ? memory + leftSize : null);
            body.Remainders = &remainders;
        }

        var (size, partials) = ((nint)m * n, body.Plan.DepthChunks - 1);
        if (partials > 0)
        {
            body.Partials = (float*)Scratch.Get(3, (c == null ? partials + 1 : partials) * size * sizeof(float));
            if (c == null) body.C = body.Partials + partials * size;
        }
        WorkerTeam.Default.For(body.Plan.Items, ref body);
        if (partials == 0) return;
        if (c == null) Add(body.C, size, body.Partials, partials, new HiddenOutput<TEpilogue>(body.C, start, epilogue), start);
        else Add(c, size, body.Partials, partials, epilogue, start);
    }

    private static void Add<TEpilogue>(float* c, nint size, float* partials, int partialCount, TEpilogue epilogue, nint start) where TEpilogue : struct, IEpilogue =>
        GemmReduction<TileVector512<float>, Vector512<float>, float, TEpilogue>.Run(c, size, partials, partialCount, epilogue, start);

    /// <summary>The products of a batch.</summary>
    private struct Matrices<T, TEpilogue> : IParallelBody where T : unmanaged where TEpilogue : struct, IEpilogue
    {
        public T* A, B;
        public float* C;
        public int M, N, K;
        public bool TransposeA, TransposeB;
        public nint StrideA, StrideB, StrideC;
        public TEpilogue Epilogue;
        public bool InThreeParts;

        public readonly void Run(int item) =>
            RunOne(A + item * StrideA, B + item * StrideB, C == null ? null : C + item * StrideC, M, N, K, TransposeA, TransposeB, item * StrideC, Epilogue, inThreeParts: InThreeParts);
    }
}
