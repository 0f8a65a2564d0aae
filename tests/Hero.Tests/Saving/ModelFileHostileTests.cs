using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Hero.Layers;
using Hero.Saving;
using Hero.Testing;

namespace Hero.Tests.Saving;

[Collection(SeededCollection.Name)]
public class ModelFileHostileTests
{
    [Fact]
    public void Thousands_of_damaged_files_give_the_documented_exception_or_a_model()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.safetensors");
        var whole = Whole(path);
        var header = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        var random = new Random(20240518);
        var refused = 0;
        for (var round = 0; round < 2000; round++)
        {
            var bytes = (byte[])whole.Clone();
            switch (random.Next(4))
            {
                case 0:
                    bytes = bytes[..random.Next(bytes.Length)];
                    break;
                case 1:
                    for (var i = random.Next(1, 4); i > 0; i--) bytes[random.Next(header)] ^= (byte)(1 << random.Next(8));
                    break;
                case 2: // Digits become other digits: sound JSON with other sizes.
                    for (var i = random.Next(1, 6); i > 0; i--) ChangeDigit(bytes, random.Next(8, header), header, random);
                    break;
                default:
                    var (from, to, count) = (random.Next(header), random.Next(header), random.Next(1, 40));
                    Array.Copy(whole, from, bytes, to, Math.Min(count, bytes.Length - Math.Max(from, to)));
                    break;
            }
            File.WriteAllBytes(path, bytes);
            try
            {
                Model.Load(path);
            }
            catch (ModelFileException)
            {
                refused++;
            }
        }
        Assert.True(refused > 1000);
    }

    [Fact]
    public void An_architecture_that_asks_for_more_than_the_file_has_takes_no_memory()
    {
        using var folder = new TemporaryFolder();
        var error = Refused(folder, architecture => Config(Layer(architecture, 1))["units"] = 2_000_000_000);
        Assert.Contains("asks for more", error.Message);
        error = Refused(folder, architecture =>
        {
            // Fifty uses of a model that uses one fifty times that uses one ...
            JsonNode inner = new JsonObject { ["class"] = "Activation",
                ["config"] = new JsonObject { ["name"] = "inner", ["trainable"] = true, ["activation"] = "relu" } };
            for (var depth = 0; depth < 12; depth++) inner = Repeated(inner);
            (architecture["class"], architecture["config"]) = ("Model", inner["config"]!.DeepClone());
        });
        Assert.Contains("nested", error.Message);
    }

    [Fact]
    public void Parts_that_do_not_fit_each_other_are_named()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("Unknown layer 'Evil'", Refused(folder, architecture => Layer(architecture, 1)!["class"] = "Evil").Message);
        Assert.Contains("'units'", Refused(folder, architecture => Config(Layer(architecture, 1))["units"] = "many").Message);
        Assert.Contains("dense/kernel", Refused(folder, architecture => Config(Layer(architecture, 1))["units"] = 2).Message);
        Assert.Contains("Two layers", Refused(folder, architecture => Config(Layer(architecture, 3))["name"] = "dense").Message);
        Assert.Contains("no activation", Refused(folder, architecture => Config(Layer(architecture, 1))["activation"] = "evil").Message);
        Assert.Contains("no place", Refused(folder, architecture => ((JsonArray)architecture["config"]!["layers"]!).RemoveAt(3)).Message);
        Assert.Contains("slash", Refused(folder, architecture => Config(Layer(architecture, 1))["name"] = "a/b").Message);

        var path = folder.File("model.safetensors");
        Whole(path);
        var other = new Sequential(new Input(3), new Dense(4), new Dense(3));
        var before = other.Weights.Select(weight => weight.ToArray<float>()).ToList();
        var error = Assert.Throws<ModelFileException>(() => other.LoadWeights(path));
        Assert.Contains("made for another model", error.Message);
        Assert.Equal(before, other.Weights.Select(weight => weight.ToArray<float>()));
        other.SaveWeights(path);
        Assert.Contains("LoadWeights", Assert.Throws<ModelFileException>(() => Model.Load(path)).Message);
        Assert.Throws<FileNotFoundException>(() => Model.Load(folder.File("nothing.safetensors")));
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":1""")]
    [InlineData("""[1]""")]
    [InlineData("")]
    public void Settings_that_are_no_sound_JSON_are_refused(string text) =>
        Assert.Throws<ModelFileException>(() => Hero.Saving.Config.Parse(text, "this"));

    [Fact]
    public void Own_layers_losses_and_activations_are_loaded_once_they_are_registered()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("own.safetensors");
        var activation = new ActivationFunction("test_cube", x => x * x * x);
        var model = new Sequential(new Input(3), new TestScale(2), new Dense(1, activation: activation));
        model.Compile("adam", (yTrue, yPred) => (yTrue - yPred).Square().Mean(-1));
        model.TrainOnBatch(Tensor.Ones([2, 3]), Tensor.Ones([2, 1]));
        model.Save(path);
        Assert.Contains("CustomObjects", Assert.Throws<ModelFileException>(() => Model.Load(path)).Message);
        CustomObjects.RegisterLayer(nameof(TestScale), config => new TestScale(config.GetDouble("factor")));
        CustomObjects.RegisterActivation(activation);
        var loaded = Model.Load(path);
        Assert.Equal(model.Predict(Tensor.Ones([2, 3])).ToArray<float>(), loaded.Predict(Tensor.Ones([2, 3])).ToArray<float>());
        // The loss cannot be in a file, but the optimizer goes on.
        Assert.Null(loaded.Loss);
        loaded.Compile(loaded.Optimizer!, model.Loss!);
        Assert.Equal(
            model.TrainOnBatch(Tensor.Ones([2, 3]), Tensor.Ones([2, 1]))["loss"],
            loaded.TrainOnBatch(Tensor.Ones([2, 3]), Tensor.Ones([2, 1]))["loss"]);
        Assert.Equal(model.Weights[1].ToArray<float>(), loaded.Weights[1].ToArray<float>());
    }

    private static JsonObject Repeated(JsonNode inner)
    {
        const int Times = 50;
        var nodes = new JsonArray(new JsonObject { ["layer"] = "input", ["inputs"] = new JsonArray() });
        for (var i = 0; i < Times; i++) nodes.Add(new JsonObject { ["layer"] = "inner", ["inputs"] = new JsonArray(new JsonArray(i, 0)) });
        var input = new JsonObject { ["class"] = "Input",
            ["config"] = new JsonObject { ["name"] = "input", ["trainable"] = true, ["shape"] = new JsonArray(3), ["dtype"] = "float32" } };
        return new JsonObject
        {
            ["class"] = "Model",
            ["config"] = new JsonObject
            {
                ["name"] = "inner", ["trainable"] = true, ["layers"] = new JsonArray(input, inner), ["nodes"] = nodes,
                ["inputs"] = new JsonArray(new JsonArray(0, 0)), ["outputs"] = new JsonArray(new JsonArray(Times, 0)),
            },
        };
    }

    private static void ChangeDigit(byte[] bytes, int from, int end, Random random)
    {
        for (var i = from; i < end; i++)
        {
            if (!char.IsAsciiDigit((char)bytes[i])) continue;
            bytes[i] = (byte)('0' + random.Next(10));
            return;
        }
    }

    private static JsonNode? Layer(JsonNode architecture, int index) => architecture["config"]!["layers"]![index];

    private static JsonNode Config(JsonNode? layer) => layer!["config"]!;

    private static ModelFileException Refused(TemporaryFolder folder, Action<JsonNode> change)
    {
        var path = folder.File("model.safetensors");
        Whole(path);
        Dictionary<string, string> metadata;
        List<SafetensorsTensor> tensors = [];
        using (var file = SafetensorsFile.Open(path))
        {
            metadata = new(file.Metadata);
            foreach (var entry in file.Entries)
            {
                var values = new byte[entry.ByteCount];
                file.ReadBytes(entry, values);
                tensors.Add(new SafetensorsTensor(entry.Name, entry.Type, entry.Shape, stream => stream.Write(values)));
            }
        }
        var architecture = JsonNode.Parse(metadata["architecture"])!;
        change(architecture);
        metadata["architecture"] = architecture.ToJsonString(new() { MaxDepth = 200 });
        SafetensorsWriter.Write(path, tensors, metadata);
        return Assert.Throws<ModelFileException>(() => Model.Load(path));
    }

    private static byte[] Whole(string path)
    {
        var model = new Sequential(new Input(3), new Dense(4, activation: "relu"), new BatchNormalization(),
            new Dense(3, activation: "softmax"), new Dropout(0.5));
        model.Compile("adam", "categorical_crossentropy", metrics: ["accuracy"]);
        model.TrainOnBatch(Tensor.Ones([2, 3]), Tensor.Ones([2, 3]));
        model.Save(path);
        return File.ReadAllBytes(path);
    }

    private sealed class TestScale(double factor) : Layer
    {
        private Variable? scale;

        public override Config GetConfig() => base.GetConfig().Set("factor", factor);

        protected override void Build(Shape inputShape) => scale = AddWeight("scale", [inputShape[^1]], "ones");

        protected override Tensor Call(Tensor input, bool training) => input * scale! * factor;
    }
}
