using System.Runtime.CompilerServices;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>Sees the values of a block of elements just after they were computed.</summary>
internal unsafe interface IBlockSink
{
    /// <summary>The pointers are the operands', at the elements start .. start + count - 1.</summary>
    void Take(byte** operands, nint start, nint count);
}

/// <summary>
/// A chain of scalar operations compiled to block kernels: the elements are walked in blocks small enough that all values
/// between the operations stay in the L1 cache. Immutable; used by many threads at once.
/// </summary>
internal sealed unsafe class ElementwiseProgram
{
    // Half of a common L1 data cache: the rest is for the streams that come and go.
    private const int RegisterBytes = 24 * 1024;
    private const int LargestBlock = 2048;
    private const int SmallestBlock = 64;
    private const int ScratchSlot = 4;

    // Work below this many elements is not worth waking a thread for.
    private const int ParallelThreshold = 8192;
    private const int ChunkElements = 32768;

    private readonly Operand[] operands;
    private readonly Instruction[] instructions;
    private readonly int block;
    private readonly nint registerBytes;
    private readonly int registers;

    public ElementwiseProgram(Unit unit, Layout layout, MemoryPlan memory)
    {
        Size = checked((nint)unit.Scalars[0].Size);
        var builder = new Builder(layout, memory);
        instructions = builder.Compile(unit);
        ReducedOperands = [.. unit.Reductions.Select(reduction => builder.Flat(layout.DenseBase(reduction.Inputs[0])))];
        operands = [.. builder.Operands];
        registers = builder.RegisterCount;
        var width = operands.Length == 0 ? 8 : operands.Max(operand => operand.ElementSize);
        var row = unit.Reductions.Count == 0 ? 1 : ((ReduceOp)unit.Reductions[0].Op!).Split(unit.Reductions[0].Inputs[0].Shape).Inner;
        block = ChooseBlock(Math.Max(operands.Length, 1) * width, row, operands);
        registerBytes = ((nint)block * width + 63) & ~63;
        for (var i = 0; i < operands.Length; i++)
            operands[i].IsHoisted = operands[i].Period > 0 && block % operands[i].Period == 0;
    }

    /// <summary>Number of elements.</summary>
    public nint Size { get; }

    /// <summary>The operands that the unit's reductions take in, in their order.</summary>
    public int[] ReducedOperands { get; }

    /// <summary>Runs over all elements, on all threads where that pays.</summary>
    public void Run(void** slots)
    {
        if (Size < ParallelThreshold)
        {
            Run(slots, 0, Size);
            return;
        }
        var chunk = (nint)Math.Max(ChunkElements / block, 1) * block;
        var work = new Chunks { Program = this, Slots = slots, Chunk = chunk };
        WorkerTeam.Default.For((int)((Size + chunk - 1) / chunk), ref work);
    }

    /// <summary>Runs over the elements start .. start + length - 1 on this thread.</summary>
    public void Run(void** slots, nint start, nint length)
    {
        var nobody = default(NoSink);
        Run(slots, start, length, ref nobody);
    }

    /// <summary>As the other overload; the sink sees the operands of every block, of whole rows where the unit has reductions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSink>(void** slots, nint start, nint length, ref TSink sink) where TSink : struct, IBlockSink
    {
        if (length <= 0) return;
        var scratch = Scratch.Get(ScratchSlot, registers * registerBytes);
        var pointers = stackalloc byte*[operands.Length];
        for (var i = 0; i < operands.Length; i++)
        {
            ref readonly var operand = ref operands[i];
            if (operand.Register < 0) continue;
            pointers[i] = scratch + operand.Register * registerBytes;
            if (operand.IsHoisted) operand.Load(pointers[i], slots, start, Math.Min(block, length));
        }
        var end = start + length;
        for (var at = start; at < end; at += block)
        {
            var count = Math.Min(block, end - at);
            for (var i = 0; i < operands.Length; i++)
            {
                ref readonly var operand = ref operands[i];
                if (operand.Register < 0) pointers[i] = (byte*)slots[operand.Slot] + at * operand.ElementSize;
                else if (operand.IsLoad && !operand.IsHoisted) operand.Load(pointers[i], slots, at, count);
            }
            foreach (ref readonly var instruction in instructions.AsSpan())
                instruction.Kernel(pointers[instruction.Target], pointers[instruction.A], pointers[instruction.B], pointers[instruction.C], count);
            sink.Take(pointers, at, count);
        }
    }

    /// <summary>The largest block that fits, a multiple of the periods of repeated rows where that is possible.</summary>
    private static int ChooseBlock(int bytesPerElement, long row, Operand[] operands)
    {
        var block = Math.Max(Math.Clamp(RegisterBytes / bytesPerElement & -64, SmallestBlock, LargestBlock), row);
        var period = row;
        foreach (var operand in operands)
        {
            if (operand.Period <= 1 || operand.Period > block) continue;
            var common = period / Gcd(period, operand.Period) * operand.Period;
            if (common <= block) period = common;
        }
        return (int)(block / period * period);
    }

    private static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);

    private struct NoSink : IBlockSink
    {
        public readonly void Take(byte** operands, nint start, nint count) { }
    }

    private struct Chunks : IParallelBody
    {
        public ElementwiseProgram Program;
        public void** Slots;
        public nint Chunk;

        public readonly void Run(int item)
        {
            var start = item * Chunk;
            Program.Run(Slots, start, Math.Min(Chunk, Program.Size - start));
        }
    }

    private readonly record struct Instruction(nint Function, int Target, int A, int B, int C)
    {
        public delegate*<void*, void*, void*, void*, nint, void> Kernel => (delegate*<void*, void*, void*, void*, nint, void>)Function;
    }

    /// <summary>A value of the program: read from or written to a slot at the flat place, or held in a register of one block.</summary>
    private struct Operand
    {
        public int Slot;
        public int Register;
        public int ElementSize;

        /// <summary>A load fills its register by following strides.</summary>
        public bool IsLoad;
        public nint Offset;
        public StridedLayout Layout;

        /// <summary>After how many elements a load repeats itself; 1 for a scalar, 0 for never.</summary>
        public long Period;

        /// <summary>True for a load whose register is the same for all blocks, so that it is filled once.</summary>
        public bool IsHoisted;

        public readonly void Load(byte* register, void** slots, nint start, nint count) =>
            StridedCopy.Run(ElementSize, register, (byte*)slots[Slot] + Offset * ElementSize, Layout, start, count);
    }

    private sealed class Builder(Layout layout, MemoryPlan memory)
    {
        private readonly Dictionary<Tensor, int> valueOf = [];
        private readonly Dictionary<Tensor, int> loadOf = [];
        private readonly Stack<int> free = [];

        public List<Operand> Operands { get; } = [];

        public int RegisterCount { get; private set; }

        /// <summary>The operand that holds a base at the flat place.</summary>
        public int Flat(Tensor source) => valueOf.TryGetValue(source, out var value) ? value : valueOf[source] = AddFlat(source, memory.SlotOfBase(source));

        public Instruction[] Compile(Unit unit)
        {
            var (scalars, results) = (unit.Scalars, unit.Results);
            // By base: a strided load of a base never shares a register with its flat value.
            var lastUse = new Dictionary<Tensor, int>();
            for (var i = 0; i < scalars.Count; i++)
                foreach (var input in scalars[i].Inputs) lastUse[layout.Of(input).Base] = i;
            foreach (var reduction in unit.Reductions) lastUse[layout.DenseBase(reduction.Inputs[0])] = scalars.Count;

            var code = new Instruction[scalars.Count];
            for (var i = 0; i < scalars.Count; i++)
            {
                var node = scalars[i];
                Span<int> inputs = [0, 0, 0];
                for (var k = 0; k < node.Inputs.Length; k++) inputs[k] = Read(node.Inputs[k], node);
                // A register whose value is read here for the last time may take the result: kernels allow that for equal sizes.
                var dying = node.Inputs.Select(input => layout.Of(input).Base).Distinct()
                    .Where(source => lastUse[source] == i && valueOf.TryGetValue(source, out var operand) && Operands[operand].Register >= 0)
                    .Select(source => Operands[valueOf[source]]).ToLookup(operand => operand.ElementSize == DTypes.Size(node.DType), operand => operand.Register);
                foreach (var register in dying[true]) free.Push(register);
                valueOf[node] = results.Contains(node) ? AddFlat(node, memory.SlotOfBase(node)) : AddRegister(node);
                foreach (var register in dying[false]) free.Push(register);
                code[i] = new Instruction(Kernel(node), valueOf[node], inputs[0], inputs[1], inputs[2]);
            }
            return code;
        }

        private int Read(Tensor input, Tensor reader)
        {
            var (source, view) = layout.Of(input);
            var flat = view.IsDense && source.Size == reader.Size;
            if (flat) return Flat(source);
            if (loadOf.TryGetValue(input, out var load)) return load;
            return loadOf[input] = AddLoad(source, view);
        }

        private int AddFlat(Tensor source, int slot)
        {
            Operands.Add(new Operand { Slot = slot, Register = -1, ElementSize = DTypes.Size(source.DType) });
            return Operands.Count - 1;
        }

        private int AddRegister(Tensor node)
        {
            var register = free.TryPop(out var reused) ? reused : RegisterCount++;
            Operands.Add(new Operand { Register = register, ElementSize = DTypes.Size(node.DType) });
            return Operands.Count - 1;
        }

        private int AddLoad(Tensor source, View view)
        {
            var strides = new StridedLayout(view.Shape.Dimensions, view.Strides);
            Operands.Add(new Operand
            {
                Slot = memory.SlotOfBase(source),
                Register = RegisterCount++,
                ElementSize = DTypes.Size(source.DType),
                IsLoad = true,
                Offset = view.Offset,
                Layout = strides,
                Period = PeriodOf(strides),
            });
            return Operands.Count - 1;
        }

        private static nint Kernel(Tensor node)
        {
            var type = node.Inputs[^1].DType;
            var kernel = ((ScalarOp)node.Op!).Function is { } function
                ? ElementwiseKernels.Find(function, type)
                : ElementwiseKernels.FindCast(type, node.DType);
            if (kernel == null) throw new NotSupportedException($"{node.Op.Name} does not exist for {DTypes.Name(type)}. Use Cast(DType.Float32) first.");
            return (nint)kernel;
        }
    }

    private static long PeriodOf(in StridedLayout layout)
    {
        if (layout.Stride(0) != 0) return 0;
        var period = 1L;
        for (var axis = 1; axis < layout.Rank; axis++) period *= layout.Length(axis);
        return period;
    }
}
