using Hero.Initializers;
using Hero.Ops;
using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// What <see cref="LSTM"/>, <see cref="GRU"/> and <see cref="SimpleRNN"/> share: sequences (batch, time, features) in, one cell step by step
/// over the time axis. Gives the output of the last step (batch, units), or with return_sequences those of all steps (batch, time, units);
/// with return_state the states after the last step follow as further outputs, each (batch, units). Under a bfloat16 policy inputs
/// and outputs are of that type and so are, for the processor's matrix unit, the factors of all products; their sums, gates, and the states from step to step are float32.
/// </summary>
public abstract class RecurrentLayer : Layer
{
    private readonly RecurrentSettings settings;
    private Variable? kernel;
    private Variable? recurrentKernel;
    private RandomGenerator? generator;
    private Variable[]? carried;

    private protected RecurrentLayer(RecurrentSettings settings, string? name, DTypePolicy? dtype)
        : base(name, dtype)
    {
        this.settings = settings.Checked(GetType().Name);
    }

    /// <summary>The size of the state, and of the output of a step.</summary>
    public int Units => settings.Units;

    /// <summary>Whether the outputs of all steps are given.</summary>
    public bool ReturnSequences => settings.ReturnSequences;

    /// <summary>Whether the last states are given as well.</summary>
    public bool ReturnState => settings.ReturnState;

    /// <summary>Whether the sequence is read from its end; the outputs then are in the order of reading.</summary>
    public bool GoBackwards => settings.GoBackwards;

    /// <summary>Whether a batch begins with the states that the batch before it ended with.</summary>
    public bool Stateful => settings.Stateful;

    private protected RecurrentSettings Settings => settings;

    /// <summary>What one step computes.</summary>
    private protected abstract RecurrentCell Cell { get; }

    /// <summary>The layer on sequences, with everything that can be given to it; all its outputs.</summary>
    /// <param name="sequences">(batch, time, features).</param>
    /// <param name="initialState">The states before the first step, each (batch, units): one, for LSTM h and c. Zeros when not given.</param>
    /// <param name="mask">bool (batch, time): steps that are false leave the states as they are, and the output of the step before stands
    /// (zeros before the first that is true).</param>
    /// <param name="training">Whether dropout drops.</param>
    /// <returns>The output; with return_state also the last states.</returns>
    /// <exception cref="ArgumentException">The input does not fit the layer.</exception>
    public Tensor[] ApplyAll(Tensor sequences, IReadOnlyList<Tensor>? initialState = null, Tensor? mask = null, bool training = false)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return Invoke([sequences, .. initialState ?? []], training, mask);
    }

    /// <summary>Sets the states that the next batch begins with to zero.</summary>
    /// <exception cref="InvalidOperationException">The layer is not stateful.</exception>
    public void ResetState()
    {
        if (!Stateful) throw new InvalidOperationException($"{this} is not stateful: every batch begins with zeros. Create it with stateful: true to carry states over.");
        foreach (var state in carried ?? []) state.Assign(Tensor.Zeros(state.Shape));
    }

    /// <inheritdoc/>
    public override Config GetConfig() => settings.Write(base.GetConfig());

    /// <inheritdoc/>
    protected sealed override void Build(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (inputShapes[0].Rank != 2)
            throw new ArgumentException($"expects sequences of shape (batch, time, features), got {SymbolicTensor.Batched(inputShapes[0])}"
                + "; add an axis with Reshape if there is one feature");
        var width = Cell.Gates * Units;
        kernel = AddWeight("kernel", [inputShapes[0][1], width], settings.KernelInitializer, regularizer: settings.KernelRegularizer);
        recurrentKernel = AddWeight("recurrent_kernel", [Units, width], settings.RecurrentInitializer ?? "orthogonal",
            regularizer: settings.RecurrentRegularizer);
        if (settings.UseBias) BuildBias(width);
        if (settings.Dropout > 0 || settings.RecurrentDropout > 0) generator = AddGenerator(settings.Seed);
    }

    /// <summary>Makes the bias.</summary>
    private protected abstract void BuildBias(int width);

    /// <summary>What is added to the projections of the input, (gates * units), and to those of the state; null for nothing.</summary>
    private protected abstract (Tensor? Input, Tensor? State) Biases { get; }

    internal sealed override Tensor[] CallAll(Tensor[] inputs, bool training, Tensor? mask)
    {
        var x = inputs[0];
        if (x.Rank != 3 || x.Shape[2] != kernel!.Shape[0] || x.Shape[1] == 0)
            throw new ArgumentException($"expects sequences of shape (batch, time, {kernel!.Shape[0]}) with at least one time step, got {x.Shape}");
        var (batch, steps, states) = (x.Shape[0], x.Shape[1], Cell.States);
        foreach (var state in inputs[1..])
            if (state.Shape != new Shape(batch, Units))
                throw new ArgumentException($"expects initial states of shape ({batch}, {Units}), got {state.Shape}");
        if (inputs.Length != 1 && inputs.Length != 1 + states)
            throw new ArgumentException($"expects the sequences alone or with {states} initial state(s), got {inputs.Length} inputs");
        if (mask is not null && mask.Shape != new Shape(batch, steps))
            throw new ArgumentException($"expects a mask of shape ({batch}, {steps}), got {mask.Shape}");
        if (IsInferring) return Outputs(new Tensor(DTypePolicy.VariableDType, [states, steps + 1, batch, Units], null));

        var memory = Stateful && inputs.Length == 1 ? Carried(batch) : null;
        var initial = memory ?? inputs[1..];
        var counts = mask is null ? null : TimeFirst(mask.Cast(DType.Bool), 1, 0);
        var all = Run(x, initial, counts, training);
        for (var s = 0; s < (memory?.Length ?? 0); s++) memory![s].Assign(all[s, steps]);
        return Outputs(all, initial.Length == 0 ? null : counts);
    }

    internal sealed override Tensor? ComputeMask(Tensor[] inputs, Tensor? mask) => !ReturnSequences ? null : GoBackwards ? mask?.Flip(1) : mask;

    /// <summary>The states before the first step and after each: (states, time + 1, batch, units).</summary>
    private Tensor Run(Tensor x, Tensor[] initial, Tensor? counts, bool training)
    {
        var sequences = TimeFirst(DTypePolicy.Widen(DTypePolicy.Cast(x)), 1, 0, 2);
        // Of rounded inputs and weights float32 is what the sums are: it goes on to the gates as it is.
        MatmulPrecision? precision = DTypePolicy.ComputeDType == DType.BFloat16 ? MatmulPrecision.Medium : null;
        var drops = training ? generator : null;
        if (drops is not null && settings.Dropout > 0)
            sequences *= Tensor.Ones([x.Shape[0], x.Shape[2]], sequences.DType).Dropout(settings.Dropout, drops);
        var (inputBias, stateBias) = Biases;
        var projected = sequences.MatMul(kernel!, precision);
        if (inputBias is not null) projected += inputBias;
        var arguments = new RecurrentArguments(
            projected, recurrentKernel!, stateBias, initial.Length == 0 ? null : Tensor.Stack([.. initial.Select(DTypePolicy.Widen)]),
            counts);
        if (drops is null || settings.RecurrentDropout == 0) return Recurrence.Run(Cell, arguments, willDifferentiate: training, precision);
        // One choice of units for all steps of a sample (Gal and Ghahramani 2016).
        var kept = Tensor.Ones([x.Shape[0], Units]).Dropout(settings.RecurrentDropout, drops);
        return Recurrence.Unroll(Cell, arguments, precision, dropState: state => state * kept);
    }

    private Tensor TimeFirst(Tensor x, params int[] axes) => GoBackwards ? x.Transpose(axes).Flip(0) : x.Transpose(axes);

    /// <param name="states">The states before the first step and after each.</param>
    /// <param name="counts">Where states are given and steps masked: which steps count, (time, batch). Before the first of them nothing was put
    /// out yet, so the output is zeros, whatever the state.</param>
    private Tensor[] Outputs(Tensor states, Tensor? counts = null)
    {
        var output = DTypePolicy.Cast(ReturnSequences ? states[0, 1..] : states[0, ^1]);
        if (counts is not null) output = Tensor.Where((ReturnSequences ? Begun(counts) : counts.Max(0)).ExpandDims(-1), output, 0);
        if (ReturnSequences) output = output.Transpose(1, 0, 2);
        return ReturnState ? [output, .. Enumerable.Range(0, Cell.States).Select(s => DTypePolicy.Cast(states[s, ^1]))] : [output];
    }

    /// <summary>Whether this step or one before it counts: (time, batch) to the same shape.</summary>
    private static Tensor Begun(Tensor counts)
    {
        var steps = Tensor.Arange(counts.Shape[0]);
        return (steps.ExpandDims(1) >= steps).Cast(DType.Float32).MatMul(counts.Cast(DType.Float32)) > 0;
    }

    /// <summary>The states that go from batch to batch; made with the first batch.</summary>
    private Variable[] Carried(int batch)
    {
        if (carried is null)
            using (Compiling.Trace.StepOut())
                carried = [.. Enumerable.Range(0, Cell.States).Select(s => new Variable(Tensor.Zeros([batch, Units]), $"state_{s}", trainable: false))];
        if (carried[0].Shape[0] != batch)
            throw new ArgumentException($"is stateful and began with batches of {carried[0].Shape[0]} sequences, got {batch}: sample i of a batch goes on "
                + "where sample i of the one before ended, so give batches of one size");
        return carried;
    }
}
