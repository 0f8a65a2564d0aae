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
/// the gradient of the state's projections (T, B, G u) where the cell's is another one, of the bias (G u) and of the initial states (S, B, u)
/// where they are given.
/// </summary>
/// <param name="Form">That of the recurrence.</param>
/// <param name="Steps">T.</param>
/// <param name="FirstState">Where the region of the states (S, T + 1, B, u) that has a gradient begins; dstates is of its shape, the rest has none.</param>
/// <param name="FirstTime">The same along the axis of T + 1.</param>
internal sealed record RecurrentGradientOp(RecurrentForm Form, int Steps, int FirstState, int FirstTime) : Op
{
    /// <summary>The operation on the gradient of the states. Where that is a part of it with zeros around, the zeros are left out.</summary>
    public static Tensor Apply(RecurrentForm form, RecurrentArguments given, Tensor flat, Tensor dstates)
    {
        var (state, time) = (0, 0);
        if (dstates.Op is PadOp { Value: 0 } pad && pad.Steps.All(step => step == 1) && dstates.Inputs[0] is var region && region.Shape[2] == given.Batch && region.Shape[3] == given.Units)
            (state, time, dstates) = (pad.Starts[0], pad.Starts[1], region);
        Tensor[] inputs = given.Mask is null ? [flat, given.Kernel, dstates] : [flat, given.Kernel, given.Mask, dstates];
        return new RecurrentGradientOp(form, given.Steps, state, time).Apply(inputs);
    }

    public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
    {
        var (dstates, width, cell) = (inputs[^1].Shape, inputs[1].Shape[1], Form.Cell);
        var projections = checked(Steps * dstates[2] * width);
        return (inputs[0].DType, [checked(
            projections * (cell.HasOwnProductGradient ? 2 : 1) + (Form.HasBias ? width : 0) + (Form.HasInitial ? cell.States * dstates[2] * dstates[3] : 0))]);
    }

    public override double Flops(Tensor output) => 2.0 * Steps * output.Inputs[^1].Shape[2] * output.Inputs[1].Size;

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
        var all = new CustomGradientOp(new RecurrentGradientRule(Form)).Apply([RecurrentGradientOp.Apply(Form, given, flat, upstream), upstream, .. arguments]);

        var at = 0;
        Tensor Next(Shape shape) => all[at..(at += (int)shape.Size)].Reshape(shape);
        var dx = Next(given.X.Shape);
        var dproduct = (Form.Cell.HasOwnProductGradient ? Next(given.X.Shape) : dx).Reshape(-1, given.X.Shape[2]);
        // The states before each step, of all steps and samples in one matrix.
        var before = value[0, ..given.Steps].Reshape(-1, given.Units);
        List<Tensor?> results = [dx, before.Transpose().MatMul(dproduct, Form.Precision)];
        if (given.Bias is { } bias) results.Add(Next(bias.Shape));
        if (given.Initial is { } initial) results.Add(Next(initial.Shape));
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
        var states = Recurrence.Unroll(Form.Cell, given, Form.Precision, extra);
        List<Tensor> wanted = [given.X];
        if (Form.Cell.HasOwnProductGradient) wanted.Add(extra);
        if (given.Bias is not null) wanted.Add(given.Bias);
        if (given.Initial is not null) wanted.Add(given.Initial);
        var gradients = Hero.Gradient.Partial(states, wanted, dstates);
        var flat = Tensor.Concatenate([.. gradients.Select(gradient => gradient.Reshape(-1))]);
        var floating = arguments.Where(argument => DTypes.IsFloating(argument.DType)).ToArray();
        var parts = Hero.Gradient.Partial(flat, floating, upstream);
        return Form.HasMask ? [.. parts, null] : [.. parts];
    }
}
