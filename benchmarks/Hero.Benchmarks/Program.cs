using Hero.Benchmarks;

// One name, one runner: dotnet run -c Release --project benchmarks/Hero.Benchmarks -- NAME [ARGUMENTS]
switch (args.FirstOrDefault())
{
    case "kernels": return KernelBenchmarks.Run(args[1..]);
    default:
        Console.WriteLine("Benchmarks: kernels [PART OF A NAME]   matrix products and convolutions, as a share of the processor's limit");
        return 1;
}
