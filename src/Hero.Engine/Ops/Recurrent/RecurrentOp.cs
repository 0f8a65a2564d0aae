namespace Hero.Ops;

/// <summary>
/// A recurrent cell over a whole sequence. The result is one flat tensor: the states (S, T + 1, B, u), and behind them, where it keeps
/// them, the numbers that the gradient needs, (T, B, K u). Read it through <see cref="Recurrence.Run"/>, which knows the gradient.
/// </summary>
internal sealed record RecurrentOp(RecurrentForm Form, bool KeepsGates) : Op
{
    public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
    {
        RequireFloating(inputs[0]);
        var arguments = RecurrentArguments.Of(Form, inputs);
        var (x, kernel, bias, initial, mask) = arguments;
        RequireRank(x, 3, "(time, batch, gates * units)");
        RequireRank(kernel, 2, "(units, gates * units)");
        var (steps, batch, units, width) = (arguments.Steps, arguments.Batch, arguments.Units, arguments.Units * Form.Cell.Gates);
        if (steps < 1 || units < 1) throw new ArgumentException($"{Name} needs at least one time step and one unit, got shapes {x.Shape} and {kernel.Shape}.");
        Require(kernel, [units, width]);
        Require(x, [steps, batch, width]);
        if (bias is not null) Require(bias, [width]);
        if (initial is not null) Require(initial, [Form.Cell.States, batch, units]);
        if (mask is not null && (mask.DType != DType.Bool || mask.Shape != new Shape(steps, batch)))
            throw new ArgumentException($"{Name} expects a mask bool ({steps}, {batch}), got {DTypes.Name(mask.DType)} {mask.Shape}.");
        RequireSameType([.. new[] { x, kernel, bias, initial }.OfType<Tensor>()]);
        long size = StatesShape(Form, arguments).Size + (KeepsGates ? (long)steps * batch * Form.Cell.Kept * units : 0);
        return (x.DType, [checked((int)size)]);
    }

    public override double Flops(Tensor output) => 2.0 * output.Inputs[0].Size * output.Inputs[1].Shape[0];

    public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
        throw new InvalidOperationException($"{Name} is differentiated through {nameof(RecurrentRule)}.");

    public static Shape StatesShape(RecurrentForm form, RecurrentArguments arguments) =>
        [form.Cell.States, arguments.Steps + 1, arguments.Batch, arguments.Units];

    /// <summary>The states in what the operation gives.</summary>
    public static Tensor States(RecurrentForm form, RecurrentArguments arguments, Tensor flat)
    {
        var shape = StatesShape(form, arguments);
        return flat[..(int)shape.Size].Reshape(shape);
    }

    private void Require(Tensor input, Shape shape)
    {
        if (input.Shape != shape) throw new ArgumentException($"{Name} ({Form.Cell.GetType().Name}) expects shape {shape}, got {input.Shape}.");
    }
}

/// <summary>
/// (flat, U, mask, dstates) -> the gradients of a <see cref="RecurrentOp"/>, back through time, in one flat tensor: dx (T, B, G u), behind it
/// the gradient of the state's projections (T, B, G u) where the cell's is another one, and of the initial states (S, B, u) where they
/// are given.
/// </summary>
internal sealed record RecurrentGradientOp(RecurrentForm Form) : Op
{
    public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
    {
        var (dstates, width) = (inputs[^1].Shape, inputs[1].Shape[1]);
        var projections = checked((dstates[1] - 1) * dstates[2] * width);
        return (inputs[0].DType, [checked(projections * (Form.Cell.HasOwnProductGradient ? 2 : 1) + (Form.HasInitial ? dstates[0] * dstates[2] * dstates[3] : 0))]);
    }

    public override double Flops(Tensor output)
    {
        var dstates = output.Inputs[^1].Shape;
        return 2.0 * (dstates[1] - 1) * dstates[2] * output.Inputs[1].Size;
    }

    public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
        throw new InvalidOperationException($"{Name} is differentiated through {nameof(RecurrentGradientRule)}.");
}

/// <summary>The gradient of a recurrence's states; that of the kernel is one product over all time steps.</summary>
internal sealed record RecurrentRule(RecurrentForm Form) : GradientRule
{
    public override Tensor?[] Gradient(Tensor value, Tensor[] arguments, Tensor upstream)
    {
        var given = RecurrentArguments.Of(Form, arguments);
        var flat = new RecurrentOp(Form, KeepsGates: true).Apply(arguments);
        Tensor[] inputs = given.Mask is null ? [flat, given.Kernel, upstream] : [flat, given.Kernel, given.Mask, upstream];
        var all = new CustomGradientOp(new RecurrentGradientRule(Form)).Apply([new RecurrentGradientOp(Form).Apply(inputs), upstream, .. arguments]);

        var size = (int)given.X.Size;
        var dx = all[..size].Reshape(given.X.Shape);
        var dproduct = Form.Cell.HasOwnProductGradient ? all[size..(2 * size)].Reshape(given.X.Shape) : dx;
        // The states before each step, of all steps and samples in one matrix.
        var before = value[0, ..given.Steps].Reshape(-1, given.Units);
        var flatProduct = dproduct.Reshape(-1, given.X.Shape[2]);
        var dkernel = before.Transpose().MatMul(flatProduct);
        var results = new List<Tensor?> { dx, dkernel };
        if (Form.HasBias) results.Add(flatProduct.Sum(0));
        if (given.Initial is { } initial) results.Add(all[^(int)initial.Size..].Reshape(initial.Shape));
        if (Form.HasMask) results.Add(null);
        return [.. results];
    }
}

/// <summary>
/// The gradient of <see cref="RecurrentGradientOp"/>'s result: the sequence unrolled into elementary operations, differentiated twice.
/// The arguments are dstates and those of the recurrence.
/// </summary>
internal sealed record RecurrentGradientRule(RecurrentForm Form) : GradientRule
{
    public override Tensor?[] Gradient(Tensor value, Tensor[] arguments, Tensor upstream)
    {
        var (dstates, given) = (arguments[0], RecurrentArguments.Of(Form, arguments.AsSpan(1)));
        // What is added to the state's projections has their gradient.
        var extra = Tensor.Zeros(given.X.Shape, given.X.DType);
        var states = Recurrence.Unroll(Form.Cell, given, extra);
        List<Tensor> wanted = [given.X];
        if (Form.Cell.HasOwnProductGradient) wanted.Add(extra);
        if (given.Initial is not null) wanted.Add(given.Initial);
        var gradients = Hero.Gradient.Partial(states, wanted, dstates);
        var flat = Tensor.Concatenate([.. gradients.Select(gradient => gradient.Reshape(-1))]);
        var floating = arguments.Where(argument => DTypes.IsFloating(argument.DType)).ToArray();
        var parts = Hero.Gradient.Partial(flat, floating, upstream);
        return Form.HasMask ? [.. parts, null] : [.. parts];
    }
}
