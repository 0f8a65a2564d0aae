using Hero.Saving;

namespace Hero.Optimizers;

/// <summary>
/// Changes variables step by step so that a loss gets smaller; Keras' formulas and defaults. A name stands for the optimizer
/// with default settings: <c>"adam"</c>. One optimizer serves one model.
/// </summary>
public abstract class Optimizer
{
    private readonly Dictionary<(Variable Variable, string Slot), Variable> slots = [];
    private readonly List<Variable> known = [];
    private readonly GradientClipping clipping;

    private protected Optimizer(double learningRate, double? clipNorm, double? clipValue, double? globalClipNorm, double? weightDecay)
    {
        if (!(learningRate >= 0))
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate,
                $"{GetType().Name} needs a learning rate of 0 or more, got {learningRate}.");
        if (weightDecay is { } decay && !(decay >= 0))
            throw new ArgumentOutOfRangeException(nameof(weightDecay), decay,
                $"{GetType().Name} needs a weight decay of 0 or more, got {decay}.");
        clipping = new GradientClipping(clipNorm, clipValue, globalClipNorm);
        WeightDecay = weightDecay;
        LearningRate = new Variable(Tensor.From((float)learningRate), "learning_rate", trainable: false);
        Iterations = new Variable(Tensor.From(0L), "iterations", trainable: false);
    }

    /// <summary>How far a step goes: float32, a scalar. Assign to it to change it, also between two steps of a running Fit.</summary>
    public Variable LearningRate { get; }

    /// <summary>How many steps have been made: int64, a scalar.</summary>
    public Variable Iterations { get; }

    /// <summary>The part of the weights, times the learning rate, that is taken off at each step; null for none.</summary>
    public double? WeightDecay { get; }

    /// <summary>Keras' optimizer of a name with its defaults.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static implicit operator Optimizer(string name) => Optimizers.Get(name);

    /// <summary>
    /// One step: the new values of the variables and of the optimizer's own, to be assigned or given as the updates of a
    /// <see cref="Function"/>.
    /// </summary>
    /// <param name="loss">A scalar.</param>
    /// <param name="variables">What to change, the same ones every time.</param>
    /// <example><code>
    /// var step = Function.Compile((x, y) => Loss(x, y), updates: loss => optimizer.Updates(loss, variables));
    /// </code></example>
    public IReadOnlyList<(Variable Variable, Tensor Value)> Updates(Tensor loss, IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        return Updates(Gradient.Of(loss, variables), variables);
    }

    /// <summary>One step from gradients.</summary>
    /// <param name="gradients">One for each variable, of its shape.</param>
    /// <param name="variables">What to change, the same ones every time.</param>
    /// <exception cref="ArgumentException">Not as many gradients as variables.</exception>
    public IReadOnlyList<(Variable Variable, Tensor Value)> Updates(IReadOnlyList<Tensor> gradients, IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        ArgumentNullException.ThrowIfNull(variables);
        if (gradients.Count != variables.Count)
            throw new ArgumentException($"{GetType().Name} needs one gradient for each variable, got {gradients.Count} for "
                + $"{variables.Count}.", nameof(gradients));
        Build(variables);
        gradients = clipping.Apply(gradients);
        var updates = new List<(Variable, Tensor)> { (Iterations, Iterations + 1) };
        var step = new OptimizerStep(updates, LearningRate, (Iterations + 1).Cast(DType.Float64));
        for (var i = 0; i < variables.Count; i++)
        {
            var variable = variables[i];
            var start = WeightDecay is { } decay and > 0 ? variable - variable * (LearningRate * decay) : variable;
            updates.Add((variable, Change(step, variable, start, gradients[i])));
        }
        return updates;
    }

    /// <summary>The names of what is kept for each variable from step to step.</summary>
    private protected abstract IReadOnlyList<string> SlotNames { get; }

    /// <summary>The new value of a variable.</summary>
    /// <param name="step">What all variables' updates share.</param>
    /// <param name="variable">The variable, by which its slots are found.</param>
    /// <param name="start">The value to start from: the variable's, with weight decay taken off.</param>
    /// <param name="gradient">The loss' gradient.</param>
    private protected abstract Tensor Change(OptimizerStep step, Variable variable, Tensor start, Tensor gradient);

    /// <summary>The settings of the optimizer alone, without those all have.</summary>
    private protected abstract Config GetConfig();

    /// <summary>The first value of a slot.</summary>
    private protected virtual double SlotStart(string slot) => 0;

    private protected Variable Slot(Variable variable, string slot) => slots[(variable, slot)];

    /// <summary>Makes the slots of variables that have none yet.</summary>
    internal void Build(IReadOnlyList<Variable> variables)
    {
        foreach (var variable in variables)
        {
            if (known.Contains(variable)) continue;
            foreach (var slot in SlotNames)
                slots[(variable, slot)] = new Variable(Tensor.Full(variable.Shape, SlotStart(slot), variable.DType), slot,
                    trainable: false);
            known.Add(variable);
        }
    }

    /// <summary>Everything that is kept, named by slot and the variable's path, for saving.</summary>
    internal IEnumerable<(string Path, Variable Variable)> NamedVariables(IReadOnlyDictionary<Variable, string> paths)
    {
        yield return ("optimizer/iterations", Iterations);
        yield return ("optimizer/learning_rate", LearningRate);
        foreach (var variable in known)
            if (paths.TryGetValue(variable, out var path))
                foreach (var slot in SlotNames) yield return ($"optimizer/{slot}/{path}", slots[(variable, slot)]);
    }

    /// <summary>How many numbers are kept from step to step.</summary>
    internal long CountParameters() => known.Sum(variable => variable.Size) * SlotNames.Count + (known.Count > 0 ? 2 : 0);

    /// <summary>Whether a file has what is kept for the variable of a path.</summary>
    internal bool HasSlots(SafetensorsFile file, string path) =>
        SlotNames.Count > 0 && SlotNames.All(slot => file.TryGet($"optimizer/{slot}/{path}", out _));

    internal Config Write() => Registry<Optimizer>.Write(GetType().Name, clipping.Write(GetConfig().Set("weight_decay", WeightDecay)));
}

/// <summary>What the updates of all variables in one step share.</summary>
/// <param name="Updates">Where the new values of slots go.</param>
/// <param name="LearningRate">float32, a scalar.</param>
/// <param name="Number">The number of the step, from 1: float64, a scalar.</param>
internal sealed record OptimizerStep(List<(Variable Variable, Tensor Value)> Updates, Tensor LearningRate, Tensor Number)
{
    /// <summary>
    /// Gives a slot its new value and returns it. A running mean whose gradient has become 0 fades out to 0, not to denormal numbers, where it would
    /// stay for ever and make the step slow.
    /// </summary>
    public Tensor Set(Variable slot, Tensor value)
    {
        value = value.FlushToZero();
        Updates.Add((slot, value));
        return value;
    }
}
