using Hero.Cpu.Kernels;
using Hero.Testing;

namespace Hero.Engine.Tests.Compiling.Fuzz;

/// <summary>
/// Random programs of all operations, their gradients and updates of variables: compiled whole they give what their operations give one at a time, on any number
/// of threads and in every run the same bits, in float32 as in float64. A program that fails is printed with its seed, cut down to what it takes to fail.
/// </summary>
[Collection("threads")]
public class ProgramFuzzTests
{
    private static readonly (string Name, ProgramKind Kind)[] Kinds =
    [
        ("float64", new(DType.Float64, 3000, 60)),
        ("float32", new(DType.Float32, 3000, 60)),
        ("float32 large", new(DType.Float32, 400_000, 30)),
        ("float64 large", new(DType.Float64, 400_000, 30)),
        ("bfloat16", new(DType.Float32, 3000, 50, Narrow: true)),
        ("bfloat16 large", new(DType.Float32, 400_000, 30, Narrow: true)),
        ("float32 in float64", new(DType.Float64, 3000, 50, Narrow: true)),
        ("training", new(DType.Float32, 30_000, 30, Trains: true)),
        ("training in float64", new(DType.Float64, 3000, 30, Trains: true)),
        ("training large", new(DType.Float32, 500_000, 20, Trains: true)),
        ("training with bfloat16", new(DType.Float32, 30_000, 30, Narrow: true, Trains: true)),
        ("training in medium", new(DType.Float32, 30_000, 30, Precision: MatmulPrecision.Medium, Trains: true)),
        ("medium", new(DType.Float32, 30_000, 40, Precision: MatmulPrecision.Medium)),
        ("no numbers", new(DType.Float32, 3000, 40, Odd: true)),
        ("no numbers in float64", new(DType.Float64, 3000, 40, Odd: true)),
        ("no numbers large", new(DType.Float32, 400_000, 30, Odd: true)),
        ("training with no numbers", new(DType.Float32, 30_000, 20, Trains: true, Odd: true)),
        ("no numbers in medium", new(DType.Float32, 30_000, 40, Precision: MatmulPrecision.Medium, Odd: true)),
        ("no numbers in bfloat16", new(DType.Float32, 3000, 40, Narrow: true, Odd: true)),
        ("high large", new(DType.Float32, 3_000_000, 6, Precision: MatmulPrecision.High)),
    ];

    // Without a fast unit High is float32, and products of its size take long.
    public static TheoryData<string> Names => [.. Kinds.Where(kind => kind.Kind.Precision != MatmulPrecision.High || TileUnit.IsFast).Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Compiled_programs_give_what_their_operations_give_one_by_one(string kind) => Check(kind, 0, kind.StartsWith("high", StringComparison.Ordinal) ? 1 : kind.EndsWith("large", StringComparison.Ordinal) ? 4 : kind.StartsWith("training", StringComparison.Ordinal) ? 6 : 12);

    /// <summary>HERO_FUZZ_FIRST and HERO_FUZZ_COUNT choose other programs.</summary>
    [SkippableTheory]
    [Trait(SlowProof.Category, SlowProof.Slow)]
    [MemberData(nameof(Names))]
    public void Many_more_programs_do(string kind)
    {
        SlowProof.Require();
        Check(kind, Setting("HERO_FUZZ_FIRST", 1000), Setting("HERO_FUZZ_COUNT", 150));
    }

    private static int Setting(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), out var number) ? number : otherwise;

    private static void Check(string name, int first, int count)
    {
        var kind = Kinds.Single(kind => kind.Name == name).Kind;
        var before = Threads.Count;
        var checker = new ProgramChecker(kind);
        try
        {
            // Threads are started anew for a group, not for each program.
            const int Group = 20;
            for (var seed = first; seed < first + count; seed += Group) checker.Check(Enumerable.Range(seed, Math.Min(Group, first + count - seed)));
        }
        finally
        {
            Threads.Count = before;
        }
        Assert.True(checker.Failures.Count == 0, string.Join("\n\n", checker.Failures));
        // A comparison that allows for anything would find nothing.
        var (compared, exact, vague) = checker.Count;
        Assert.True(compared > count && vague < compared / 4, $"{vague} of {compared} results are known to a tenth at most, {exact} agree exactly");
    }
}
