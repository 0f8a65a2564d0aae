using Hero.Data;
using Hero.Layers;
using Hero.Optimizers;

namespace Hero.Vision.Retraining;

/// <summary>
/// Trains the head alone, on features that are known: the network below is frozen and has done its work. Features lie in one
/// tensor; a step gathers its rows, so nothing is copied on the way. The loss has no hollows to get lost in: the latest weights are
/// the best ones, and no others are kept.
/// </summary>
internal sealed class HeadTraining
{
    private const int TrainingStream = 1, ValidationStream = 2;

    private readonly RetrainOptions options;
    private readonly Layer head;
    private readonly Variable features;
    private readonly int[] classes;
    private readonly int labels;
    private readonly (int[] Rows, PictureDraw Draw) training, validation;
    private readonly int[] testing;
    private readonly Function probabilities;

    /// <param name="options">The training's options.</param>
    /// <param name="network">The network; its head is trained.</param>
    /// <param name="files">All pictures.</param>
    /// <param name="bottlenecks">Their features.</param>
    /// <param name="split">Which of them train and validate.</param>
    public HeadTraining(RetrainOptions options, PictureNetwork network, IReadOnlyList<ImageFile> files, Bottlenecks bottlenecks, PictureSplit split)
    {
        (this.options, head, labels) = (options, network.Head, network.Labels.Count);
        features = new Variable(Tensor.From<float>(bottlenecks.Values, [files.Count, bottlenecks.Length]), "features", trainable: false);
        classes = [.. files.Select(file => file.ClassIndex)];
        var rows = files.Select((file, row) => (file.Path, row)).ToDictionary(pair => pair.Path, pair => pair.row, StringComparer.Ordinal);
        training = Part(DataPart.Training, TrainingStream);
        validation = Part(DataPart.Validation, ValidationStream);
        testing = [.. split[DataPart.Testing].Select(file => rows[file.Path])];
        probabilities = Function.Compile(numbers => head.Apply(features.Gather(numbers)).Softmax());

        (int[], PictureDraw) Part(DataPart part, int stream) =>
            ([.. split[part].Select(file => rows[file.Path])], new PictureDraw(split[part].Count, options.Seed, stream));
    }

    /// <summary>The work to do.</summary>
    public TrainingWork Work(Optimizer optimizer, int steps) => new()
    {
        Name = "Training",
        Steps = steps,
        BatchSize = options.BatchSize,
        Batches = start => Batches(start, steps),
        Logits = numbers => head.Apply(features.Gather(numbers), training: true),
        Trained = head.TrainableWeights,
        Variables = [.. head.NamedVariables("head/").Select(named => (named.Path, named.Variable))],
        Optimizer = optimizer,
        Glance = step => Judge([.. validation.Draw.Sample(step, options.ValidationBatchSize).Select(number => validation.Rows[number])]),
    };

    /// <summary>Probabilities of the test pictures, a row for each.</summary>
    public float[] Test() => testing.Length == 0 ? [] : Predict(testing).ToArray();

    private ReadOnlySpan<float> Predict(int[] rows) => probabilities.Call(Tensor.From(rows)).Evaluate().As<float>();

    private Verdict Judge(int[] rows) => rows.Length == 0 ? default : Verdict.Of(Predict(rows), [.. rows.Select(row => classes[row])], labels);

    private IEnumerable<(Tensor, Tensor)> Batches(int start, int steps)
    {
        var (inputs, outputs) = (Row(), Row());
        for (var step = start; step < steps; step++)
        {
            Fill(step);
            yield return (inputs, outputs);
        }

        void Fill(int step)
        {
            var numbers = inputs.Evaluate().As<int>();
            var answers = outputs.Evaluate().As<int>();
            training.Draw.Draw(step, numbers);
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = training.Rows[numbers[i]];
                answers[i] = classes[numbers[i]];
            }
        }

        // Written anew for each step: the step has read it by then.
        Tensor Row() => new(DType.Int32, [options.BatchSize], new Storage(options.BatchSize * sizeof(int)));
    }
}
