using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>Turns a unit's chain into instructions over operands: gives registers out and takes them back.</summary>
internal sealed unsafe class ElementwiseProgramBuilder(Layout layout, MemoryPlan memory)
{
    private readonly Dictionary<Tensor, int> valueOf = [];
    private readonly Dictionary<Tensor, int> loadOf = [];
    private readonly Stack<int> free = [];

    public List<ProgramOperand> Operands { get; } = [];

    public int RegisterCount { get; private set; }

    /// <summary>The operand that holds a base at the flat place.</summary>
    public int Flat(Tensor source) => valueOf.TryGetValue(source, out var value) ? value : valueOf[source] = AddFlat(source, memory.SlotOfBase(source));

    public ProgramInstruction[] Compile(Unit unit)
    {
        var (scalars, results) = (unit.Scalars, unit.Results);
        // By base: a strided load of a base never shares a register with its flat value.
        var lastUse = new Dictionary<Tensor, int>();
        for (var i = 0; i < scalars.Count; i++)
            foreach (var input in scalars[i].Inputs) lastUse[layout.Of(input).Base] = i;
        foreach (var reduction in unit.Reductions) lastUse[layout.DenseBase(reduction.Inputs[0])] = scalars.Count;

        var code = new ProgramInstruction[scalars.Count];
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
            code[i] = new ProgramInstruction(Kernel(node), valueOf[node], inputs[0], inputs[1], inputs[2]);
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
        Operands.Add(new ProgramOperand { Slot = slot, Register = -1, ElementSize = DTypes.Size(source.DType) });
        return Operands.Count - 1;
    }

    private int AddRegister(Tensor node)
    {
        var register = free.TryPop(out var reused) ? reused : RegisterCount++;
        Operands.Add(new ProgramOperand { Register = register, ElementSize = DTypes.Size(node.DType) });
        return Operands.Count - 1;
    }

    private int AddLoad(Tensor source, View view)
    {
        var strides = new StridedLayout(view.Shape.Dimensions, view.Strides);
        Operands.Add(new ProgramOperand
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

    private static long PeriodOf(in StridedLayout layout)
    {
        if (layout.Stride(0) != 0) return 0;
        var period = 1L;
        for (var axis = 1; axis < layout.Rank; axis++) period *= layout.Length(axis);
        return period;
    }
}
