using Hero.Data;
using Hero.Optimizers;

namespace Hero.Vision.Retraining;

/// <summary>
/// Trains on pictures themselves: a network from scratch, a whole network that is fine-tuned, or a head whose pictures are changed
/// at random each time, so that their features cannot be kept.
/// </summary>
internal sealed class NetworkTraining
{
    private readonly RetrainOptions options;
    private readonly PictureNetwork network;
    private readonly PictureSplit split;
    private readonly PictureStore store;
    private readonly int[] offsets;
    private readonly PictureEvaluator evaluator;

    public NetworkTraining(RetrainOptions options, PictureNetwork network, PictureSplit split, PictureStore store, IReadOnlyList<ImageFile> files)
    {
        (this.options, this.network, this.split, this.store) = (options, network, split, store);
        var numbers = files.Select((file, number) => (file.Path, number)).ToDictionary(pair => pair.Path, pair => pair.number, StringComparer.Ordinal);
        offsets = [.. split[DataPart.Training].Select(file => numbers[file.Path])];
        evaluator = new PictureEvaluator(network, store, numbers);
    }

    /// <summary>What the network makes of pictures.</summary>
    public PictureEvaluator Evaluator => evaluator;

    /// <summary>The work to do.</summary>
    /// <param name="name">"Training" or "Fine-tuning".</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="batchSize">Pictures in a step.</param>
    /// <param name="isBaseFrozen">Whether only the head is trained.</param>
    /// <param name="augmentation">How pictures are changed.</param>
    /// <param name="optimizer">How weights are changed.</param>
    /// <param name="schedule">Step sizes; see <see cref="TrainingWork.Schedule"/>.</param>
    public TrainingWork Work(string name, int steps, int batchSize, bool isBaseFrozen, Augmentation augmentation, Optimizer optimizer, Func<int, double>? schedule)
    {
        var (training, validation) = (split[DataPart.Training], split[DataPart.Validation]);
        // A frozen base is trained on as retrain.py does; a whole network sees every picture once before it sees one twice.
        var draw = new PictureDraw(training.Count, options.Seed, stream: 1);
        var order = new EpochOrder(training.Count, options.Seed);
        var glance = new PictureDraw(validation.Count, options.Seed, stream: 2);
        return new()
        {
            Name = name,
            Steps = steps,
            BatchSize = batchSize,
            Batches = start => Batches(start, steps, batchSize, isBaseFrozen ? draw.Draw : order.Draw, augmentation),
            Logits = pictures => network.Head.Apply(network.Features.Apply(pictures, training: !isBaseFrozen), training: true),
            Trained = isBaseFrozen ? network.Head.TrainableWeights : [.. network.Features.TrainableWeights, .. network.Head.TrainableWeights],
            Variables = [.. network.Head.NamedVariables("head/").Concat(isBaseFrozen ? [] : network.Features.NamedVariables("base/")).Select(named => (named.Path, named.Variable))],
            Optimizer = optimizer,
            Schedule = schedule,
            Glance = step => evaluator.Judge([.. glance.Sample(step, options.ValidationBatchSize).Select(number => validation[number])]),
            Judge = () => evaluator.Judge(validation),
            JudgeEvery = Math.Max(1, (training.Count + batchSize - 1) / batchSize),
        };
    }

    private IEnumerable<(Tensor, Tensor)> Batches(int start, int steps, int batchSize, DrawPictures draw, Augmentation augmentation)
    {
        var (input, training) = (network.Input, split[DataPart.Training]);
        foreach (var batch in new PictureBatches(batchSize, input).Run(start, steps, Fill)) yield return (batch.Pictures, batch.Classes);

        void Fill(int step, PictureBatch batch)
        {
            var numbers = new int[batchSize];
            draw(step, numbers);
            for (var place = 0; place < batchSize; place++)
            {
                var number = numbers[place];
                // The place counts too: a picture that is drawn twice in a step looks different.
                augmentation.ApplyTo(store[offsets[number]], number, (long)step * batchSize + place, batch.Picture(place), input.Width, input.Height, input.Normalization);
                batch.Labels[place] = training[number].ClassIndex;
            }
            batch.Count = batchSize;
        }
    }

    private delegate void DrawPictures(int step, Span<int> numbers);
}
