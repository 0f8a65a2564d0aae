using Hero.Layers;
using Hero.Optimizers;
using Hero.Testing;

namespace Hero.Tests.Saving;

[Collection(SeededCollection.Name)]
public class ModelFileTests
{
    [Fact]
    public void A_loaded_model_answers_as_the_saved_one()
    {
        using var folder = new TemporaryFolder();
        RandomGenerator.Default.Seed(3);
        var model = Branched();
        model.Metadata["labels"] = "a\nb";
        var path = folder.File("model.safetensors");
        model.Save(path);
        var loaded = Model.Load(path);
        var x = Tensor.Arange(2 * 8 * 8 * 3, DType.Float32).Reshape(2, 8, 8, 3) / 100;
        Assert.Equal(model.Predict(x).ToArray<float>(), loaded.Predict(x).ToArray<float>());
        Assert.Equal("a\nb", loaded.Metadata["labels"]);
        Assert.Equal(model.Layers.Select(layer => layer.Name), loaded.Layers.Select(layer => layer.Name));
        Assert.Equal(model.GetConfig().Json.ToJsonString(), loaded.GetConfig().Json.ToJsonString());
        Assert.False(loaded.GetLayer("frozen").Trainable);
        var again = folder.File("again.safetensors");
        loaded.Save(again);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
    }

    [Theory]
    [InlineData("adam")]
    [InlineData("sgd")]
    [InlineData("adadelta")]
    public void Resumed_training_is_uninterrupted_training_bit_by_bit(string optimizer)
    {
        using var folder = new TemporaryFolder();
        var (x, y) = Models.SequentialTests.HalfPlanes(100);
        Sequential Make()
        {
            RandomGenerator.Default.Seed(5);
            var model = new Sequential(new Input(2), new Dense(8), new BatchNormalization(), new ReLU(), new Dropout(0.3),
                new Dense(2, activation: "softmax"));
            model.Compile(optimizer, "sparse_categorical_crossentropy", metrics: ["accuracy"]);
            return model;
        }
        var whole = Make();
        var expected = whole.Fit(x, y, batchSize: 16, epochs: 4, verbose: Verbose.Silent);
        whole.Save(folder.File("whole.safetensors"));

        var half = Make();
        half.Fit(x, y, batchSize: 16, epochs: 2, verbose: Verbose.Silent);
        half.Save(folder.File("half.safetensors"));
        RandomGenerator.Default.Seed(99);
        var resumed = Model.Load(folder.File("half.safetensors"));
        Assert.Equal(2, resumed.TrainedEpochs);
        var history = resumed.Fit(x, y, batchSize: 16, epochs: 4, verbose: Verbose.Silent, initialEpoch: resumed.TrainedEpochs);
        Assert.Equal(expected["loss"].Skip(2), history["loss"]);
        Assert.Equal(expected["accuracy"].Skip(2), history["accuracy"]);
        resumed.Save(folder.File("resumed.safetensors"));
        Assert.Equal(File.ReadAllBytes(folder.File("whole.safetensors")), File.ReadAllBytes(folder.File("resumed.safetensors")));
    }

    internal static Model Branched()
    {
        var x = new Input(8, 8, 3);
        var a = new Conv2D(4, 3, padding: "same", activation: "relu", kernelRegularizer: "l2").Apply(x);
        var b = new SeparableConv2D(4, 3, padding: "same").Apply(a);
        var frozen = new DepthwiseConv2D(3, padding: "same", name: "frozen") { Trainable = false };
        var sum = new Add().Apply(a, b, frozen.Apply(a));
        var head = new Sequential([new GlobalAveragePooling2D(), new Dropout(0.5),
            new Dense(2, activation: "softmax", kernelInitializer: "he_normal")], name: "head");
        var pooled = new BatchNormalization().Apply(new MaxPooling2D(2).Apply(sum));
        return new Model(x, head.Apply(new Concatenate().Apply(pooled, new AveragePooling2D(2).Apply(a))));
    }
}
