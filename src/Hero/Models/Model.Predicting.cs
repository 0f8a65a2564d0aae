using Hero.Training;

namespace Hero;

public partial class Model
{
    private Function? predict;

    /// <summary>The model's answers, float32 where the model calculates in bfloat16. Safe to call from several threads at the same time, as long as the model is not trained
    /// meanwhile.</summary>
    /// <param name="x">Inputs: the first axis counts the examples, any number of them.</param>
    /// <param name="batchSize">How many examples are computed at a time.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <returns>(examples, ...).</returns>
    /// <exception cref="ArgumentException">The data does not fit the model.</exception>
    public Tensor Predict(Samples x, int batchSize = 32, CancellationToken cancellationToken = default) =>
        PredictAll(x, batchSize, cancellationToken)[0];

    /// <summary>The answers of a model of several outputs. As safe as <see cref="Predict"/>.</summary>
    /// <param name="x">Inputs: the first axis counts the examples, any number of them.</param>
    /// <param name="batchSize">How many examples are computed at a time.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <returns>For each output (examples, ...).</returns>
    /// <exception cref="ArgumentException">The data does not fit the model.</exception>
    public Tensor[] PredictAll(Samples x, int batchSize = 32, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!IsBuilt) EnsureBuilt(Array.ConvertAll(x.Columns, column => column.RowShape));
        if (x.Count > 0 && x.Count <= batchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return PredictFunction().CallAll(Array.ConvertAll(x.Columns, column => column.ToTensor()));
        }
        var feed = new SampleFeed(x, null, null, Data.Dataset.Range(x.Count), batchSize);
        var results = ResultsFor(x);
        using var runner = new StepRunner(PredictFunction(), [], []);
        var first = 0;
        foreach (var batch in feed.Epoch(0, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            runner.Run(batch);
            for (var i = 0; i < results.Length; i++)
            {
                var rows = runner.OutputBytes(i);
                CopyRows(rows, results[i].Evaluate(), (long)first * rows.Length / batch.Count);
            }
            first += batch.Count;
        }
        return results;
    }

    /// <summary>The model's answers for one batch, computed at once.</summary>
    /// <exception cref="ArgumentException">The data does not fit the model.</exception>
    public Tensor PredictOnBatch(Samples x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Predict(x, Math.Max(1, x.Count));
    }

    private static unsafe void CopyRows(ReadOnlySpan<byte> rows, Storage result, long offset) =>
        rows.CopyTo(new Span<byte>(result.Pointer + offset, rows.Length));

    private Function PredictFunction()
    {
        if (Volatile.Read(ref predict) is { } known) return known;
        var made = Function.Compile(inputs => Array.ConvertAll(Invoke(inputs, training: false), DTypePolicy.Widen));
        return Interlocked.CompareExchange(ref predict, made, null) ?? made;
    }

    /// <summary>Tensors for all answers, as yet without content.</summary>
    private Tensor[] ResultsFor(Samples x)
    {
        // A graph knows its outputs: its inputs accept one shape alone.
        (DType Type, Shape Shape)[] outputs = Graph is { } graph
            ? Array.ConvertAll(graph.Outputs, output => (output.DType, output.Shape))
            : Infer(Array.ConvertAll(x.Columns, column => (column.DType, column.RowShape)));
        return Array.ConvertAll(outputs, output =>
        {
            var shape = output.Shape.Prepend(x.Count);
            var type = DTypes.Arithmetic(output.Type);
            return new Tensor(type, shape, new Storage(shape.Size * DTypes.Size(type)));
        });
    }

    private void ForgetPlans() => predict = null;
}
