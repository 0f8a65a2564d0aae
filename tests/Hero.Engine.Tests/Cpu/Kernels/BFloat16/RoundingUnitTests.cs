using Hero.Cpu.Kernels;

namespace Hero.Engine.Tests.Cpu.Kernels;

public sealed unsafe class RoundingUnitTests
{
    private static readonly float[] Special =
        [0, -0f, 1, float.PositiveInfinity, float.NegativeInfinity, float.NaN, BitConverter.UInt32BitsToSingle(0x7F800001), BitConverter.UInt32BitsToSingle(0xFFC12345), float.MaxValue, float.MinValue, 1.00390625f, 1.01171875f];

    [SkippableTheory]
    [InlineData(1, 1)]
    [InlineData(3, 15)]
    [InlineData(16, 16)]
    [InlineData(5, 17)]
    [InlineData(16, 31)]
    [InlineData(16, 32)]
    [InlineData(2, 33)]
    [InlineData(13, 64)]
    [InlineData(16, 127)]
    public void Rounds_rows_to_nearest_and_pads_the_last_step(int rows, int depth)
    {
        Skip.IfNot(RoundingUnit.IsSupported, "The processor does not round to bfloat16, or its vectors are switched off.");
        int step = depth + 3, steps = (depth + 31) / 32, size = steps * BFloat16Packing.LeftStep;
        using GuardedBuffer<float> source = new((rows - 1) * step + depth), memory = new(size / 2);
        var numbers = new Random(depth);
        for (var i = 0; i < source.Length; i++) source.Data[i] = i % 7 == 0 ? Special[i / 7 % Special.Length] : (float)((numbers.NextDouble() - 0.5) * Math.Pow(2, numbers.Next(-60, 60)));
        RoundingUnit.Left(source.Data, step, rows, depth, (ushort*)memory.Data);
        memory.ToArray();   // looks at what lies around
        var target = (ushort*)memory.Data;
        for (var row = 0; row < rows; row++)
        {
            for (var p = 0; p < steps * 32; p++)
            {
                var expected = p < depth ? BFloat16Numbers.Bits(source.Data[row * step + p]) : 0;
                Assert.Equal(expected, target[p / 32 * BFloat16Packing.LeftStep + row * 32 + p % 32]);
            }
        }
    }

    [SkippableFact]
    public void What_is_too_small_for_a_normal_number_is_zero()
    {
        Skip.IfNot(RoundingUnit.IsSupported, "The processor does not round to bfloat16, or its vectors are switched off.");
        var values = stackalloc float[] { float.Epsilon, -1e-40f, 1.2e-38f };
        var target = stackalloc ushort[32];
        RoundingUnit.Left(values, 3, 1, 3, target);
        Assert.Equal([0, 0x8000, BFloat16Numbers.Bits(1.2e-38f)], new Span<ushort>(target, 3).ToArray());
    }
}
