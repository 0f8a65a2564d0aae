using Hero.Optimizers;
using Hero.Tests.Golden;

namespace Hero.Tests.Optimizers;

public class OptimizerGoldenTests
{
    private static readonly Dictionary<string, Func<Optimizer>> Optimizers = new()
    {
        ["sgd"] = () => "sgd",
        ["sgd_momentum"] = () => new SGD(0.05, momentum: 0.9),
        ["sgd_nesterov"] = () => new SGD(0.05, momentum: 0.9, nesterov: true),
        ["rmsprop"] = () => new RMSprop(0.01, epsilon: 1e-14),
        ["rmsprop_momentum"] = () => new RMSprop(0.01, epsilon: 1e-14, momentum: 0.8),
        ["rmsprop_centered"] = () => new RMSprop(0.01, rho: 0.8, epsilon: 1e-14, centered: true),
        ["rmsprop_epsilon"] = () => new RMSprop(0.01, epsilon: 0.1),
        ["adam"] = () => new Adam(0.01, epsilon: 1e-14),
        ["adam_amsgrad"] = () => new Adam(0.01, beta1: 0.8, beta2: 0.9, epsilon: 1e-14, amsgrad: true),
        ["adam_epsilon"] = () => new Adam(0.01, epsilon: 0.1),
        ["adamw"] = () => new AdamW(0.01, weightDecay: 0.1, epsilon: 1e-14),
        ["adadelta"] = () => new Adadelta(1.0),
        ["sgd_clipvalue"] = () => new SGD(0.1, clipValue: 0.7),
        ["sgd_clipnorm"] = () => new SGD(0.1, clipNorm: 1.5),
    };

    public static TheoryData<string> Names => [.. GoldenFile.Read("optimizers.json").GetProperty("steps").Cases()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Five_steps_are_those_of_the_reference(string name)
    {
        var golden = GoldenFile.Read("optimizers.json");
        var variable = new Variable(golden.GetProperty("start").Tensor());
        var optimizer = Optimizers[name]();
        var step = Function.Compile(gradient => gradient, updates: gradient => optimizer.Updates([gradient], [variable]));
        var steps = golden.GetProperty("steps").GetProperty(name).EnumerateArray();
        foreach (var (gradient, expected) in golden.GetProperty("gradients").Tensors().Zip(steps))
        {
            step.Call(gradient);
            GoldenFile.AssertClose(expected, variable, name, 4e-6);
        }
        Assert.Equal(5, optimizer.Iterations.Item<long>());
    }

    [Fact]
    public void Every_golden_case_has_an_optimizer() =>
        Assert.Equal(GoldenFile.Read("optimizers.json").GetProperty("steps").Cases().Order(), Optimizers.Keys.Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_kept_of_gradients_that_have_ended_fades_out_to_zero(string name)
    {
        var variable = new Variable(Tensor.Ones([100]));
        var optimizer = Optimizers[name]();
        var step = Function.Compile(gradient => gradient, updates: gradient => optimizer.Updates([gradient], [variable]));
        step.Call(Tensor.Full([100], 1e-12));
        var (nothing, steps) = (Tensor.Zeros([100]), name.StartsWith("adam", StringComparison.Ordinal) ? 20_000 : 3_000);
        for (var i = 0; i < steps; i++) step.Call(nothing);
        foreach (var (path, slot) in optimizer.NamedVariables(new Dictionary<Variable, string> { [variable] = "w" }))
        {
            if (slot.Rank == 0 || path == "optimizer/velocity_hat/w") continue; // which never gets smaller
            Assert.All(slot.ToArray<float>(), value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void Defaults_are_those_of_Keras_3()
    {
        double Rate(Optimizer optimizer) => optimizer.LearningRate.Item<double>();
        Assert.Equal(0.01, Rate("sgd"), 1e-9);
        foreach (var name in new[] { "rmsprop", "adam", "adamw", "adadelta", "Adam" }) Assert.Equal(0.001, Rate(name), 1e-9);
        Assert.Equal(0.004, new AdamW().WeightDecay);
    }

    [Fact]
    public void All_gradients_together_are_held_to_a_norm()
    {
        var (a, b) = (new Variable(Tensor.Zeros([2])), new Variable(Tensor.Zeros([1])));
        var optimizer = new SGD(1, globalClipNorm: 6.5);
        var updates = optimizer.Updates([Tensor.From(new[] { 3f, 4 }), Tensor.From(new[] { 12f })], [a, b]);
        foreach (var (variable, value) in updates) variable.Assign(value);
        Assert.Equal([-1.5f, -2], a.ToArray<float>());
        Assert.Equal([-6f], b.ToArray<float>());
        foreach (var (variable, value) in optimizer.Updates([Tensor.Zeros([2]), Tensor.Zeros([1])], [a, b])) variable.Assign(value);
        Assert.Equal([-6f], b.ToArray<float>());
    }

    [Fact]
    public void The_learning_rate_can_be_changed_between_steps()
    {
        var w = new Variable(Tensor.From(0f));
        var optimizer = new SGD(0.5);
        var step = Function.Compile(() => w * 1, updates: _ => optimizer.Updates([Tensor.From(1f)], [w]));
        step.Call();
        optimizer.LearningRate.Assign<float>([2]);
        step.Call();
        Assert.Equal(-2.5f, w.Item<float>());
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(momentum: 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(beta1: -0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(clipNorm: 0));
        Assert.Throws<ArgumentException>(() => new Adam(clipNorm: 1, clipValue: 1));
        Assert.Contains("adadelta", Assert.Throws<ArgumentException>(() => { Optimizer unknown = "madam"; }).Message);
    }
}
