using Hero.Compiling;
using Hero.Optimizers;

namespace Hero.Vision.Retraining;

/// <summary>One step of training, compiled: forward, cross-entropy, gradients, new weights. A run of it allocates nothing.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly Function function;
    private Plan? plan;
    private PlanRun? run;

    /// <param name="logits">From inputs to logits (batch, classes), as in training.</param>
    /// <param name="variables">What is trained.</param>
    /// <param name="optimizer">How.</param>
    public TrainingStep(Func<Tensor, Tensor> logits, IReadOnlyList<Variable> variables, Optimizer optimizer) =>
        function = Function.Compile(inputs =>
        {
            var (output, classes) = (logits(inputs[0]), inputs[1]);
            var loss = output.SoftmaxCrossEntropy(classes).Mean();
            var correct = output.ArgMax().Cast(DType.Int32).EqualTo(classes).Cast(DType.Float32).Mean();
            foreach (var (variable, value) in optimizer.Updates(loss, variables)) variable.Assign(value);
            return [loss, correct];
        });

    /// <summary>Makes a step; gives the loss and the accuracy before it. Inputs have the same shape every time.</summary>
    public (float Loss, float Accuracy) Run(Tensor inputs, Tensor classes)
    {
        plan ??= function.PlanFor(inputs, classes);
        run ??= plan.Rent();
        run.SetInput(0, inputs.Evaluate());
        run.SetInput(1, classes.Evaluate());
        run.Execute();
        return (plan.Output<float>(run, 0)[0], plan.Output<float>(run, 1)[0]);
    }

    public void Dispose() => run?.Dispose();
}
