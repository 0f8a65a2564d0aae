using Hero.Data;

namespace Hero.Training;

/// <summary>What one step gets: the memory of its inputs, and what they are.</summary>
internal sealed class StepInputs
{
    /// <summary>Types and shapes, by which the plan is found; the same object for as long as they are the same.</summary>
    public Tensor[] Signature { get; set; } = [];

    /// <summary>Inputs, targets, and weights where there are any.</summary>
    public Storage[] Values { get; set; } = [];

    /// <summary>How many examples the batch has.</summary>
    public int Count { get; set; }
}

/// <summary>Where batches come from: epoch by epoch, the same ones for the same epoch number.</summary>
internal abstract class Feed
{
    /// <summary>Batches in an epoch; null where not known before.</summary>
    public abstract long? Steps { get; }

    /// <summary>Whether the last column holds weights of examples.</summary>
    public abstract bool HasWeights { get; }

    /// <summary>The shapes of one example's inputs, as far as they are known before the first batch.</summary>
    public abstract IReadOnlyList<Shape>? InputShapes { get; }

    /// <summary>The batches of an epoch. What is given is valid until the next one is asked for.</summary>
    public abstract IEnumerable<StepInputs> Epoch(int epoch, CancellationToken cancellationToken);

    /// <summary>The examples in their order; where they are one batch, read where they are.</summary>
    public static Feed InOrder(Samples x, Samples? y, Samples? weights, int batchSize) => x.Count > 0 && x.Count <= batchSize
        ? new WholeFeed(x, y, weights)
        : new SampleFeed(x, y, weights, Dataset.Range(x.Count), batchSize);
}

/// <summary>
/// Batches gathered from arrays in buffers that are used again. Each is gathered by the worker team just before its step reads it: that
/// takes less than handing it over from a thread of its own, which would take a core from the step before.
/// </summary>
internal sealed class SampleFeed : Feed
{
    private readonly RowSource[] columns;
    private readonly int inputs;
    private readonly Dataset<RowBatch> batches;
    private readonly Dictionary<int, Tensor[]> signatures = [];

    /// <param name="x">Inputs.</param>
    /// <param name="y">Targets; null to predict.</param>
    /// <param name="weights">Weights of examples; null for none.</param>
    /// <param name="rows">Which examples, in which order.</param>
    /// <param name="batchSize">Examples per batch.</param>
    public SampleFeed(Samples x, Samples? y, Samples? weights, Dataset<int> rows, int batchSize)
    {
        Samples.RequireSameCount(x, y, weights);
        if (batchSize < 1)
            throw new ArgumentOutOfRangeException(nameof(batchSize), batchSize, $"A batch has at least 1 example, got {batchSize}.");
        inputs = x.Columns.Length;
        HasWeights = weights is not null;
        columns = [.. x.Columns, .. y?.Columns ?? [], .. weights?.Columns ?? []];
        batches = new RowBatchDataset(columns, rows, batchSize);
    }

    public override long? Steps => batches.Count;

    public override bool HasWeights { get; }

    public override IReadOnlyList<Shape> InputShapes => Array.ConvertAll(columns[..inputs], column => column.RowShape);

    public override IEnumerable<StepInputs> Epoch(int epoch, CancellationToken cancellationToken)
    {
        var step = new StepInputs { Values = new Storage[columns.Length] };
        foreach (var batch in batches.Epoch(epoch, cancellationToken: cancellationToken))
        {
            for (var i = 0; i < columns.Length; i++) step.Values[i] = batch[i].Evaluate();
            step.Signature = Signature(batch.Count);
            step.Count = batch.Count;
            yield return step;
        }
    }

    private Tensor[] Signature(int count) => signatures.TryGetValue(count, out var known) ? known : signatures[count] = MakeSignature(count);

    // Apart: a method with a closure allocates it each time.
    private Tensor[] MakeSignature(int count) =>
        Array.ConvertAll(columns, column => new Tensor(column.DType, column.RowShape.Prepend(count), null));
}

/// <summary>All examples as one batch; tensors are read where they are.</summary>
internal sealed class WholeFeed : Feed
{
    private readonly StepInputs step;
    private readonly Shape[] inputShapes;

    public WholeFeed(Samples x, Samples? y, Samples? weights)
    {
        Samples.RequireSameCount(x, y, weights);
        RowSource[] columns = [.. x.Columns, .. y?.Columns ?? [], .. weights?.Columns ?? []];
        HasWeights = weights is not null;
        inputShapes = Array.ConvertAll(x.Columns, column => column.RowShape);
        var tensors = Array.ConvertAll(columns, column => column.ToTensor());
        step = new StepInputs { Values = Array.ConvertAll(tensors, tensor => tensor.Evaluate()), Signature = tensors, Count = x.Count };
    }

    public override long? Steps => 1;

    public override bool HasWeights { get; }

    public override IReadOnlyList<Shape> InputShapes => inputShapes;

    public override IEnumerable<StepInputs> Epoch(int epoch, CancellationToken cancellationToken) => [step];
}

/// <summary>Batches that come as tensors.</summary>
internal sealed class TensorFeed(Dataset<(Tensor X, Tensor Y)> batches) : Feed
{
    public override long? Steps => batches.Count;

    public override bool HasWeights => false;

    public override IReadOnlyList<Shape>? InputShapes => null;

    public override IEnumerable<StepInputs> Epoch(int epoch, CancellationToken cancellationToken)
    {
        var step = new StepInputs { Values = new Storage[2] };
        foreach (var (x, y) in batches.Epoch(epoch, cancellationToken: cancellationToken))
        {
            if (x.Rank == 0 || y.Rank == 0 || x.Shape[0] != y.Shape[0])
                throw new ArgumentException($"A batch needs as many inputs as targets, got shapes {x.Shape} and {y.Shape}.");
            (step.Values[0], step.Values[1]) = (x.Evaluate(), y.Evaluate());
            step.Signature = [x, y];
            step.Count = x.Shape[0];
            yield return step;
        }
    }
}
