using Hero.Optimizers;

namespace Hero.Vision.Retraining;

/// <summary>One step of training, compiled: forward, cross-entropy, gradients, new weights.</summary>
internal sealed class TrainingStep
{
    private readonly Function function;

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

    /// <summary>Makes a step; gives the loss and the accuracy before it.</summary>
    public (double Loss, double Accuracy) Run(Tensor inputs, Tensor classes)
    {
        var outputs = function.CallAll(inputs, classes);
        return (outputs[0].Item<float>(), outputs[1].Item<float>());
    }
}
