using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>
/// Turns a unit's chain into instructions over operands: gives registers out and takes them back. bfloat16 is a form of storage:
/// its values are widened to float32 when they come from memory, are float32 in registers, and are rounded on their way out.
/// </summary>
internal sealed unsafe class ElementwiseProgramBuilder(Layout layout, MemoryPlan memory)
{
    private readonly Dictionary<Tensor, int> valueOf = [];
    private readonly Dictionary<Tensor, int> loadOf = [];
    private readonly Dictionary<Tensor, int> lastUse = [];
    private readonly Stack<int> free = [];

    public List<ProgramOperand> Operands { get; } = [];

    public List<ProgramInstruction> Instructions { get; } = [];

    public int RegisterCount { get; private set; }

    /// <summary>The operand that holds a base at the flat place, as arithmetic takes it.</summary>
    public int Flat(Tensor source) => valueOf.TryGetValue(source, out var value) ? value : valueOf[source] = ReadFlat(source);

    public void Compile(Unit unit)
    {
        var (scalars, results) = (unit.Scalars, unit.Results);
        // By base: a strided load of a base never shares a register with its flat value.
        for (var i = 0; i < scalars.Count; i++)
            foreach (var input in scalars[i].Inputs) lastUse[layout.Of(input).Base] = i;
        foreach (var reduction in unit.Reductions) lastUse[layout.DenseBase(reduction.Inputs[0])] = scalars.Count;

        Span<int> inputs = [0, 0, 0];
        for (var i = 0; i < scalars.Count; i++)
        {
            var node = scalars[i];
            for (var k = 0; k < node.Inputs.Length; k++) inputs[k] = Read(node.Inputs[k], node);
            // A register whose value is read here for the last time may take the result: kernels allow that for equal sizes.
            Release(node, i, ofResultSize: true);
            if (results.Contains(node)) AddResult(node, inputs);
            else Add(node, AddRegister(node), inputs, isReadOn: true);
            Release(node, i, ofResultSize: false);
        }
    }

    /// <summary>Gives free the registers of values that a node is the last to read.</summary>
    private void Release(Tensor node, int at, bool ofResultSize)
    {
        for (var k = 0; k < node.Inputs.Length; k++)
        {
            var source = layout.Of(node.Inputs[k]).Base;
            if (lastUse[source] != at || !valueOf.TryGetValue(source, out var value) || IsRead(source, node, k)) continue;
            var operand = Operands[value];
            if (operand.Register >= 0 && operand.ElementSize == SizeOf(node) == ofResultSize) free.Push(operand.Register);
        }
    }

    /// <summary>Whether one of a node's first inputs reads a base.</summary>
    private bool IsRead(Tensor source, Tensor node, int inputs)
    {
        for (var k = 0; k < inputs; k++)
            if (ReferenceEquals(layout.Of(node.Inputs[k]).Base, source)) return true;
        return false;
    }

    private int Read(Tensor input, Tensor reader)
    {
        var (source, view) = layout.Of(input);
        var flat = view.IsDense && source.Size == reader.Size;
        if (flat) return Flat(source);
        if (loadOf.TryGetValue(input, out var load)) return load;
        return loadOf[input] = AddLoad(source, view);
    }

    private int ReadFlat(Tensor source)
    {
        var stored = AddFlat(source);
        if (!IsNarrow(source)) return stored;
        var register = AddRegister(source);
        Convert(ProgramConversion.Widen, register, stored);
        return register;
    }

    /// <summary>A node whose value goes to memory, and stays in a register where it is narrow there and read on here.</summary>
    private void AddResult(Tensor node, ReadOnlySpan<int> inputs)
    {
        var stored = AddFlat(node);
        if (!IsNarrow(node))
        {
            Add(node, stored, inputs, isReadOn: true);
            return;
        }
        var isReadOn = lastUse.ContainsKey(node);
        if (!isReadOn && IsCast(node) && IsSingle(node.Inputs[0]))
        {
            Convert(ProgramConversion.Narrow, stored, inputs[0]);
            return;
        }
        var register = AddRegister(node);
        Add(node, register, inputs, isReadOn);
        Convert(ProgramConversion.Narrow, stored, register);
        if (!isReadOn) free.Push(Operands[register].Register);
    }

    /// <summary>The instructions that compute a node. A cast to a narrow type rounds what is read on; other values keep float32's precision.</summary>
    private void Add(Tensor node, int target, ReadOnlySpan<int> inputs, bool isReadOn)
    {
        valueOf[node] = target;
        var rounds = isReadOn && IsNarrow(node) && IsCast(node) && !IsNarrow(node.Inputs[0]);
        if (IsCast(node) && IsSingle(node) && IsSingle(node.Inputs[0]))
        {
            Convert(rounds ? ProgramConversion.Round : ProgramConversion.Copy, target, inputs[0]);
            return;
        }
        Instructions.Add(new ProgramInstruction(Kernel(node), target, inputs[0], inputs[1], inputs[2]) { Operation = ((ScalarOp)node.Op!).Function, Type = DTypes.Arithmetic(node.DType) });
        if (rounds) Convert(ProgramConversion.Round, target, target);
    }

    private void Convert(ProgramConversion conversion, int target, int source)
    {
        var kernel = conversion switch
        {
            ProgramConversion.Widen => CastKernels.Find(DType.BFloat16, DType.Float32),
            ProgramConversion.Narrow => CastKernels.Find(DType.Float32, DType.BFloat16),
            ProgramConversion.Round => CastKernels.FindRounding(),
            _ => CastKernels.Find(DType.Float32, DType.Float32),
        };
        Instructions.Add(new ProgramInstruction((nint)kernel, target, source, source, source) { Conversion = conversion, Type = DType.Float32 });
    }

    private int AddFlat(Tensor source)
    {
        Operands.Add(new ProgramOperand { Slot = memory.SlotOfBase(source), Register = -1, ElementSize = DTypes.Size(source.DType) });
        return Operands.Count - 1;
    }

    private int AddRegister(Tensor node)
    {
        var register = free.TryPop(out var reused) ? reused : RegisterCount++;
        Operands.Add(new ProgramOperand { Register = register, ElementSize = SizeOf(node) });
        return Operands.Count - 1;
    }

    private int AddLoad(Tensor source, View view)
    {
        var strides = new StridedLayout(view.Shape.Dimensions, view.Strides);
        Operands.Add(new ProgramOperand
        {
            Slot = memory.SlotOfBase(source),
            Register = RegisterCount++,
            ElementSize = SizeOf(source),
            IsLoad = true,
            IsWidened = IsNarrow(source),
            Offset = view.Offset,
            Layout = strides,
            Period = PeriodOf(strides),
        });
        return Operands.Count - 1;
    }

    private static bool IsNarrow(Tensor tensor) => DTypes.Arithmetic(tensor.DType) != tensor.DType;

    /// <summary>Whether a value is float32 in a register.</summary>
    private static bool IsSingle(Tensor tensor) => DTypes.Arithmetic(tensor.DType) == DType.Float32;

    private static bool IsCast(Tensor node) => ((ScalarOp)node.Op!).Function is null;

    /// <summary>Bytes of an element in a register.</summary>
    private static int SizeOf(Tensor tensor) => DTypes.Size(DTypes.Arithmetic(tensor.DType));

    private static nint Kernel(Tensor node)
    {
        var type = DTypes.Arithmetic(node.Inputs[^1].DType);
        var kernel = ((ScalarOp)node.Op!).Function is { } function
            ? ElementwiseKernels.Find(function, type)
            : ElementwiseKernels.FindCast(type, DTypes.Arithmetic(node.DType));
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
