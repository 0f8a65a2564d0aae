using Hero.Vision.Codecs.Jpeg;
using Hero.Vision.Simd;

namespace Hero.Vision.Tests.Codecs;

public class InverseDctTests
{
    [Fact]
    public void Every_register_width_gives_the_bits_of_the_scalar_one_and_the_cosine_sum_rounded()
    {
        var random = new Random(7);
        for (var trial = 0; trial < 200; trial++)
        {
            var block = new int[64];
            for (var count = trial % 64; count >= 0; count--) block[random.Next(64)] = random.Next(-200, 201) * (trial % 5 == 0 ? 8 : 1);
            var scalar = Run<Lanes1>(block);
            Assert.Equal(scalar, Run<Lanes4>(block));
            Assert.Equal(scalar, Run<Lanes8>(block));
            for (var y = 0; y < 8; y++)
                for (var x = 0; x < 8; x++) Assert.InRange(scalar[8 * y + x] - Math.Clamp(CosineSum(block, x, y) + 128, 0, 255), -1.01, 1.01);
        }
    }

    [Fact]
    public void Coefficients_of_a_damaged_file_overflow_alike_on_every_register_width()
    {
        var random = new Random(8);
        for (var trial = 0; trial < 50; trial++)
        {
            var block = new int[64];
            for (var i = 0; i < 64; i++) block[i] = random.Next(int.MinValue, int.MaxValue);
            var scalar = Run<Lanes1>(block);
            Assert.Equal(scalar, Run<Lanes4>(block));
            Assert.Equal(scalar, Run<Lanes8>(block));
        }
    }

    [Fact]
    public void Every_way_to_exchange_rows_and_columns_is_the_plain_one()
    {
        var random = new Random(10);
        var block = new int[64];
        for (var i = 0; i < 64; i++) block[i] = random.Next(-100_000, 100_000) >> random.Next(16);
        int[] expected = [.. block], portable = [.. block], best = [.. block];
        SampleBlock.TransposeScalar(ref expected[0]);
        SampleBlock.Transpose128(ref portable[0]);
        SampleBlock.Transpose(ref best[0]);
        for (var i = 0; i < 64; i++) Assert.Equal(block[i % 8 * 8 + i / 8], expected[i]);
        Assert.Equal(expected, portable);
        Assert.Equal(expected, best);

        byte[] plainBytes = new byte[100], portableBytes = new byte[100], bestBytes = new byte[100];
        SampleBlock.StoreColumnsScalar(ref block[0], ref plainBytes[0], 11);
        SampleBlock.StoreRows128(ref portable[0], ref portableBytes[0], 11);
        SampleBlock.StoreColumns(ref block[0], ref bestBytes[0], 11);
        Assert.Equal(plainBytes, portableBytes);
        Assert.Equal(plainBytes, bestBytes);
    }

    [Theory]
    [InlineData(2), InlineData(4)]
    public void Reduced_transforms_are_near_the_mean_of_the_samples_they_stand_for(int size)
    {
        var random = new Random(9);
        for (var trial = 0; trial < 100; trial++)
        {
            // Slow waves only: the reduced transforms drop what they cannot show.
            var block = new int[64];
            foreach (var place in new[] { 0, 1, 8, 9 }) block[place] = random.Next(-150, 151);
            var samples = Reduce<Lanes1>(block, size);
            Assert.Equal(samples, Reduce<Lanes4>(block, size));
            Assert.Equal(samples, Reduce<Lanes8>(block, size));
            var step = 8 / size;
            for (var y = 0; y < size; y++)
                for (var x = 0; x < size; x++)
                {
                    var mean = 0.0;
                    for (var i = 0; i < step * step; i++) mean += CosineSum(block, x * step + i % step, y * step + i / step) / (step * step);
                    Assert.InRange(samples[y * size + x] - Math.Clamp(mean + 128, 0, 255), -12, 12);
                }
        }
    }

    private static byte[] Run<T>(int[] block) where T : struct, ILanes<T>
    {
        var samples = new byte[64];
        InverseDct.Transform<T>((int[])block.Clone(), samples, 8);
        return samples;
    }

    private static byte[] Reduce<T>(int[] block, int size) where T : struct, ILanes<T>
    {
        var samples = new byte[size * size];
        ReducedDct.Transform<T>((int[])block.Clone(), size, samples, size);
        return samples;
    }

    private static double CosineSum(int[] block, int x, int y)
    {
        var sum = 0.0;
        for (var v = 0; v < 8; v++)
            for (var u = 0; u < 8; u++)
                sum += block[8 * v + u] * (u == 0 ? Math.Sqrt(0.5) : 1) * (v == 0 ? Math.Sqrt(0.5) : 1) / 4
                    * Math.Cos((2 * x + 1) * u * Math.PI / 16) * Math.Cos((2 * y + 1) * v * Math.PI / 16);
        return sum;
    }
}
