using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>The operands of one product, and how they become what the unit reads, as a whole or in parts.</summary>
internal unsafe struct BFloat16Operands<T> where T : unmanaged
{
    /// <summary>Elements one parallel item packs.</summary>
    private const int ItemElements = 32 * 1024;

    public T* A, B;
    public int M, N, K;
    public bool TransposeA, TransposeB;

    /// <summary>Elements from one row of <see cref="B"/> to the next, as it is stored.</summary>
    public nint StepB;

    /// <summary>Rows of a tile of the left operand.</summary>
    public int Height;

    /// <summary>The whole operands, packed; null for those packed in parts.</summary>
    public ushort* PackedA, PackedB;

    public readonly int Steps => GemmPlan.Up(K, TileUnit.DepthStep);

    public readonly int Tiles => GemmPlan.Up(M, Height);

    public readonly int Panels => GemmPlan.Up(N, TileUnit.Columns);

    public readonly nint LeftSize => (nint)Tiles * Steps * BFloat16Packing.LeftStep;

    public readonly nint RightSize => (nint)Panels * Steps * BFloat16Packing.RightStep;

    /// <summary>The same operands seen as another type of the same size, not packed yet.</summary>
    public readonly BFloat16Operands<TOther> As<TOther>() where TOther : unmanaged => new()
    {
        A = (TOther*)A, B = (TOther*)B, M = M, N = N, K = K, TransposeA = TransposeA, TransposeB = TransposeB, StepB = StepB, Height = Height,
    };

    /// <summary>Fills <see cref="PackedA"/> and <see cref="PackedB"/> at these places, those that are not null, on all threads.</summary>
    public void Pack(ushort* packedA, ushort* packedB)
    {
        PackedA = packedA;
        PackedB = packedB;
        fixed (BFloat16Operands<T>* self = &this)
        {
            var body = new PackBody { Operands = self };
            if (PackedA != null) body.LeftItems = Items(TransposeA ? Steps : Tiles, (long)M * K);
            if (PackedB != null) body.RightItems = Items(TransposeB ? Panels : Steps, (long)N * K);
            WorkerTeam.Default.For(body.LeftItems + body.RightItems, ref body);
        }
    }

    /// <summary>
    /// Tiles of rows of the left operand, steps <paramref name="from"/> to <paramref name="to"/> of depth; tiles of the target begin
    /// <paramref name="tileSize"/> elements apart. Goes along the rows of memory.
    /// </summary>
    public readonly void Left(int tileStart, int tileEnd, int from, int to, ushort* target, nint tileSize)
    {
        int p = from * TileUnit.DepthStep, depth = Math.Min(K, to * TileUnit.DepthStep) - p;
        if (!TransposeA)
        {
            for (var tile = tileStart; tile < tileEnd; tile++, target += tileSize)
            {
                int start = tile * Height, rows = Math.Min(Height, M - start);
                BFloat16Packing.Left(A + (nint)start * K + p, K, rows, depth, target);
            }
            return;
        }
        for (var step = 0; step < to - from; step++)
        {
            var stepDepth = Math.Min(TileUnit.DepthStep, depth - step * TileUnit.DepthStep);
            var rows = new EvenRows<T>(A + (nint)(p + step * TileUnit.DepthStep) * M, M, stepDepth);
            for (var tile = tileStart; tile < tileEnd; tile++)
            {
                var start = tile * Height;
                BFloat16Packing.LeftTransposed<T, EvenRows<T>>(
                    rows, start, Math.Min(Height, M - start), stepDepth, target + (tile - tileStart) * tileSize + (nint)step * BFloat16Packing.LeftStep);
            }
        }
    }

    /// <summary>
    /// Panels of the right operand, steps <paramref name="from"/> to <paramref name="to"/> of depth; panels of the target begin
    /// <paramref name="panelSize"/> elements apart. Goes along the rows of memory.
    /// </summary>
    public readonly void Right(int panelStart, int panelEnd, int from, int to, ushort* target, nint panelSize)
    {
        int p = from * TileUnit.DepthStep, depth = Math.Min(K, to * TileUnit.DepthStep) - p;
        const int stepPairs = TileUnit.DepthStep / 2;
        if (TransposeB)
        {
            for (var panel = panelStart; panel < panelEnd; panel++, target += panelSize)
            {
                int start = panel * TileUnit.Columns, columns = Math.Min(TileUnit.Columns, N - start);
                BFloat16Packing.RightTransposed<T, EvenRows<T>>(new(B + start * StepB + p, StepB, columns), columns, depth, (to - from) * stepPairs, target);
            }
            return;
        }
        for (var step = 0; step < to - from; step++)
        {
            var stepDepth = Math.Min(TileUnit.DepthStep, depth - step * TileUnit.DepthStep);
            var rows = new EvenRows<T>(B + (p + step * TileUnit.DepthStep) * StepB, StepB, stepDepth);
            for (var panel = panelStart; panel < panelEnd; panel++)
            {
                var start = panel * TileUnit.Columns;
                BFloat16Packing.Right<T, EvenRows<T>>(
                    rows, start, Math.Min(TileUnit.Columns, N - start), stepDepth, stepPairs,
                    target + (panel - panelStart) * panelSize + (nint)step * BFloat16Packing.RightStep);
            }
        }
    }

    private static int Items(int pieces, long elements) => (int)Math.Clamp(elements / ItemElements, 1, pieces);

    /// <summary>Whole operands in items: of tiles or panels where their rows lie along the depth, of steps of depth where they lie across.</summary>
    private struct PackBody : IParallelBody
    {
        public BFloat16Operands<T>* Operands;
        public int LeftItems, RightItems;

        public readonly void Run(int item)
        {
            int steps = Operands->Steps, tiles = Operands->Tiles, panels = Operands->Panels;
            if (item < LeftItems)
            {
                var size = (nint)steps * BFloat16Packing.LeftStep;
                var (start, end) = Range(Operands->TransposeA ? steps : tiles, LeftItems, item);
                if (Operands->TransposeA) Operands->Left(0, tiles, start, end, Operands->PackedA + (nint)start * BFloat16Packing.LeftStep, size);
                else Operands->Left(start, end, 0, steps, Operands->PackedA + start * size, size);
            }
            else
            {
                var size = (nint)steps * BFloat16Packing.RightStep;
                var (start, end) = Range(Operands->TransposeB ? panels : steps, RightItems, item - LeftItems);
                if (Operands->TransposeB) Operands->Right(start, end, 0, steps, Operands->PackedB + start * size, size);
                else Operands->Right(0, panels, start, end, Operands->PackedB + (nint)start * BFloat16Packing.RightStep, size);
            }
        }

        private static (int Start, int End) Range(int length, int pieces, int piece) =>
            (GemmPlan.Cut(length, pieces, piece), GemmPlan.Cut(length, pieces, piece + 1));
    }
}
