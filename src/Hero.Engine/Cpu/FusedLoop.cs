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
    private static readonly ConcurrentDictionary<string, Delegate> Known = [];

    /// <summary>Runs a loop over the first elements of the operands: whole registers only, so count is a multiple of <see cref="Lanes"/>.</summary>
    public delegate void Body(byte** operands, nint count);

    /// <summary>
    /// Runs a loop over rows that follow each other in memory, of whole registers each. Some operands are the same row for all of them, and
    /// sums of the rows are added to what lies in further operands, one for each summed value.
    /// </summary>
    public delegate void RowsBody(byte** operands, nint columns, nint rows);

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
    /// <param name="fetched">The operands that come from memory rather than from a cache.</param>
    /// <param name="streams">Whether results are written past the caches, to addresses that are aligned to the register.</param>
    public static Body Of(ReadOnlySpan<ProgramInstruction> instructions, IReadOnlySet<int> stored, IReadOnlySet<int> fetched, bool streams = false) =>
        (Body)Of(instructions, stored, fetched, streams, null);

    /// <summary>The loop of some instructions over rows.</summary>
    /// <param name="instructions">All of one type that <see cref="Takes"/> agrees to.</param>
    /// <param name="stored">The operands that are written to their memory.</param>
    /// <param name="fetched">The operands that come from memory rather than from a cache.</param>
    /// <param name="rows">What is the same for all rows and what is summed.</param>
    public static RowsBody OfRows(ReadOnlySpan<ProgramInstruction> instructions, IReadOnlySet<int> stored, IReadOnlySet<int> fetched, RowOperands rows) =>
        (RowsBody)Of(instructions, stored, fetched, streams: false, rows);

    private static Delegate Of(ReadOnlySpan<ProgramInstruction> instructions, IReadOnlySet<int> stored, IReadOnlySet<int> fetched, bool streams, RowOperands? rows)
    {
        var key = new System.Text.StringBuilder(DTypes.Name(instructions[0].Type));
        foreach (var (_, target, a, b, c) in instructions) key.Append(';').Append(target).Append(stored.Contains(target) ? streams ? '~' : '!' : ',').Append(a).Append(',').Append(b).Append(',').Append(c);
        foreach (var instruction in instructions) key.Append(';').Append(instruction.Operation).Append(instruction.Conversion);
        key.Append(";from memory ").AppendJoin(',', fetched.Order());
        if (rows is not null) key.Append(";rows ").AppendJoin(',', rows.Same.Order()).Append(";sums ").AppendJoin(',', rows.Summed).Append(" at ").Append(rows.FirstSum);
        var name = key.ToString();
        return Known.TryGetValue(name, out var known) ? known : Known.GetOrAdd(name, Build(instructions, stored, fetched, streams, rows));
    }

    private static Delegate Build(ReadOnlySpan<ProgramInstruction> instructions, IReadOnlySet<int> stored, IReadOnlySet<int> fetched, bool streams, RowOperands? rows)
    {
        var element = DTypes.ClrType(instructions[0].Type);
        var vector = (RegisterBytes switch { 64 => typeof(Simd512<>), 32 => typeof(Simd256<>), _ => typeof(Simd128<>) }).MakeGenericType(element);
        var (load, store) = (Method(vector, nameof(Simd1<float>.Load)), Method(vector, nameof(Simd1<float>.Store)));
        var method = new DynamicMethod("FusedLoop", typeof(void), [typeof(byte**), typeof(nint), .. rows is null ? Type.EmptyTypes : [typeof(nint)]], typeof(FusedLoop).Module, skipVisibility: true);
        var code = method.GetILGenerator();
        var offset = code.DeclareLocal(typeof(nint));
        var column = rows is null ? offset : code.DeclareLocal(typeof(nint));
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
        for (var i = 0; i < rows?.Summed.Length; i++)
        {
            if (!made.Contains(rows.Summed[i])) Address(rows.Summed[i]);
            Address(rows.FirstSum + i);
        }
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Ldc_I4, DTypes.Size(instructions[0].Type));
        code.Emit(OpCodes.Conv_I);
        code.Emit(OpCodes.Mul);
        code.Emit(OpCodes.Starg_S, (byte)1);

        Label start = code.DefineLabel(), test = code.DefineLabel();
        Label row = code.DefineLabel(), rowTest = code.DefineLabel();
        if (rows is not null)
        {
            code.Emit(OpCodes.Br, rowTest);
            code.MarkLabel(row);
            code.Emit(OpCodes.Ldc_I4_0);
            code.Emit(OpCodes.Conv_I);
            code.Emit(OpCodes.Stloc, column);
        }
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
                foreach (var input in Inputs(instruction)) Load(input);
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
            code.Emit(OpCodes.Call, streams ? Method(vector, nameof(Simd1<float>.Stream)) : store);
        }
        for (var i = 0; i < rows?.Summed.Length; i++)
        {
            Load(rows.Summed[i]);
            Place(rows.FirstSum + i);
            code.Emit(OpCodes.Call, load);
            code.Emit(OpCodes.Ldloc, values[rows.Summed[i]]);
            code.Emit(OpCodes.Call, Method(vector, "op_Addition"));
            Place(rows.FirstSum + i);
            code.Emit(OpCodes.Call, store);
        }
        Advance(offset);
        if (rows is not null) Advance(column);
        code.MarkLabel(test);
        code.Emit(OpCodes.Ldloc, column);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Blt, start);
        if (rows is not null)
        {
            code.Emit(OpCodes.Ldarg_2);
            code.Emit(OpCodes.Ldc_I4_1);
            code.Emit(OpCodes.Sub);
            code.Emit(OpCodes.Starg_S, (byte)2);
            code.MarkLabel(rowTest);
            code.Emit(OpCodes.Ldarg_2);
            code.Emit(OpCodes.Ldc_I4_0);
            code.Emit(OpCodes.Conv_I);
            code.Emit(OpCodes.Bgt, row);
        }
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate(rows is null ? typeof(Body) : typeof(RowsBody));

        void Advance(LocalBuilder bytes)
        {
            code.Emit(OpCodes.Ldloc, bytes);
            code.Emit(OpCodes.Ldc_I4, RegisterBytes);
            code.Emit(OpCodes.Conv_I);
            code.Emit(OpCodes.Add);
            code.Emit(OpCodes.Stloc, bytes);
        }

        void Load(int operand)
        {
            if (values.ContainsKey(operand)) return;
            Place(operand);
            code.Emit(OpCodes.Call, load);
            code.Emit(OpCodes.Stloc, values[operand] = code.DeclareLocal(vector));
            if (!fetched.Contains(operand)) return;
            Place(operand);
            code.Emit(OpCodes.Call, Method(typeof(Ahead), nameof(Ahead.Fetch)));
        }

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
            code.Emit(OpCodes.Ldloc, rows?.IsRow(operand) == true ? column : offset);
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

/// <summary>The operands of a loop over rows that are one row each.</summary>
/// <param name="Same">Operands that are the same for all rows.</param>
/// <param name="Summed">The operands that are summed over the rows.</param>
/// <param name="FirstSum">The operand that the first of the sums is added to; the others follow.</param>
internal sealed record RowOperands(IReadOnlySet<int> Same, int[] Summed, int FirstSum)
{
    public bool IsRow(int operand) => Same.Contains(operand) || operand >= FirstSum;
}
