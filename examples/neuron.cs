// One neuron, then five: what happens underneath Fit, written with tensors alone. Needs no data.
//
//   dotnet run examples/neuron.cs
#:project ../src/Hero.Engine/Hero.Engine.csproj

using Hero;

Tensor inputs = Tensor.From(new float[,] { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } });
Tensor and = Tensor.From(new float[,] { { 0 }, { 0 }, { 0 }, { 1 } });
Tensor xor = Tensor.From(new float[,] { { 0 }, { 1 }, { 1 }, { 0 } });

// Rosenblatt's perceptron (1958): it fires when the weighted sum of its inputs is above 0; every mistake moves the weights.
var weights = new Variable(Tensor.Zeros([2, 1]));
var bias = new Variable(Tensor.Zeros([1]));
Tensor Fires(Tensor x) => (x.MatMul(weights) + bias > 0).Cast(DType.Float32);

var correct = Function.Compile((x, wanted) =>
{
    var error = wanted - Fires(x);
    weights.Assign(weights + x.Transpose().MatMul(error));
    bias.Assign(bias + error.Sum(0));
    return error.Abs().Sum();
});

var round = 1;
while (correct.Call(inputs, and).Item<float>() > 0) round++;
Console.WriteLine($"One neuron knows AND after {round} rounds:");
Print(Fires(inputs));

// No straight line separates XOR's ones from its zeros, so one neuron never learns it (Minsky and Papert 1969).
var mistakes = Enumerable.Range(0, 1000).Min(_ => correct.Call(inputs, xor).Item<float>());
Console.WriteLine($"One neuron and XOR: at least {mistakes} of 4 wrong in each of 1000 rounds.");

// Back-propagation (Rumelhart, Hinton and Williams 1986): smooth neurons in two layers, and every weight follows the slope of the error.
var random = new RandomGenerator(seed: 1);
Variable w1 = new(random.Normal([2, 4])), b1 = new(Tensor.Zeros([4])), w2 = new(random.Normal([4, 1])), b2 = new(Tensor.Zeros([1]));
Variable[] parameters = [w1, b1, w2, b2];
Tensor Network(Tensor x) => ((x.MatMul(w1) + b1).Tanh().MatMul(w2) + b2).Sigmoid();

var step = Function.Compile(
    (x, wanted) => (Network(x) - wanted).Square().Mean(),
    updates: loss => parameters.Zip(Gradient.Of(loss, parameters), (parameter, slope) => (parameter, parameter - 2f * slope)));

for (var i = 0; i <= 1000; i++)
{
    var loss = step.Call(inputs, xor);
    if (i % 250 == 0) Console.WriteLine($"Step {i,4}: mean squared error {loss.Item<float>():F4}");
}
Console.WriteLine("Five neurons know XOR:");
Print(Network(inputs));

void Print(Tensor outputs)
{
    var (x, y) = (inputs.ToArray<float>(), outputs.ToArray<float>());
    for (var i = 0; i < y.Length; i++) Console.WriteLine($"  {x[2 * i]} {x[2 * i + 1]} -> {y[i]:0.##}");
}
