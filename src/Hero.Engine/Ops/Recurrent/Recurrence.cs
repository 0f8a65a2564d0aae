namespace Hero.Ops;

/// <summary>Recurrent cells over whole sequences, time first.</summary>
internal static class Recurrence
{
    /// <summary>The states before the first step and after each: (S, T + 1, B, u).</summary>
    /// <param name="cell">What one step computes.</param>
    /// <param name="arguments">What it is computed from.</param>
    /// <param name="willDifferentiate">Keeps what the gradient needs; without it a gradient computes the sequence once more.</param>
    /// <param name="precision">How exactly to multiply float32; null for <see cref="DefaultMatmulPrecision"/>.</param>
    public static Tensor Run(RecurrentCell cell, RecurrentArguments arguments, bool willDifferentiate, MatmulPrecision? precision = null)
    {
        if (!cell.IsFused) return Unroll(cell, arguments, precision);
        var form = arguments.Form(cell, precision);
        var states = RecurrentOp.States(form, arguments, new RecurrentOp(form, willDifferentiate).Apply(arguments.ToArray()));
        return new CustomGradientOp(new RecurrentRule(form)).Apply([states, .. arguments.ToArray()]);
    }

    /// <summary>The same in elementary operations, step by step.</summary>
    /// <param name="cell">What one step computes.</param>
    /// <param name="arguments">What it is computed from.</param>
    /// <param name="precision">As in <see cref="Run"/>.</param>
    /// <param name="extra">Added to the projections of the state: (T, B, G u), or null.</param>
    /// <param name="dropState">Applied to each state before it is projected, or null.</param>
    public static Tensor Unroll(RecurrentCell cell, RecurrentArguments arguments, MatmulPrecision? precision = null, Tensor? extra = null, Func<Tensor, Tensor>? dropState = null)
    {
        var (x, kernel, bias, initial, mask) = arguments;
        var states = new Tensor[cell.States];
        for (var s = 0; s < states.Length; s++)
            states[s] = initial is null ? Tensor.Zeros([arguments.Batch, arguments.Units], x.DType) : initial[s];
        var all = Array.ConvertAll(states, state => new List<Tensor> { state });
        for (var t = 0; t < arguments.Steps; t++)
        {
            var step = t;
            var next = cell.Step(x[t], states, h =>
            {
                var product = (dropState is null ? h : dropState(h)).MatMul(kernel, precision);
                if (bias is not null) product += bias;
                return extra is null ? product : product + extra[step];
            });
            var counts = mask?[t].ExpandDims(-1);
            for (var s = 0; s < states.Length; s++)
                all[s].Add(counts is null ? next[s] : Tensor.Where(counts, next[s], states[s]));
            states = Array.ConvertAll(all, list => list[^1]);
        }
        return Tensor.Stack([.. all.Select(list => Tensor.Stack(list))]);
    }
}
