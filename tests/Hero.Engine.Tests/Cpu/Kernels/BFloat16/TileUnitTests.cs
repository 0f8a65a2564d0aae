using Hero.Cpu.Kernels;

namespace Hero.Engine.Tests.Cpu.Kernels;

public sealed unsafe class TileUnitTests
{
    private const float Guard = -12345;

    [SkippableTheory]
    [InlineData("AMX")]
    [InlineData("AVX512-BF16")]
    public void Blocks_of_every_size_agree_with_a_plain_loop_and_write_nothing_else(string name)
    {
        var isAmx = name == "AMX";
        Skip.IfNot(isAmx ? AmxUnit.Prepare() : DotUnit.Prepare(), $"The processor has no {name}, or it is switched off.");
        for (var rows = 1; rows <= TileUnit.Rows; rows++)
        {
            foreach (var columns in new[] { 1, 2, 7, 15, 16, 17, 31, 32 })
            {
                Check(isAmx, rows, columns, depthStep: 32, steps: 2, segments: 3, inPairs: rows % 2 == 0, accumulate: columns % 2 == 0);
                Check(isAmx, rows, columns, depthStep: 2 * rows, steps: 1, segments: 2, inPairs: rows % 3 == 0, accumulate: columns % 3 == 0);
            }
        }
    }

    private static void Check(bool isAmx, int rows, int columns, int depthStep, int steps, int segments, bool inPairs, bool accumulate)
    {
        // Two or four blocks; segments lie apart on the left, and so do the parts of the right operand, by one pair.
        int blockCount = inPairs ? 4 : 2, depth = steps * depthStep, segmentSize = depth + 8, rowSize = segments * segmentSize, pairs = depth / 2 + 1;
        var random = new Random(rows + 100 * columns);
        var left = Enumerable.Range(0, blockCount * rows * rowSize).Select(_ => BFloat16Numbers.Bits((float)random.NextDouble() - 0.5f)).ToArray();
        var right = Enumerable.Range(0, 2 * segments * pairs * 64).Select(_ => BFloat16Numbers.Bits((float)random.NextDouble() - 0.5f)).ToArray();
        var outputStep = columns + 3;
        var output = new float[blockCount * rows * outputStep];
        Array.Fill(output, Guard);
        for (var i = 0; i < blockCount * rows; i++) Array.Fill(output, 1, i * outputStep, columns);
        var offsets = Enumerable.Range(0, segments).Select(segment => (nint)segment * segmentSize * sizeof(ushort)).ToArray();
        var blocks = new TileBlock[blockCount];
        for (var b = 0; b < blockCount; b++)
            blocks[b] = new(b * rows * rowSize * sizeof(ushort), Right(b) * sizeof(ushort), b * rows * outputStep * sizeof(float));

        fixed (ushort* l = left, r = right)
        fixed (float* o = output)
        fixed (nint* s = offsets)
        fixed (TileBlock* list = blocks)
        {
            var call = new TileCall
            {
                Left = (byte*)l, Right = (byte*)r, Output = (byte*)o, Blocks = list, Count = inPairs ? blockCount / 2 : blockCount,
                Segments = s, SegmentCount = segments, SegmentsEnd = s + segments, StepsPerSegment = steps, RightSegmentSkip = 128,
                LeftRowStep = rowSize * sizeof(ushort), LeftDepthStep = depthStep * sizeof(ushort), OutputRowStep = outputStep * sizeof(float),
                Accumulate = accumulate ? 1 : 0,
            };
            if (isAmx) AmxUnit.Run(&call, rows, columns, depthStep, inPairs);
            else DotUnit.Run(&call, rows, columns, depthStep, inPairs);
        }
        for (var b = 0; b < blockCount; b++)
        for (var i = 0; i < rows; i++)
        for (var j = 0; j < outputStep; j++)
        {
            double sum = j < columns ? (accumulate ? 1 : 0) : Guard, scale = Math.Abs(sum);
            for (var p = 0; p < segments * depth && j < columns; p++)
            {
                int segment = p / depth, q = p % depth;
                double a = BFloat16Numbers.Value(left[(b * rows + i) * rowSize + segment * segmentSize + q]);
                double c = BFloat16Numbers.Value(right[Right(b) + (segment * pairs + q / 2) * 64 + 2 * j + q % 2]);
                sum += a * c;
                scale += Math.Abs(a * c);
            }
            Assert.True(Math.Abs(output[(b * rows + i) * outputStep + j] - sum) <= 1e-6 * scale, $"{rows} x {columns}, depth {depthStep}: block {b}, element {i}, {j}");
        }

        // The blocks of a pair share a right operand.
        int Right(int block) => (inPairs ? block / 2 : block) % 2 * segments * pairs * 64;
    }
}
