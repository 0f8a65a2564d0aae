using System.Collections.Concurrent;
using System.Numerics;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hero.Cpu.Kernels;

namespace Hero.Cpu;

/// <summary>
/// Several instructions of a program as one loop: what lies between them stays in the processor's registers and never goes through the
/// cache. The loop is put together at run time from the operators that the block kernels are made of, so that the bits are theirs; loops
/// of the same shape are made once.
/// </summary>
internal static unsafe class FusedLoop
{
    private static readonly ConcurrentDictionary<string, Body> Known = [];

    /// <summary>Runs a loop over the first elements of the operands: whole registers only, so count is a multiple of <see cref="Lanes"/>.</summary>
    public delegate void Body(byte** operands, nint count);

    /// <summary>False where programs cannot make code (ahead-of-time compilation) or there are no vectors.</summary>
    public static bool IsSupported => RuntimeFeature.IsDynamicCodeCompiled && Vector128.IsHardwareAccelerated;

    /// <summary>Elements in a register.</summary>
    public static int Lanes(DType type) => RegisterBytes / DTypes.Size(type);

    private static int RegisterBytes => Vector512.IsHardwareAccelerated ? 64 : Vector256.IsHardwareAccelerated ? 32 : 16;

    /// <summary>Whether an instruction can be part of a loop of this type.</summary>
    public static bool Takes(in ProgramInstruction instruction, DType type) =>
        instruction.Type == type && type is DType.Float32 or DType.Float64 && (instruction.Conversion != ProgramConversion.None || Operator(instruction) is not null);

    /// <summary>The loop of some instructions.</summary>
    /// <param name="instructions">All of one type that <see cref="Takes"/> agrees to.</param>
    /// <param name="stored">The operands whose values somebody else reads: they are written to their memory.</param>
    public static Body Of(ReadOnlySpan<ProgramInstruction> instructions, IReadOnlySet<int> stored)
    {
        var key = new System.Text.StringBuilder(DTypes.Name(instructions[0].Type));
        foreach (var (_, target, a, b, c) in instructions) key.Append(';').Append(target).Append(stored.Contains(target) ? '!' : ',').Append(a).Append(',').Append(b).Append(',').Append(c);
        foreach (var instruction in instructions) key.Append(';').Append(instruction.Operation).Append(instruction.Conversion);
        var name = key.ToString();
        return Known.TryGetValue(name, out var known) ? known : Known.GetOrAdd(name, Build(instructions, stored));
    }

    private static Body Build(ReadOnlySpan<ProgramInstruction> instructions, IReadOnlySet<int> stored)
    {
        var element = DTypes.ClrType(instructions[0].Type);
        var vector = (RegisterBytes switch { 64 => typeof(Simd512<>), 32 => typeof(Simd256<>), _ => typeof(Simd128<>) }).MakeGenericType(element);
        var (load, store) = (Method(vector, nameof(Simd1<float>.Load)), Method(vector, nameof(Simd1<float>.Store)));
        var method = new DynamicMethod("FusedLoop", typeof(void), [typeof(byte**), typeof(nint)], typeof(FusedLoop).Module, skipVisibility: true);
        var code = method.GetILGenerator();
        var offset = code.DeclareLocal(typeof(nint));
        var addresses = new Dictionary<int, LocalBuilder>();
        var values = new Dictionary<int, LocalBuilder>();

        // Addresses of what is read or written, once; the end in bytes takes the place of the count.
        var made = new HashSet<int>();
        foreach (var instruction in instructions)
        {
            foreach (var input in Inputs(instruction)) if (!made.Contains(input)) Address(input);
            if (stored.Contains(instruction.Target)) Address(instruction.Target);
            made.Add(instruction.Target);
        }
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Ldc_I4, DTypes.Size(instructions[0].Type));
        code.Emit(OpCodes.Conv_I);
        code.Emit(OpCodes.Mul);
        code.Emit(OpCodes.Starg_S, (byte)1);

        Label start = code.DefineLabel(), test = code.DefineLabel();
        code.Emit(OpCodes.Br, test);
        code.MarkLabel(start);
        foreach (var instruction in instructions)
        {
            if (instruction.Conversion == ProgramConversion.Widen)
            {
                Place(instruction.A, isNarrow: true);
                code.Emit(OpCodes.Call, Method(vector, nameof(Simd1<float>.LoadWidened)));
            }
            else
            {
                foreach (var input in Inputs(instruction))
                {
                    if (values.ContainsKey(input)) continue;
                    Place(input);
                    code.Emit(OpCodes.Call, load);
                    code.Emit(OpCodes.Stloc, values[input] = code.DeclareLocal(vector));
                }
                foreach (var input in Inputs(instruction)) code.Emit(OpCodes.Ldloc, values[input]);
                if (instruction.Conversion == ProgramConversion.Narrow)
                {
                    Place(instruction.Target, isNarrow: true);
                    code.Emit(OpCodes.Call, Method(vector, nameof(Simd1<float>.StoreRounded)));
                    continue;
                }
                if (Operator(instruction) is var (type, _)) code.Emit(OpCodes.Call, Method(type.MakeGenericType(element), "Invoke").MakeGenericMethod(vector));
            }
            code.Emit(OpCodes.Stloc, values[instruction.Target] = code.DeclareLocal(vector));
            if (!stored.Contains(instruction.Target)) continue;
            code.Emit(OpCodes.Ldloc, values[instruction.Target]);
            Place(instruction.Target);
            code.Emit(OpCodes.Call, store);
        }
        code.Emit(OpCodes.Ldloc, offset);
        code.Emit(OpCodes.Ldc_I4, RegisterBytes);
        code.Emit(OpCodes.Conv_I);
        code.Emit(OpCodes.Add);
        code.Emit(OpCodes.Stloc, offset);
        code.MarkLabel(test);
        code.Emit(OpCodes.Ldloc, offset);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Blt, start);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Body>();

        void Address(int operand)
        {
            if (addresses.ContainsKey(operand)) return;
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldc_I4, operand * sizeof(void*));
            code.Emit(OpCodes.Conv_I);
            code.Emit(OpCodes.Add);
            code.Emit(OpCodes.Ldind_I);
            code.Emit(OpCodes.Stloc, addresses[operand] = code.DeclareLocal(typeof(byte*)));
        }

        void Place(int operand, bool isNarrow = false)
        {
            code.Emit(OpCodes.Ldloc, addresses[operand]);
            code.Emit(OpCodes.Ldloc, offset);
            if (isNarrow)
            {
                code.Emit(OpCodes.Ldc_I4_1);
                code.Emit(OpCodes.Shr);
            }
            code.Emit(OpCodes.Add);
        }
    }

    private static MethodInfo Method(Type type, string name) => type.GetMethod(name, BindingFlags.Public | BindingFlags.Static)!;

    private static int[] Inputs(in ProgramInstruction instruction) =>
        new[] { instruction.A, instruction.B, instruction.C }[..(Operator(instruction)?.Operands ?? 1)];

    /// <summary>The operator of an instruction and how many operands it takes; null for those that only load, store or copy.</summary>
    private static (Type Operator, int Operands)? Operator(in ProgramInstruction instruction)
    {
        if (instruction.Conversion == ProgramConversion.Round) return (typeof(RoundToBFloat16Operator<>), 1);
        return instruction.Operation is { } function ? ElementwiseOperators.Find(function) : null;
    }
}
