using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The loop of <see cref="RoundingUnit"/>, void f(RoundingCall*) in the calling convention of the system. It uses no register that a caller wants back, and no
/// vector whose upper parts would have to be cleared.
/// </summary>
internal static class RoundingAssembly
{
    private const int Vector = 64, RowBytes = TileUnit.DepthStep * sizeof(ushort), StepBytes = BFloat16Packing.LeftStep * sizeof(ushort);

    public static byte[] Assemble()
    {
        var code = new Assembler(64);
        Emit(code);
        using var bytes = new MemoryStream();
        code.Assemble(new StreamCodeWriter(bytes), 0);
        return bytes.ToArray();
    }

    private static void Emit(Assembler c)
    {
        Label row = c.CreateLabel(), step = c.CreateLabel(), rest = c.CreateLabel(), next = c.CreateLabel();
        AssemblerRegister64 call = OperatingSystem.IsWindows() ? rcx : rdi, source = rax, target = rdx, steps = r8, rows = r9, from = r10, to = r11;
        AssemblerMemoryOperand Field(string name) => __qword_ptr[call + RoundingCall.Offset(name)];

        c.mov(rax, Field(nameof(RoundingCall.RestMask)));
        c.kmovw(k1, eax);
        c.shr(rax, 16);
        c.kmovw(k2, eax);
        c.mov(from, Field(nameof(RoundingCall.Source)));
        c.mov(to, Field(nameof(RoundingCall.Target)));
        c.mov(rows, Field(nameof(RoundingCall.Rows)));

        c.Label(ref row);
        c.mov(source, from);
        c.mov(target, to);
        c.mov(steps, Field(nameof(RoundingCall.Steps)));
        c.test(steps, steps);
        c.jz(rest);
        c.Label(ref step);
        c.vmovups(zmm16, __zmmword_ptr[source + Vector]);
        c.vcvtne2ps2bf16(zmm16, zmm16, __zmmword_ptr[source]);
        c.vmovups(__zmmword_ptr[target], zmm16);
        c.add(source, 2 * Vector);
        c.add(target, StepBytes);
        c.dec(steps);
        c.jnz(step);

        // What lies behind a row belongs to others: it is not read, and zeros stand for it.
        c.Label(ref rest);
        c.cmp(Field(nameof(RoundingCall.RestMask)), 0);
        c.je(next);
        c.vmovups(zmm16.k1.z, __zmmword_ptr[source]);
        c.vmovups(zmm17.k2.z, __zmmword_ptr[source + Vector]);
        c.vcvtne2ps2bf16(zmm16, zmm17, zmm16);
        c.vmovups(__zmmword_ptr[target], zmm16);
        c.Label(ref next);
        c.add(from, Field(nameof(RoundingCall.SourceStep)));
        c.add(to, RowBytes);
        c.dec(rows);
        c.jnz(row);
        c.ret();
    }
}
