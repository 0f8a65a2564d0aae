using Hero.Losses;
using Hero.Metrics;
using Hero.Optimizers;
using Hero.Training;

namespace Hero;

public partial class Model
{
    private Trainer? trainer;
    private Optimizer? restoredOptimizer;

    /// <summary>What <see cref="Compile(Optimizer, Loss, IReadOnlyList{Metric}, IReadOnlyList{Metric})"/> was given, or what was read from
    /// a file; null before.</summary>
    public Optimizer? Optimizer => trainer?.Optimizer ?? restoredOptimizer;

    /// <summary>What <see cref="Compile(Optimizer, Loss, IReadOnlyList{Metric}, IReadOnlyList{Metric})"/> was given; null before.</summary>
    public Loss? Loss => trainer?.Loss;

    /// <summary>Set to true, by a callback or another thread, to end a running Fit after its present batch.</summary>
    public bool StopTraining { get; set; }

    /// <summary>The figures of the last Fit, complete epochs only; also after it was cancelled. Null before the first.</summary>
    public History? History { get; private set; }

    /// <summary>The number of the epoch after the last one trained; saved with the model, so that a resumed Fit can begin there.</summary>
    public int TrainedEpochs { get; internal set; }

    /// <summary>The seed of the order of examples; drawn at the first Fit and saved with the model.</summary>
    internal long? ShuffleSeed { get; set; }

    internal Trainer? Trainer => trainer;

    internal void RestoreOptimizer(Optimizer optimizer) => restoredOptimizer = optimizer;

    /// <summary>Says how the model is trained. Call it again after freezing or thawing layers.</summary>
    /// <param name="optimizer">An optimizer or its name: "adam".</param>
    /// <param name="loss">A loss or its name: "categorical_crossentropy".</param>
    /// <param name="metrics">Metrics or their names: ["accuracy"].</param>
    /// <param name="weightedMetrics">Metrics that take weights of examples and classes into account.</param>
    public void Compile(Optimizer optimizer, Loss loss, IReadOnlyList<Metric>? metrics = null,
        IReadOnlyList<Metric>? weightedMetrics = null)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(loss);
        trainer = new Trainer(this, optimizer, loss, [.. metrics ?? []], [.. weightedMetrics ?? []]);
    }

    /// <summary>Says how the model is trained, with a loss of one's own.</summary>
    /// <param name="optimizer">An optimizer or its name: "adam".</param>
    /// <param name="loss">Of (yTrue, yPred), shapes (batch, ...): the loss of each example or of the batch.</param>
    /// <param name="metrics">Metrics or their names: ["accuracy"].</param>
    /// <param name="weightedMetrics">Metrics that take weights of examples and classes into account.</param>
    public void Compile(Optimizer optimizer, Func<Tensor, Tensor, Tensor> loss, IReadOnlyList<Metric>? metrics = null,
        IReadOnlyList<Metric>? weightedMetrics = null) =>
        Compile(optimizer, Losses.Loss.From(loss), metrics, weightedMetrics);

    private Trainer RequireTrainer() => trainer
        ?? throw new InvalidOperationException($"{this} does not know its loss yet: call Compile(optimizer, loss) before Fit, "
            + $"Evaluate or TrainOnBatch.");

    /// <summary>Weights are made before a step is traced.</summary>
    private void Prepare(Feed feed)
    {
        RequireTrainer();
        if (feed.InputShapes is { } shapes) EnsureBuilt(shapes);
    }
}
