using Hero.Layers;
using Hero.Saving;

namespace Hero.Metrics;

/// <summary>
/// A figure that is followed over the batches of an epoch. A name stands for Keras' metric of that name ("accuracy" picks the
/// kind that fits the shapes). Metrics keep totals: each belongs to one model.
/// </summary>
public abstract class Metric
{
    private protected Metric(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
    }

    /// <summary>What logs call it.</summary>
    public string Name { get; }

    /// <summary>A new metric of Keras' name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static implicit operator Metric(string name) => Metrics.Get(name);

    /// <summary>The mean of a function of one's own.</summary>
    /// <param name="name">What logs call it.</param>
    /// <param name="function">Of (yTrue, yPred), shapes (batch, ...): a value for each example, shape (batch, ...), or one for the
    /// batch.</param>
    public static Metric From(string name, Func<Tensor, Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new FunctionMetric(name, function);
    }

    /// <summary>Takes a batch into account; steps that the mask of the model's answer leaves out do not count. Inside a function that is being traced this becomes part of each of its runs.</summary>
    /// <param name="yTrue">The truth: (batch, ...).</param>
    /// <param name="yPred">The model's answer: (batch, ...).</param>
    /// <param name="sampleWeight">What each example counts: (batch).</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public abstract void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null);

    /// <summary>The figure over everything since the last <see cref="Reset"/>.</summary>
    public abstract double Result();

    /// <summary>Forgets what was taken into account.</summary>
    public abstract void Reset();

    /// <summary>Type and settings; null for functions, which files cannot hold.</summary>
    internal virtual Config? Write() => null;

    internal static Registry<Metric> Registry { get; } = new("metric")
    {
        [nameof(Accuracy)] = config => new Accuracy(config.GetString("name")),
        [nameof(BinaryAccuracy)] = config => new BinaryAccuracy(config.GetDouble("threshold"), config.GetString("name")),
        [nameof(CategoricalAccuracy)] = config => new CategoricalAccuracy(config.GetString("name")),
        [nameof(SparseCategoricalAccuracy)] = config => new SparseCategoricalAccuracy(config.GetString("name")),
        [nameof(TopKCategoricalAccuracy)] = config => new TopKCategoricalAccuracy(config.GetInt("k"), config.GetString("name")),
        [nameof(SparseTopKCategoricalAccuracy)] = config => new SparseTopKCategoricalAccuracy(config.GetInt("k"), config.GetString("name")),
        [nameof(MeanSquaredError)] = config => new MeanSquaredError(config.GetString("name")),
        [nameof(MeanAbsoluteError)] = config => new MeanAbsoluteError(config.GetString("name")),
    };

    private protected Config Write(string type) => Registry<Metric>.Write(type, new Config().Set("name", Name));

    private sealed class FunctionMetric(string name, Func<Tensor, Tensor, Tensor> function) : MeanMetric(name)
    {
        internal override Tensor Values(Tensor yTrue, Tensor yPred) => function(yTrue, yPred);
    }
}

/// <summary>A metric that is the weighted mean of a value of each example.</summary>
public abstract class MeanMetric : Metric
{
    // In double: totals of a million examples keep all digits.
    private readonly Variable total = new(Tensor.From(0.0), "total", trainable: false);
    private readonly Variable count = new(Tensor.From(0.0), "count", trainable: false);

    private protected MeanMetric(string name)
        : base(name)
    {
    }

    /// <inheritdoc/>
    public override void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        var values = Values(DTypePolicy.Widen(yTrue), DTypePolicy.Widen(yPred));
        if (values.Rank == 0) Add(values, yPred.Shape[0]);
        else Add(values, Losses.Weights.Of(sampleWeight, Masks.Of(yPred), values, DType.Float64, Name));
    }

    /// <inheritdoc/>
    public override double Result()
    {
        var counted = count.Storage.As<double>()[0];
        return counted == 0 ? 0 : total.Storage.As<double>()[0] / counted;
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        total.Assign<double>([0]);
        count.Assign<double>([0]);
    }

    /// <summary>The value of each example, (batch, ...), or of the batch, ().</summary>
    internal abstract Tensor Values(Tensor yTrue, Tensor yPred);

    /// <summary>Adds a mean over a number of examples.</summary>
    internal void Add(Tensor mean, int examples)
    {
        total.Assign(total.Latest + mean.Cast(DType.Float64) * examples);
        count.Assign(count.Latest + examples);
    }

    private void Add(Tensor values, Tensor? weights)
    {
        if (weights is null)
        {
            total.Assign(total.Latest + values.Cast(DType.Float32).Sum().Cast(DType.Float64));
            count.Assign(count.Latest + (double)values.Size);
            return;
        }
        weights = weights.BroadcastTo(values.Shape);
        total.Assign(total.Latest + (values.Cast(DType.Float64) * weights).Sum());
        count.Assign(count.Latest + weights.Sum());
    }
}

/// <summary>The running mean of a loss.</summary>
internal sealed class LossTracker(string name) : MeanMetric(name)
{
    internal override Tensor Values(Tensor yTrue, Tensor yPred) => throw new NotSupportedException("A loss tracker is given losses.");
}
