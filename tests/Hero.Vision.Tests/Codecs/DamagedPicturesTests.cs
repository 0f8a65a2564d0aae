using System.Buffers.Binary;

namespace Hero.Vision.Tests.Codecs;

/// <summary>Two thousand damaged pictures, always the same ones: each decodes or is refused with the documented exception.</summary>
public class DamagedPicturesTests
{
    private const int Count = 2000;
    private const long Limit = 1 << 20;

    [Fact]
    public void Damaged_pictures_are_refused_or_decoded_within_the_memory_of_the_limit()
    {
        var samples = Samples();
        var options = new ImageDecodeOptions { MaxPixels = Limit, ColorMode = ColorMode.Unchanged };
        var (decoded, refused) = (0, 0);
        for (var i = 0; i < Count; i++)
        {
            var random = new Random(i);
            var data = Damage(samples[i % samples.Count], samples, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var image = Image.Decode(data, options);
                Assert.InRange((long)image.Width * image.Height, 1, Limit);
                decoded++;
            }
            catch (ImageFormatException)
            {
                refused++;
            }
            // What the limit's documentation promises, and a megabyte for tables and buffers.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Limit * 20 + (1 << 20));
        }
        Assert.Equal(Count, decoded + refused);
        Assert.InRange(refused, Count / 4, Count);
        Assert.InRange(decoded, Count / 50, Count);
    }

    private static List<byte[]> Samples()
    {
        var (image, gray) = (Pictures.Draw(45, 38), Pictures.Draw(33, 21, 1));
        List<byte[]> samples =
        [
            new TestJpeg().Encode(image), new TestJpeg { Sampling = [(2, 2), (1, 1), (1, 1)], RestartInterval = 2 }.Encode(image),
            new TestJpeg { Progressive = true, Step = 5 }.Encode(image), new TestJpeg { Progressive = true, Sampling = [(2, 1), (1, 1), (1, 1)], RestartInterval = 3 }.Encode(image),
            new TestJpeg { Interleaved = false, Step = 300 }.Encode(image), new TestJpeg { Progressive = true }.Encode(gray),
            new TestJpeg { Segments = [(0xE1, [.. "Exif\0\0II"u8, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0])] }.Encode(image),
            image.EncodePng(), gray.EncodePng(),
        ];
        foreach (var (depth, color) in new[] { (1, 0), (16, 0), (4, 3), (8, 3), (16, 4), (8, 6), (16, 2) })
            foreach (var interlaced in new[] { false, true })
                samples.Add(new TestPng(29, 23, depth, color) { Interlaced = interlaced, Palette = color == 3 ? new byte[3 << depth] : null, Pieces = 2 }
                    .Encode((y, x, s) => (x * 5 + y * 3 + s) % (1 << depth)));
        foreach (var bits in new[] { 1, 4, 8, 16, 24, 32 })
            samples.Add(new TestBmp(27, 19, bits) { Palette = bits <= 8 ? new byte[3 << bits] : [] }.Encode((y, x) => (uint)(x * 77 + y) % (1u << Math.Min(bits, 30))));
        samples.Add(new TestBmp(30, 4, 8) { Compression = 1, Palette = new byte[768] }.Assemble([20, 1, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0, 0, 2, 3, 1, 9, 7, 0, 0, 30, 1, 0, 0, 30, 2, 0, 1]));
        samples.Add(new TestBmp(30, 4, 4) { Compression = 2, Palette = new byte[48] }.Assemble([20, 0x12, 0, 5, 0x12, 0x34, 0x50, 0, 0, 0, 0, 2, 3, 1, 9, 7, 0, 0, 30, 1, 0, 0, 30, 2, 0, 1]));
        samples.Add(new TestBmp(20, 9, 32) { Compression = 3, HeaderLength = 124, Masks = [0xFF0000, 0xFF00, 0xFF, 0xFF000000] }.Encode((y, x) => (uint)(x << 20 | y << 3)));
        return samples;
    }

    private static byte[] Damage(byte[] sample, List<byte[]> samples, Random random)
    {
        var data = sample.ToArray();
        switch (random.Next(6))
        {
            case 0:
                for (var n = random.Next(1, 20); n > 0; n--) data[random.Next(data.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                data = data[..random.Next(data.Length)];
                break;
            case 2:
                var other = samples[random.Next(samples.Count)];
                data = [.. data[..random.Next(data.Length)], .. other[random.Next(other.Length)..]];
                break;
            case 3:
                // Most headers are in the first bytes: absurd sizes, counts and lengths.
                var place = random.Next(2, Math.Min(data.Length - 4, 200));
                BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(place), random.Next(4) switch { 0 => -1, 1 => int.MaxValue, 2 => 0, _ => random.Next() });
                break;
            case 4:
                var start = random.Next(data.Length);
                random.NextBytes(data.AsSpan(start, random.Next(data.Length - start)));
                break;
            default:
                var (from, length) = (random.Next(data.Length), random.Next(1, 60));
                data = [.. data[..from], .. data[Math.Min(data.Length, from + length)..]];
                break;
        }
        // With the checksums put right a PNG's damage gets beyond the first check.
        if (random.Next(4) != 0) RepairChecksums(data);
        return data;
    }

    private static void RepairChecksums(byte[] data)
    {
        if (data.Length < 20 || data[1] != 'P') return;
        for (var position = 8; position + 12 <= data.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(position));
            if (length > data.Length - position - 12) return;
            var end = position + 8 + (int)length;
            BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(end), TestPng.BitwiseCrc(data.AsSpan(position + 4, end - position - 4)));
            position = end + 4;
        }
    }
}
