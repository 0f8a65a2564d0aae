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

    /// <summary>Rows of a tile of the left operand.</summary>
    public int Height;

    /// <summary>The whole operands, packed; null for those packed in parts.</summary>
    public ushort* PackedA, PackedB;

    public readonly int Steps => GemmPlan.Up(K, TileUnit.DepthStep);

    public readonly int Tiles => GemmPlan.Up(M, Height);

    public readonly int Panels => GemmPlan.Up(N, TileUnit.Columns);

    public readonly nint LeftSize => (nint)Tiles * Steps * BFloat16Packing.LeftStep;

    public readonly nint RightSize => (nint)Panels * Steps * BFloat16Packing.RightStep;

    /// <summary>Fills <see cref="PackedA"/> and <see cref="PackedB"/>, those that are not null, on all threads.</summary>
    public void Pack()
    {
        fixed (BFloat16Operands<T>* self = &this)
        {
            var body = new PackBody { Operands = self };
            if (PackedA != null)
            {
                body.TilesPerItem = (int)Math.Clamp(ItemElements / ((long)Height * K), 1, Tiles);
                body.LeftItems = GemmPlan.Up(Tiles, body.TilesPerItem);
            }
            var rightItems = 0;
            if (PackedB != null)
            {
                body.PanelsPerItem = (int)Math.Clamp(ItemElements / ((long)TileUnit.Columns * K), 1, Panels);
                rightItems = GemmPlan.Up(Panels, body.PanelsPerItem);
            }
            WorkerTeam.Default.For(body.LeftItems + rightItems, ref body);
        }
    }

    /// <summary>One tile of rows of the left operand, steps <paramref name="from"/> to <paramref name="to"/>.</summary>
    public readonly void Left(int tile, int from, int to, ushort* target)
    {
        int start = tile * Height, rows = Math.Min(Height, M - start), p = from * TileUnit.DepthStep, depth = Math.Min(K, to * TileUnit.DepthStep) - p;
        if (TransposeA) BFloat16Packing.LeftTransposed<T, EvenRows<T>>(new(A + (nint)p * M, M, depth), start, rows, depth, target);
        else BFloat16Packing.Left<T, EvenRows<T>>(new(A + (nint)start * K + p, K, rows), rows, depth, target);
    }

    /// <summary>One panel of the right operand, steps <paramref name="from"/> to <paramref name="to"/>.</summary>
    public readonly void Right(int panel, int from, int to, ushort* target)
    {
        int start = panel * TileUnit.Columns, columns = Math.Min(TileUnit.Columns, N - start), p = from * TileUnit.DepthStep;
        int depth = Math.Min(K, to * TileUnit.DepthStep) - p, pairs = (to - from) * TileUnit.DepthStep / 2;
        if (TransposeB) BFloat16Packing.RightTransposed<T, EvenRows<T>>(new(B + (nint)start * K + p, K, columns), columns, depth, pairs, target);
        else BFloat16Packing.Right<T, EvenRows<T>>(new(B + (nint)p * N, N, depth), start, columns, depth, pairs, target);
    }

    private struct PackBody : IParallelBody
    {
        public BFloat16Operands<T>* Operands;
        public int LeftItems, TilesPerItem, PanelsPerItem;

        public readonly void Run(int item)
        {
            var steps = Operands->Steps;
            if (item < LeftItems)
            {
                var end = Math.Min(Operands->Tiles, (item + 1) * TilesPerItem);
                for (var tile = item * TilesPerItem; tile < end; tile++) Operands->Left(tile, 0, steps, Operands->PackedA + (nint)tile * steps * BFloat16Packing.LeftStep);
                return;
            }
            item -= LeftItems;
            var last = Math.Min(Operands->Panels, (item + 1) * PanelsPerItem);
            for (var panel = item * PanelsPerItem; panel < last; panel++) Operands->Right(panel, 0, steps, Operands->PackedB + (nint)panel * steps * BFloat16Packing.RightStep);
        }
    }
}
