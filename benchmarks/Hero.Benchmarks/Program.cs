using Hero.Benchmarks;

// One name, one runner: dotnet run -c Release --project benchmarks/Hero.Benchmarks -- NAME [ARGUMENTS]
switch (args.FirstOrDefault())
{
    case "kernels": return KernelBenchmarks.Run(args[1..]);
    case "depthwise": return WindowBenchmarks.Depthwise(args[1..]);
    case "pooling": return WindowBenchmarks.Pooling(args[1..]);
    case "images": return ImageBenchmarks.Run(args[1..]);
    case "mnist-cnn": return NetworkBenchmarks.MnistCnn(args[1..]);
    case "mnist-mlp": return NetworkBenchmarks.MnistMlp(args[1..]);
    case "mobilenet": return NetworkBenchmarks.MobileNet(args[1..]);
    case "mobilenet-train": return NetworkBenchmarks.MobileNetTrain(args[1..]);
    case "resnet": return NetworkBenchmarks.ResNet(args[1..]);
    default:
        Console.WriteLine("Benchmarks: kernels [PART OF A NAME]   matrix products and convolutions, as a share of the processor's limit");
        Console.WriteLine("            depthwise [BATCH]          depthwise convolutions of MobileNet v2, forward and gradients");
        Console.WriteLine("            pooling [BATCH]            max and average pooling, forward and gradients");
        Console.WriteLine("            images FOLDER              pictures a second: decoding, resizing, augmenting");
        Console.WriteLine("            mnist-cnn [STEPS]          training steps of the MNIST convolutional network, batch 128");
        Console.WriteLine("            mnist-mlp [STEPS]          training steps of the MNIST perceptron 784-512-512-10, batch 128");
        Console.WriteLine("            mobilenet [BATCH ...]      MobileNet v2 inference, pictures a second");
        Console.WriteLine("            mobilenet-train [STEPS]    training steps of MobileNet v2 224, batch 32");
        Console.WriteLine("            resnet [STEPS]             training steps of ResNet-20 on 32 x 32 pictures, batch 128");
        return 1;
}
