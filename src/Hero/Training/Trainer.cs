using Hero.Layers;
using Hero.Losses;
using Hero.Metrics;
using Hero.Optimizers;

namespace Hero.Training;

/// <summary>
/// What <c>Compile</c> makes of a model: its steps for training and testing, each one function (forward, loss, metrics, and for
/// training gradients and updates) that is traced once for each shape of batch.
/// </summary>
internal sealed class Trainer
{
    private readonly Model model;
    private readonly Dictionary<(bool Training, int Inputs, bool Weights, bool Classes), Function> functions = [];
    private readonly LossTracker lossTracker = new("loss");

    public Trainer(Model model, Optimizer optimizer, Loss loss, Metric[] metrics, Metric[] weightedMetrics)
    {
        this.model = model;
        Optimizer = optimizer;
        Loss = loss;
        Metrics = metrics;
        WeightedMetrics = weightedMetrics;
        var names = new HashSet<string>(StringComparer.Ordinal) { "loss" };
        foreach (var metric in metrics.Concat(weightedMetrics))
            if (!names.Add(metric.Name))
                throw new ArgumentException($"Two metrics are named '{metric.Name}': give one another name.", nameof(metrics));
    }

    public Optimizer Optimizer { get; }

    public Loss Loss { get; }

    // Arrays: going through them for each batch allocates nothing.
    public Metric[] Metrics { get; }

    public Metric[] WeightedMetrics { get; }

    /// <summary>What looks at targets that are class numbers; null for other losses, and before the first batch.</summary>
    public ClassNumbers? ClassNumbers { get; private set; }

    /// <summary>Something that runs training or test steps on the batches of a feed.</summary>
    /// <param name="training">Whether the weights change.</param>
    /// <param name="inputs">How many of the columns are inputs.</param>
    /// <param name="hasWeights">Whether the last column holds weights.</param>
    /// <param name="classWeights">What examples of each class count; null for 1.</param>
    public StepRunner Runner(bool training, int inputs, bool hasWeights, Tensor? classWeights = null)
    {
        var key = (training, inputs, hasWeights, classWeights is not null);
        if (!functions.TryGetValue(key, out var function))
            functions[key] = function = Function.Compile(columns => Step(columns, training, inputs, hasWeights, classWeights is not null));
        return classWeights is null
            ? new StepRunner(function, [], []) : new StepRunner(function, [classWeights.Evaluate()], [classWeights]);
    }

    /// <summary>Starts all totals again.</summary>
    public void Reset()
    {
        lossTracker.Reset();
        foreach (var metric in Metrics) metric.Reset();
        foreach (var metric in WeightedMetrics) metric.Reset();
    }

    /// <summary>Writes the figures since the last reset into logs.</summary>
    public void Write(Logs logs)
    {
        logs.Set("loss", lossTracker.Result());
        foreach (var metric in Metrics) logs.Set(metric.Name, metric.Result());
        foreach (var metric in WeightedMetrics) logs.Set(metric.Name, metric.Result());
    }

    private Tensor[] Step(Tensor[] columns, bool training, int inputs, bool hasWeights, bool hasClassWeights)
    {
        var outputs = model.Invoke(columns[..inputs], training);
        if (outputs.Length != 1)
            throw new NotSupportedException($"{model} has {outputs.Length} outputs: Fit and Evaluate train models of one output. For "
                + $"more write the loop with Function and Optimizer.Updates.");
        var (yTrue, yPred) = (columns[inputs], outputs[0]);
        if (Loss is SparseCategoricalCrossentropy && yPred.Rank > 0) ClassNumbers = new ClassNumbers(inputs, yPred.Shape[^1]);
        var weights = hasWeights ? columns[inputs + 1].Cast(DType.Float32) : null;
        if (hasClassWeights)
        {
            var ofClass = ClassWeights.Of(columns[^1], yTrue, yPred);
            weights = weights is null ? ofClass : Weights.Align(weights, ofClass, "classWeight") * ofClass;
        }
        var loss = Loss.Apply(yTrue, yPred, weights);
        foreach (var penalty in model.Penalties()) loss += penalty;
        if (loss.Rank != 0)
            throw new ArgumentException($"Loss '{Loss.Name}' must give a number for each example or one for the batch, its mean has "
                + $"shape {loss.Shape}.");
        if (training)
        {
            var trained = model.TrainableWeights;
            foreach (var (variable, value) in Optimizer.Updates(loss, trained)) variable.Assign(value);
        }
        lossTracker.Add(loss, columns[0].Shape[0]);
        foreach (var metric in Metrics) metric.Update(yTrue, yPred);
        foreach (var metric in WeightedMetrics) metric.Update(yTrue, yPred, weights);
        return [loss.Cast(DType.Float32)];
    }
}
