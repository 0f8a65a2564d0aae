using Hero.Layers;
using Hero.Testing;
using Hero.Tests.Models;

namespace Hero.Tests.Training;

[Collection(SeededCollection.Name)]
public class ConcurrencyTests
{
    [Fact]
    public void Predict_is_safe_from_many_threads_from_its_first_call_on()
    {
        var (x, _) = SequentialTests.HalfPlanes(64);
        for (var round = 0; round < 5; round++)
        {
            RandomGenerator.Default.Seed(8);
            var reference = new Sequential(new Dense(16, activation: "relu"), new BatchNormalization(), new Dropout(0.5),
                new Dense(3, activation: "softmax"));
            var expected = reference.Predict(x).ToArray<float>();
            RandomGenerator.Default.Seed(8);
            var model = new Sequential(new Dense(16, activation: "relu"), new BatchNormalization(), new Dropout(0.5),
                new Dense(3, activation: "softmax"));
            Parallel.For(0, 32, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            {
                var count = 1 + i * 7 % 64;
                var part = Tensor.From(x)[..count];
                Assert.Equal(expected[..(count * 3)], model.Predict(part, batchSize: 1 + i % 9).ToArray<float>());
            });
        }
    }

    [Fact]
    public void Many_steps_hold_memory_flat_and_allocate_nothing_for_a_batch()
    {
        var (x, y) = SequentialTests.HalfPlanes(1000);
        var model = new Sequential(new Input(2), new Dense(8, activation: "relu"), new Dropout(0.2), new Dense(2, activation: "softmax"));
        model.Compile("adam", "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        model.Fit(x, y, batchSize: 10, epochs: 2, verbose: Verbose.Silent);
        // The least of a few rounds, since the test runner allocates now and then beside it.
        long Allocated(int batchSize) => Enumerable.Range(0, 5).Min(round =>
        {
            model.Fit(x, y, batchSize, epochs: 1, verbose: Verbose.Silent);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            model.Fit(x, y, batchSize, epochs: 6, verbose: Verbose.Silent);
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        });
        // Ten times the batches, the same epochs: what is allocated is an epoch's (its order, its thread), not a batch's.
        var (few, many) = (Allocated(100), Allocated(10));
        Assert.True(many < few + 540 * 24, $"600 batches allocated {many:N0} bytes, 60 batches {few:N0}");
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        model.Fit(x, y, batchSize: 10, epochs: 30, verbose: Verbose.Silent);
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) < heap + (1 << 20));
    }

    [Fact]
    public void The_same_seed_gives_the_same_file_for_any_number_of_threads()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(3);
        var x = new float[96, 12, 12, 3];
        for (var i = 0; i < x.Length; i++) x[i / 432, i / 36 % 12, i / 3 % 12, i % 3] = random.NextSingle();
        var y = Enumerable.Range(0, 96).Select(i => i % 5).ToArray();
        var before = Threads.Count;
        try
        {
            var files = new[] { 1, 2, 3, 4 }.Select(threads =>
            {
                Threads.Count = threads;
                RandomGenerator.Default.Seed(9);
                var model = new Sequential(
                    new Input(12, 12, 3), new Conv2D(16, 3, padding: "same", useBias: false), new BatchNormalization(), new ReLU(),
                    new DepthwiseConv2D(3, strides: 2), new MaxPooling2D(2), new Flatten(), new Dense(64, activation: "gelu"),
                    new Dropout(0.4), new Dense(5, activation: "softmax"));
                model.Compile("adam", "sparse_categorical_crossentropy", metrics: ["accuracy"]);
                model.Fit(x, y, batchSize: 20, epochs: 2, verbose: Verbose.Silent, validationSplit: 0.2);
                model.Save(folder.File("model.safetensors"));
                return File.ReadAllBytes(folder.File("model.safetensors"));
            }).ToList();
            foreach (var file in files) Assert.Equal(files[0], file);
        }
        finally
        {
            Threads.Count = before;
        }
    }
}
