using Hero.Layers;
using Hero.Optimizers;

namespace Hero.Tests.Models;

[Collection(SeededCollection.Name)]
public class SequentialTests
{
    [Fact]
    public void A_small_network_learns_which_half_of_the_plane_a_point_is_in()
    {
        RandomGenerator.Default.Seed(1);
        var (x, y) = HalfPlanes(200);
        var model = new Sequential(new Input(2), new Dense(16, activation: "relu"), new Dense(2, activation: "softmax"));
        model.Compile(new Adam(0.02), "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        var history = model.Fit(x, y, batchSize: 32, epochs: 30, verbose: Verbose.Silent, validationData: (x, y));
        Assert.Equal(["loss", "accuracy", "val_loss", "val_accuracy"], history.Keys);
        Assert.Equal(30, history["loss"].Count);
        Assert.True(history["loss"][^1] < 0.5 * history["loss"][0]);
        Assert.True(history["val_accuracy"][^1] > 0.95);
        var result = model.Evaluate(x, y);
        Assert.Equal(history["val_loss"][^1], result["loss"]);
        var p = model.Predict(x);
        Assert.Equal([200, 2], p.Shape.ToArray());
        Assert.Equal(1, p[0].Sum().Item<float>(), 1e-5);
        var hits = p.ArgMax().ToArray<long>().Zip(y, (a, b) => a == b ? 1.0 : 0).Average();
        Assert.Equal(result["accuracy"], hits, 1e-9);
    }

    [Fact]
    public void Layers_are_named_as_Keras_names_them()
    {
        var model = new Sequential(new Input(8, 8, 1), new Flatten(), new Dense(3), new Dropout(0.5f), new Dense(3),
            new Dense(2, name: "answer"));
        Assert.Equal(["flatten", "dense", "dropout", "dense_1", "answer"], model.Layers.Select(layer => layer.Name));
        Assert.Equal("dense_1", model.GetLayer("dense_1").Name);
        Assert.Equal([64, 3], model.GetLayer("dense").Weights[0].Shape.ToArray());
    }

    internal static (float[,] X, int[] Y) HalfPlanes(int count)
    {
        var random = new Random(7);
        var x = new float[count, 2];
        var y = new int[count];
        for (var i = 0; i < count; i++)
        {
            x[i, 0] = random.NextSingle() * 2 - 1;
            x[i, 1] = random.NextSingle() * 2 - 1;
            y[i] = x[i, 0] + x[i, 1] > 0.2f ? 1 : 0;
        }
        return (x, y);
    }
}
