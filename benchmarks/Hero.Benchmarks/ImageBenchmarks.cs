using System.Diagnostics;
using System.Globalization;
using Hero.Vision;

namespace Hero.Benchmarks;

/// <summary>
/// Pictures a second, on one thread and on all: decoding every JPEG of a folder (files in memory), decoding and resizing to 224 x 224 into
/// a network's input, and each step alone. The best of several runs is printed: other work on the machine only ever slows down. The last
/// column divides by the processor time used instead of the time that passed, which tells more on a busy machine.
/// </summary>
internal static class ImageBenchmarks
{
    private const int Runs = 5, Size = 224;

    public static int Run(string[] args)
    {
        var folder = Arguments.Folder(args);
        var files = Directory.GetFiles(folder, "*.jpg", SearchOption.AllDirectories).Select(File.ReadAllBytes).ToArray();
        if (files.Length == 0) throw new UsageException($"There is no .jpg below '{folder}'.");
        var pictures = files.Take(200).Select(data => Image.Decode(data)).ToArray();
        var pngs = pictures.Take(50).Select(picture => picture.EncodePng()).ToArray();
        var normalization = new PixelNormalization(128, 128);
        var augmentation = new Augmentation { FlipLeftRight = true, RandomCrop = 10, RandomScale = 10, RandomBrightness = 10 };
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{files.Length} files, {files.Average(data => data.Length):F0} bytes on average, the first {pictures[0]}"));
        Console.WriteLine($"{"pictures a second",-44}{"1 thread",10}{$"{Environment.ProcessorCount} threads",12}{"a processor second",20}");
        Report("decode", files.Length, i => Image.Decode(files[i]));
        Report("decode, grey", files.Length, i => Image.Decode(files[i], new() { ColorMode = ColorMode.Grayscale }));
        Report("decode at 1/2", files.Length, i => Image.Decode(files[i], new() { TargetWidth = 80, TargetHeight = 60 }));
        Report("decode, resize to 224 x 224 floats", files.Length, i => Image.Decode(files[i]).ResizeTo(Buffer(), Size, Size, normalization));
        Report("resize to 224 x 224 floats, antialiased", pictures.Length, i => pictures[i].ResizeTo(Buffer(), Size, Size, normalization));
        Report("resize to 224 x 224 floats, nearest", pictures.Length, i => pictures[i].ResizeTo(Buffer(), Size, Size, normalization, Interpolation.Nearest));
        Report("resize to 224 x 224 bytes, antialiased", pictures.Length, i => pictures[i].Resize(Size, Size));
        Report("augment to 224 x 224 floats", pictures.Length, i => augmentation.ApplyTo(pictures[i], i, 0, Buffer(), Size, Size, normalization));
        Report("decode PNG", pngs.Length, i => Image.Decode(pngs[i]));
        Report("encode PNG", pngs.Length, i => pictures[i].EncodePng());
        return 0;
    }

    [ThreadStatic] private static float[]? buffer;

    private static float[] Buffer() => buffer ??= new float[Size * Size * 3];

    private static void Report(string name, int count, Action<int> work)
    {
        var (single, singleProcessor) = Measure(1, count, work);
        var (all, allProcessor) = Measure(Environment.ProcessorCount, count, work);
        var perSecond = Math.Max(singleProcessor, allProcessor);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-44}{single,10:F0}{all,12:F0}{perSecond,20:F0}"));
    }

    private static (double Passed, double Processor) Measure(int threads, int count, Action<int> work)
    {
        var (passed, processor) = (double.MaxValue, double.MaxValue);
        for (var run = 0; run < Runs; run++)
        {
            var (start, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            if (threads == 1)
                for (var i = 0; i < count; i++) work(i);
            else Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, work);
            passed = Math.Min(passed, Stopwatch.GetElapsedTime(start).TotalSeconds);
            processor = Math.Min(processor, (Environment.CpuUsage.TotalTime - used).TotalSeconds);
        }
        return (count / passed, count / processor);
    }
}
