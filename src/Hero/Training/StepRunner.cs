using Hero.Compiling;

namespace Hero.Training;

/// <summary>
/// Runs a compiled step on batch after batch: one plan for each shape of batch, no allocation and no copy on the way. One thread at
/// a time.
/// </summary>
internal sealed class StepRunner(Function function, Storage[] constants, Tensor[] constantTypes) : IDisposable
{
    private Tensor[]? signature;
    private Plan? plan;
    private PlanRun? run;

    /// <summary>Runs the step on a batch; outputs are valid until the next run.</summary>
    public void Run(StepInputs inputs)
    {
        Prepare(inputs);
        run!.Execute();
    }

    /// <summary>Runs the step on a batch again and again and tells where the time goes.</summary>
    public Profile Profile(StepInputs inputs, int runs)
    {
        Prepare(inputs);
        return plan!.Profile(run!, runs);
    }

    /// <summary>An output of the last run.</summary>
    public ReadOnlySpan<T> Output<T>(int index) where T : unmanaged => plan!.Output<T>(run!, index);

    /// <summary>An output of the last run, of whatever type.</summary>
    public ReadOnlySpan<byte> OutputBytes(int index) => plan!.OutputBytes(run!, index);

    /// <summary>Lets others have the memory until the next run; outputs are no longer valid.</summary>
    public void Release()
    {
        run?.Dispose();
        run = null;
        signature = null;
    }

    public void Dispose() => Release();

    private void Prepare(StepInputs inputs)
    {
        if (!ReferenceEquals(inputs.Signature, signature)) Choose(inputs.Signature);
        for (var i = 0; i < inputs.Values.Length; i++) run!.SetInput(i, inputs.Values[i]);
        for (var i = 0; i < constants.Length; i++) run!.SetInput(inputs.Values.Length + i, constants[i]);
    }

    private void Choose(Tensor[] types)
    {
        Release();
        plan = function.PlanFor([.. types, .. constantTypes]);
        run = plan.Rent();
        signature = types;
    }
}
