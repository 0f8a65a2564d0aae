using Hero.Callbacks;
using Hero.Layers;
using Hero.Optimizers;

namespace Hero.Tests.Training;

[Collection("seeded")]
public class FitAllocationTests
{
    [Fact]
    public void A_training_step_allocates_nothing()
    {
        var random = new RandomGenerator(1);
        var (x, y) = (random.Uniform([640, 12, 12, 3]), Tensor.From(Enumerable.Range(0, 640).Select(i => i % 10).ToArray()));
        var model = new Sequential(
            new Input(12, 12, 3), new Conv2D(8, 3), new BatchNormalization(), new ReLU(), new MaxPooling2D(2), new Dropout(0.25), new Flatten(),
            new Dense(32, activation: "relu"), new Dense(10, activation: "softmax"));
        model.Compile(new Adadelta(1.0), "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        var meter = new Meter();
        model.Fit(x, y, batchSize: 32, epochs: 3, verbose: Verbose.Silent, callbacks: [meter]);

        // The last epoch, all but its first steps. Threads of the team may start at any time, once.
        var steps = meter.Allocated.AsSpan(45, 14).ToArray();
        Array.Sort(steps);
        Assert.Equal(0, steps[steps.Length / 2]);
    }

    private sealed class Meter : Callback
    {
        private long before;
        private int count;

        public long[] Allocated { get; } = new long[60];

        public override void OnTrainBatchEnd(int batch, Logs logs)
        {
            var now = GC.GetAllocatedBytesForCurrentThread();
            Allocated[count++] = now - before;
            before = GC.GetAllocatedBytesForCurrentThread();
        }
    }
}
