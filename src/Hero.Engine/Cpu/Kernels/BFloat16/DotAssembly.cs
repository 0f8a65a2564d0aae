using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The AVX512-BF16 loops, void f(TileCall*) in the calling convention of the system: vdpbf16ps adds the products of pairs of depth to 16 sums
/// at once. zmm16-31 hold the sums of up to 8 rows by one or two vectors of 16 columns, zmm0-1 the right operand; the left one is
/// broadcast from memory. Uses no register of vectors that a caller wants back.
/// </summary>
internal static class DotAssembly
{
    /// <summary>The most rows of a routine.</summary>
    public const int Rows = 8;

    /// <summary>Bytes between the pairs of a right panel, and to its second 16 columns.</summary>
    private const int RightRowStep = 128, SecondColumns = 64;

    private static readonly AssemblerRegisterZMM[] Sums =
        [zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23, zmm24, zmm25, zmm26, zmm27, zmm28, zmm29, zmm30, zmm31];

    public static byte[] Assemble(int rows, int columnVectors)
    {
        var code = new Assembler(64);
        Emit(code, rows, columnVectors);
        using var bytes = new MemoryStream();
        code.Assemble(new StreamCodeWriter(bytes), 0);
        return bytes.ToArray();
    }

    private static void Emit(Assembler c, int rows, int vectors)
    {
        Label block = c.CreateLabel(), clear = c.CreateLabel(), ready = c.CreateLabel(), segment = c.CreateLabel(), step = c.CreateLabel(), pair = c.CreateLabel();
        AssemblerRegister64[] saved = [rbx, rbp, rsi, rdi, r12, r13, r14, r15];
        AssemblerRegister64 call = rdi, blocks = rsi, count = rcx, leftStep = r8, outputStep = r10, right = r12, left = r13, segments = r15, steps = rbp, pairs = rbx;
        AssemblerMemoryOperand Field(string name) => __qword_ptr[call + TileCall.Offset(name)];
        AssemblerRegisterZMM Sum(int row, int vector) => Sums[row * vectors + vector];

        foreach (var register in saved) c.push(register);
        if (OperatingSystem.IsWindows()) c.mov(call, rcx);
        c.mov(rax, Field(nameof(TileCall.ColumnMask)));
        c.kmovw(k1, eax);
        c.mov(leftStep, Field(nameof(TileCall.LeftRowStep)));
        c.mov(outputStep, Field(nameof(TileCall.OutputRowStep)));
        c.mov(blocks, Field(nameof(TileCall.Blocks)));
        c.mov(count, Field(nameof(TileCall.Count)));

        // The last vector of a row of the output is masked: what lies behind it belongs to others.
        void EachOutput(Action<AssemblerMemoryOperand, int, int> emit)
        {
            c.mov(rax, __qword_ptr[blocks + 16]);
            c.add(rax, Field(nameof(TileCall.Output)));
            for (var row = 0; row < rows; row++)
            {
                for (var vector = 0; vector < vectors; vector++) emit(__zmmword_ptr[rax + vector * SecondColumns], row, vector);
                if (row < rows - 1) c.add(rax, outputStep);
            }
        }

        c.Label(ref block);
        c.cmp(Field(nameof(TileCall.Accumulate)), 0);
        c.je(clear);
        EachOutput((memory, row, vector) => c.vmovups(vector == vectors - 1 ? Sum(row, vector).k1.z : Sum(row, vector), memory));
        c.jmp(ready);
        c.Label(ref clear);
        for (var i = 0; i < rows * vectors; i++) c.vpxord(Sums[i], Sums[i], Sums[i]);
        c.Label(ref ready);
        c.mov(right, __qword_ptr[blocks + 8]);
        c.add(right, Field(nameof(TileCall.Right)));
        c.mov(segments, Field(nameof(TileCall.Segments)));

        c.Label(ref segment);
        c.mov(left, __qword_ptr[blocks]);
        c.add(left, Field(nameof(TileCall.Left)));
        c.add(left, __qword_ptr[segments]);
        c.mov(steps, Field(nameof(TileCall.StepsPerSegment)));

        // r9 walks along the first rows of a step, r11 along those from the fifth on: three multiples of a step are what an address takes.
        c.Label(ref step);
        c.mov(r9, left);
        c.lea(r14, __[leftStep + leftStep * 2]);
        c.lea(r11, __[left + leftStep * 4]);
        c.mov(pairs, Field(nameof(TileCall.PairsPerStep)));
        c.Label(ref pair);
        c.vmovups(zmm0, __zmmword_ptr[right]);
        if (vectors == 2) c.vmovups(zmm1, __zmmword_ptr[right + SecondColumns]);
        for (var row = 0; row < rows; row++)
        {
            var first = row < 4 ? r9 : r11;
            var memory = (row % 4) switch
            {
                0 => __dword_bcst[first],
                1 => __dword_bcst[first + leftStep],
                2 => __dword_bcst[first + leftStep * 2],
                _ => __dword_bcst[first + r14],
            };
            c.vdpbf16ps(Sum(row, 0), zmm0, memory);
            if (vectors == 2) c.vdpbf16ps(Sum(row, 1), zmm1, memory);
        }
        c.add(r9, 4);
        c.add(r11, 4);
        c.add(right, RightRowStep);
        c.dec(pairs);
        c.jnz(pair);
        c.add(left, Field(nameof(TileCall.LeftDepthStep)));
        c.dec(steps);
        c.jnz(step);

        c.add(right, Field(nameof(TileCall.RightSegmentSkip)));
        c.add(segments, 8);
        c.cmp(segments, Field(nameof(TileCall.SegmentsEnd)));
        c.jne(segment);

        EachOutput((memory, row, vector) => c.vmovups(vector == vectors - 1 ? memory.k1 : memory, Sum(row, vector)));
        c.add(blocks, 24);
        c.dec(count);
        c.jnz(block);

        foreach (var register in saved.Reverse()) c.pop(register);
        c.vzeroupper();
        c.ret();
    }
}
