using Hero.Cpu.Kernels;

namespace Hero.Cpu;

/// <summary>
/// Instructions of a program that follow each other: run one after another, block by block, or, where there are many elements and all can be
/// part of one, as a <see cref="FusedLoop"/>.
/// </summary>
internal sealed unsafe class ProgramPart
{
    // Fewer elements are not worth making code for.
    private const long LeastSize = 32768;

    private readonly ProgramInstruction[] instructions;
    private readonly FusedLoop.Body? loop;
    private readonly FusedLoop.Body? stream;
    private readonly int lanes = 1;
    private readonly int[] elementSizes = [];

    private ProgramPart(ProgramInstruction[] instructions) => this.instructions = instructions;

    private ProgramPart(ProgramInstruction[] instructions, IReadOnlySet<int> stored, ProgramOperand[] operands, long size, bool streams)
        : this(instructions)
    {
        var fetched = Fetched(operands, size);
        loop = FusedLoop.Of(instructions, stored, fetched);
        if (streams) stream = FusedLoop.Of(instructions, stored, fetched, streams: true);
        lanes = FusedLoop.Lanes(instructions[0].Type);
        elementSizes = Array.ConvertAll(operands, operand => operand.ElementSize);
    }

    /// <summary>Cuts a program into parts.</summary>
    /// <param name="instructions">All instructions.</param>
    /// <param name="operands">All operands.</param>
    /// <param name="reduced">The operands that are read when all instructions have run.</param>
    /// <param name="size">Elements of the program.</param>
    /// <param name="streams">Whether results may be written past the caches.</param>
    public static ProgramPart[] Cut(ProgramInstruction[] instructions, ProgramOperand[] operands, int[] reduced, long size, bool streams)
    {
        if (size < LeastSize || !FusedLoop.IsSupported) return [new ProgramPart(instructions)];
        var parts = new List<ProgramPart>();
        for (int first = 0, end; first < instructions.Length; first = end)
        {
            var type = instructions[first].Type;
            var isLoop = FusedLoop.Takes(instructions[first], type);
            for (end = first + 1; end < instructions.Length && FusedLoop.Takes(instructions[end], isLoop ? type : instructions[end].Type) == isLoop; end++) { }
            var part = instructions[first..end];
            if (isLoop && part.Length > 1) parts.Add(new ProgramPart(part, ReadLater(part, instructions.AsSpan(end), operands, reduced), operands, size, streams && part.Length == instructions.Length));
            else parts.Add(new ProgramPart(part));
        }
        return [.. parts];
    }

    /// <param name="operands">Where the operands' values lie.</param>
    /// <param name="count">How many of each.</param>
    /// <param name="streams">Whether results are to be written past the caches, where the part can do so; they are aligned then.</param>
    public void Run(byte** operands, nint count, bool streams = false)
    {
        if (loop is null)
        {
            RunEach(operands, count);
            return;
        }
        var whole = count / lanes * lanes;
        (streams && stream is not null ? stream : loop)(operands, whole);
        if (whole < count) RunRest(operands, whole, count - whole);
    }

    private void RunEach(byte** operands, nint count)
    {
        foreach (ref readonly var instruction in instructions.AsSpan())
            instruction.Kernel(operands[instruction.Target], operands[instruction.A], operands[instruction.B], operands[instruction.C], count);
    }

    /// <summary>The elements of a block that do not fill a register.</summary>
    private void RunRest(byte** operands, nint done, nint count)
    {
        var rest = stackalloc byte*[elementSizes.Length];
        for (var i = 0; i < elementSizes.Length; i++) rest[i] = operands[i] + done * elementSizes[i];
        RunEach(rest, count);
    }

    /// <summary>The operands of a program of so many elements that are too large to come from a cache.</summary>
    public static HashSet<int> Fetched(ProgramOperand[] operands, long size) =>
        [.. Enumerable.Range(0, operands.Length).Where(i => operands[i] is { Register: < 0, Slot: >= 0 } && size * operands[i].ElementSize >= Ahead.LeastBytes)];

    private static HashSet<int> ReadLater(ProgramInstruction[] part, ReadOnlySpan<ProgramInstruction> later, ProgramOperand[] operands, int[] reduced)
    {
        var read = new HashSet<int>(reduced);
        foreach (var (_, _, a, b, c) in later)
        {
            read.Add(a);
            read.Add(b);
            read.Add(c);
        }
        return [.. part.Select(instruction => instruction.Target).Where(target => operands[target].Register < 0 || read.Contains(target))];
    }
}
