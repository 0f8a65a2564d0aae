namespace Hero.Benchmarks;

/// <summary>Another system on the same work: a script that prints its figures.</summary>
/// <param name="System">What it is, as <c>--against</c> names it.</param>
/// <param name="Benchmark">The benchmark with the same work.</param>
/// <param name="Arguments">What Hero's benchmark is called with; filled in as the command.</param>
/// <param name="Command">The script's command line; {python}, {peers}, {data}, {temp} and {threads} are filled in.</param>
/// <param name="Figures">Which of Hero's figures it has, and where they are in what the script prints.</param>
internal sealed record Peer(string System, string Benchmark, string[] Arguments, string Command, PeerFigure[] Figures)
{
    private const string Torch = "sh {peers}/torch_env.sh {threads} {python} {peers}/";
    private const string Dnn = "(test -x {temp}/onednn_limits || g++ -O3 -march=native -fopenmp {peers}/onednn_limits.cpp -o {temp}/onednn_limits -ldnnl -lopenblas) && {temp}/onednn_limits {threads} ";
    private const string Onnx = "(test -f {temp}/mobilenet_v2.onnx || {python} {peers}/mobilenet_torch.py {threads} --onnx {temp}/mobilenet_v2.onnx) && node {peers}/mobilenet_ort.js {temp}/mobilenet_v2.onnx {threads}";

    private static readonly string[] Mixed = ["--policy", "mixed_bfloat16"];

    public static IReadOnlyList<Peer> All { get; } =
    [
        new("pytorch", "mnist-cnn", ["60"], "{python} {peers}/mnist_cnn_profile_torch.py {data}/mnist {threads} 40",
            [new("MNIST CNN step, batch 128", @": ([\d.]+) ms/step")]),
        new("pytorch", "mnist-cnn", ["60", .. Mixed], "{python} {peers}/mnist_cnn_profile_torch.py {data}/mnist {threads} 40 bf16 channels_last",
            [new("MNIST CNN step, batch 128, mixed_bfloat16", @": ([\d.]+) ms/step")]),
        new("pytorch", "mnist-mlp", ["200"], Torch + "mnist_mlp_torch.py {data}/mnist 2 {threads} adam",
            [new("MNIST MLP step, batch 128", @"s/epoch median ([\d.]+)", 1e3 / 469)]),
        new("pytorch", "small-mlp", [], Torch + "small_nets_torch.py {threads}",
            [new("MLP 7-64-1 step, batch 32, Adam", @"MLP 7-64-1 b32 Adam: ([\d.]+) us/step"), new("MLP 7-64-1 prediction, batch 1", @"MLP 7-64-1 inference batch 1 jit frozen: median ([\d.]+) us")]),
        new("pytorch", "softmax-regression", [], Torch + "retrain_torch.py {data}/simpsons/train {threads}",
            [new("softmax regression, 4000 steps", @"softmax regression, 4000 steps of 100: ([\d.]+) s")]),
        new("pytorch", "features", ["{data}/simpsons/train"], Torch + "retrain_torch.py {data}/simpsons/train {threads} 1",
            [new("features of a folder", @"overlapped: [\d.]+ images/s \(([\d.]+) s\)")]),
        new("pytorch", "lstm", [], Torch + "small_nets_torch.py {threads} 3",
        [
            new("LSTM(256) 7 x 1 step, batch 32", @"LSTM\(256\) 7x1 b32 Adam: ([\d.]+) us/step", 1e-3),
            new("LSTM(128) 100 x 64 step, batch 64", @"LSTM\(128\) 100x64 b64 Adam: ([\d.]+) us/step", 1e-3),
            new("LSTM(256) 7 x 1, batch 1", @"LSTM\(256\) 7x1 inference batch 1 jit frozen: median ([\d.]+) us", 1e-3),
            new("LSTM(128) 100 x 64, batch 1", @"LSTM\(128\) 100x64 inference batch 1 jit frozen: median ([\d.]+) us", 1e-3),
        ]),
        new("pytorch", "startup", [], "{python} -c 'import subprocess, sys, time; t = time.perf_counter(); subprocess.run([sys.executable, \"-c\", \"import torch; print(((torch.ones(3) + 1) * 2).sum().item())\"]); print(\"start:\", time.perf_counter() - t)'",
            [new("first value", @"start: ([\d.]+)", 1e3)]),
        new("pytorch", "mobilenet", ["1", "32"], Torch + "mobilenet_torch.py {threads}",
            [new("MobileNet v2 224, batch 1", @"b1 jit optimize_for_inference: median ([\d.]+) ms"), new("MobileNet v2 224, batch 32", @"b32 jit optimize_for_inference: median ([\d.]+) ms")]),
        new("pytorch", "mobilenet-train", ["15"], Torch + "mobilenet_torch.py {threads} --train",
            [new("MobileNet v2 224 step, batch 32", @"train step b32 channels_last: median ([\d.]+) ms")]),
        new("pytorch", "resnet", ["30"], Torch + "cifar_resnet_torch.py {threads} 20 channels_last",
            [new("ResNet-20 step, batch 128", @"median ([\d.]+) ms/step")]),
        new("pytorch", "resnet", ["30", .. Mixed], Torch + "cifar_resnet_torch.py {threads} 20 bf16",
            [new("ResNet-20 step, batch 128, mixed_bfloat16", @"median ([\d.]+) ms/step")]),
        new("onednn", "kernels", ["gemm 1024 x 1024 x 1024"], Dnn + "gemm",
        [
            new("gemm 1024 x 1024 x 1024", @"oneDNN sgemm 1024\^3, {threads} threads +median +([\d.]+)"),
            new("gemm 1024 x 1024 x 1024, bfloat16", @"oneDNN matmul bf16 1024\^3, {threads} threads +median +([\d.]+)"),
            new("gemm 1024 x 1024 x 1024, bfloat16 in memory", @"oneDNN matmul bf16 packed B 1024\^3, {threads} threads +median +([\d.]+)"),
        ]),
        new("onednn", "kernels", ["mnist 2"], Dnn + "conv", Convolution("128 x 26 x 26 x 32 -> 64, 3 x 3/1 mnist 2", @"MNIST conv2 32->64 26x26 b128")),
        new("onednn", "kernels", ["32 x 56 x 56 x 64 -> 64"], Dnn + "conv", Convolution("32 x 56 x 56 x 64 -> 64, 3 x 3/1 resnet", @"3x3 64->64 56x56 b32")),
        new("onnxruntime", "mobilenet", ["1", "32"], Onnx,
            [new("MobileNet v2 224, batch 1", @"b1: median ([\d.]+) ms"), new("MobileNet v2 224, batch 32", @"b32: median ([\d.]+) ms")]),
    ];

    private static PeerFigure[] Convolution(string ours, string theirs) =>
    [
        new($"conv {ours}", $@"{theirs} fp32, {{threads}} thr, forward +median +([\d.]+)"),
        new($"conv {ours}, input gradient", $@"{theirs} fp32, {{threads}} thr, backward data +median +([\d.]+)"),
        new($"conv {ours}, filter gradient", $@"{theirs} fp32, {{threads}} thr, backward weights +median +([\d.]+)"),
        new($"conv {ours}, bfloat16 in memory", $@"{theirs} bf16, {{threads}} thr, forward +median +([\d.]+)"),
        new($"conv {ours}, bfloat16 in memory, input gradient", $@"{theirs} bf16, {{threads}} thr, backward data +median +([\d.]+)"),
        new($"conv {ours}, bfloat16 in memory, filter gradient", $@"{theirs} bf16, {{threads}} thr, backward weights +median +([\d.]+)"),
    ];

    public static IEnumerable<string> Systems => All.Select(peer => peer.System).Distinct();
}

/// <summary>One figure of a peer.</summary>
/// <param name="Name">What Hero calls it.</param>
/// <param name="Pattern">A regular expression whose first group is the number.</param>
/// <param name="Scale">From the peer's unit to Hero's.</param>
internal sealed record PeerFigure(string Name, string Pattern, double Scale = 1);
