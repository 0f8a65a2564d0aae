using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The AMX loops, in the System V calling convention: void f(TileCall*). tmm0-3 hold the sums of one or two blocks of rows by one or two
/// vectors of 16 columns, tmm4-5 the left operands, tmm6-7 the right ones. A routine sets the unit's shapes up itself and leaves it
/// released, so that nothing of it outlives the call.
/// </summary>
internal static class AmxAssembly
{
    /// <summary>Bytes between the pairs of a right panel, and to its second 16 columns.</summary>
    private const int RightRowStep = 128, SecondColumns = 64;

    /// <summary>
    /// Instructions between two that write tiles. While the core's second hardware thread is busy (a virtual machine cannot tell), such an instruction waits for
    /// the one before, and for longer if it has nothing between them to wait behind: a step of four products with its loads takes 73 ns instead of 103 with
    /// these (Sapphire Rapids), and the same 24 ns in either case while the core is ours alone.
    /// </summary>
    private const int Gap = 8;

    /// <summary>Lines of the cache asked for ahead in every step.</summary>
    private const int AheadLines = 8;

    public static byte[] Assemble(int rowBlocks, int columnVectors)
    {
        var code = new Assembler(64);
        Emit(code, rowBlocks == 2, columnVectors == 2);
        using var bytes = new MemoryStream();
        code.Assemble(new StreamCodeWriter(bytes), 0);
        return bytes.ToArray();
    }

    private static void Emit(Assembler c, bool twoRows, bool twoColumns)
    {
        Label block = c.CreateLabel(), clear = c.CreateLabel(), ready = c.CreateLabel(), segment = c.CreateLabel(), step = c.CreateLabel(), fetched = c.CreateLabel();
        AssemblerMemoryOperand Field(string name) => __qword_ptr[rdi + TileCall.Offset(name)];
        AssemblerMemoryOperand BlockField(int index, int field) => __qword_ptr[rsi + (index * 24 + field)];
        const int leftField = 0, rightField = 8, outputField = 16;
        AssemblerRegister64 leftStep = r8, rightStep = r9, outputStep = r10, leftDepth = r11, ahead = rbx;
        AssemblerRegister64 right = r12, first = r13, second = r14, segments = r15, steps = rbp;
        AssemblerRegister64[] saved = [rbx, rbp, r12, r13, r14, r15];

        foreach (var register in saved) c.push(register);
        c.mov(rax, Field(nameof(TileCall.Configuration)));
        c.ldtilecfg(__[rax]);
        c.mov(leftStep, Field(nameof(TileCall.LeftRowStep)));
        c.mov(rightStep, RightRowStep);
        c.mov(outputStep, Field(nameof(TileCall.OutputRowStep)));
        c.mov(leftDepth, Field(nameof(TileCall.LeftDepthStep)));
        c.mov(ahead, Field(nameof(TileCall.Ahead)));
        c.mov(rsi, Field(nameof(TileCall.Blocks)));
        c.mov(rcx, Field(nameof(TileCall.Count)));

        void Outputs()
        {
            c.mov(rax, BlockField(0, outputField));
            c.add(rax, Field(nameof(TileCall.Output)));
            if (!twoRows) return;
            c.mov(rdx, BlockField(1, outputField));
            c.add(rdx, Field(nameof(TileCall.Output)));
        }

        c.Label(ref block);
        c.cmp(Field(nameof(TileCall.Accumulate)), 0);
        c.je(clear);
        Outputs();
        c.tileloadd(tmm0, __[rax + outputStep]);
        if (twoColumns) c.tileloadd(tmm1, __[rax + outputStep + SecondColumns]);
        if (twoRows) c.tileloadd(tmm2, __[rdx + outputStep]);
        if (twoRows && twoColumns) c.tileloadd(tmm3, __[rdx + outputStep + SecondColumns]);
        c.jmp(ready);
        c.Label(ref clear);
        c.tilezero(tmm0);
        if (twoColumns) c.tilezero(tmm1);
        if (twoRows) c.tilezero(tmm2);
        if (twoRows && twoColumns) c.tilezero(tmm3);
        c.Label(ref ready);

        c.mov(first, BlockField(0, leftField));
        c.add(first, Field(nameof(TileCall.Left)));
        if (twoRows) c.mov(second, BlockField(1, leftField));
        if (twoRows) c.add(second, Field(nameof(TileCall.Left)));
        c.mov(right, BlockField(0, rightField));
        c.add(right, Field(nameof(TileCall.Right)));
        c.mov(segments, Field(nameof(TileCall.Segments)));

        c.Label(ref segment);
        c.mov(rax, __qword_ptr[segments]);
        if (twoRows) c.lea(rdx, __[second + rax]);
        c.add(rax, first);
        c.mov(steps, Field(nameof(TileCall.StepsPerSegment)));

        void Apart()
        {
            for (var i = 0; i < Gap; i++) c.nop();
        }
        void Load(AssemblerRegisterTMM tile, AssemblerMemoryOperand memory)
        {
            c.tileloadd(tile, memory);
            Apart();
        }
        void Multiply(AssemblerRegisterTMM sums, AssemblerRegisterTMM a, AssemblerRegisterTMM b)
        {
            c.tdpbf16ps(sums, a, b);
            Apart();
        }

        c.Label(ref step);
        Load(tmm6, __[right + rightStep]);
        Load(tmm4, __[rax + leftStep]);
        if (twoColumns) Load(tmm7, __[right + rightStep + SecondColumns]);
        if (twoRows) Load(tmm5, __[rdx + leftStep]);
        Multiply(tmm0, tmm4, tmm6);
        if (twoColumns) Multiply(tmm1, tmm4, tmm7);
        if (twoRows) Multiply(tmm2, tmm5, tmm6);
        if (twoRows && twoColumns) Multiply(tmm3, tmm5, tmm7);
        c.add(rax, leftDepth);
        if (twoRows) c.add(rdx, leftDepth);
        c.add(right, Field(nameof(TileCall.RightDepthStep)));

        // What is wanted after this call, a few lines of the cache at a time.
        c.cmp(ahead, Field(nameof(TileCall.AheadEnd)));
        c.jae(fetched);
        for (var i = 0; i < AheadLines; i++) c.prefetcht1(__byte_ptr[ahead + i * 64]);
        c.add(ahead, AheadLines * 64);
        c.Label(ref fetched);
        c.dec(steps);
        c.jnz(step);

        c.add(right, Field(nameof(TileCall.RightSegmentSkip)));
        c.add(segments, 8);
        c.cmp(segments, Field(nameof(TileCall.SegmentsEnd)));
        c.jne(segment);

        Outputs();
        c.tilestored(__[rax + outputStep], tmm0);
        if (twoColumns) c.tilestored(__[rax + outputStep + SecondColumns], tmm1);
        if (twoRows) c.tilestored(__[rdx + outputStep], tmm2);
        if (twoRows && twoColumns) c.tilestored(__[rdx + outputStep + SecondColumns], tmm3);
        c.add(rsi, twoRows ? 48 : 24);
        c.dec(rcx);
        c.jnz(block);

        c.tilerelease();
        c.mov(Field(nameof(TileCall.Ahead)), ahead);
        foreach (var register in saved.Reverse()) c.pop(register);
        c.ret();
    }
}
