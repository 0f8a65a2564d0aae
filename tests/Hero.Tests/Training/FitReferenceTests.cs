using Hero.Layers;
using Hero.Optimizers;

namespace Hero.Tests.Training;

/// <summary>Fit against the same training written out in double precision: batches of all sizes, weights of examples and classes, penalties.</summary>
[Collection(SeededCollection.Name)]
public class FitReferenceTests
{
    private const double Rate = 0.1, Penalty = 0.02;

    [Fact]
    public void Fit_is_gradient_descent_on_the_weighted_mean_of_each_batch()
    {
        for (var seed = 0; seed < 15; seed++) Check(seed);
    }

    private static void Check(int seed)
    {
        var random = new Random(seed);
        var (count, features, hidden, outputs, epochs) = (random.Next(3) == 0 ? 1 : random.Next(2, 30), random.Next(1, 6), random.Next(1, 8), random.Next(2, 5), random.Next(1, 4));
        var batchSize = random.Next(1, count + 3);
        var (tellsClasses, isPenalized) = (random.Next(2) == 0, random.Next(2) == 0);
        var x = Draw(random, count, features);
        var y = Draw(random, count, outputs);
        var classes = Enumerable.Range(0, count).Select(_ => random.Next(outputs)).ToArray();
        var weights = Enumerable.Range(0, count).Select(_ => random.Next(4) * 0.5f).ToArray();
        var (hasWeights, hasClassWeights) = (random.Next(2) == 0, tellsClasses && random.Next(2) == 0);

        RandomGenerator.Default.Seed(seed);
        var model = new Sequential(
            new Input(features), new Dense(hidden, activation: "tanh", kernelRegularizer: isPenalized ? new Hero.Regularizers.L2(Penalty) : null),
            new Dense(outputs, activation: tellsClasses ? "softmax" : "linear"));
        model.Compile(new SGD(Rate), tellsClasses ? "sparse_categorical_crossentropy" : "mse");
        var net = new Net(model.Weights.Select(weight => Array.ConvertAll(weight.ToArray<float>(), number => (double)number)).ToArray(), features, hidden, outputs);
        var history = model.Fit(
            x, tellsClasses ? classes : y, batchSize, epochs, Verbose.Silent, shuffle: false, sampleWeight: hasWeights ? Samples.FromArray(weights) : null,
            classWeight: hasClassWeights ? new Dictionary<int, double> { [0] = 2, [1] = 0.25 } : null);

        var name = $"seed {seed}";
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var total = 0.0;
            for (var first = 0; first < count; first += batchSize)
            {
                var size = Math.Min(batchSize, count - first);
                var loss = net.Step(size, i => Enumerable.Range(0, features).Select(c => (double)x[first + i, c]).ToArray(), Counts, (i, p) => tellsClasses ? CrossEntropy(p, classes[first + i]) : Squares(p, first + i), isPenalized ? Penalty : 0);
                total += loss * size;

                double Counts(int i) => (hasWeights ? weights[first + i] : 1) * (!hasClassWeights ? 1 : classes[first + i] switch { 0 => 2, 1 => 0.25, _ => 1 });
            }
            Assert.True(Math.Abs(total / count - history["loss"][epoch]) <= 1e-5 * Math.Max(1, total / count), $"{name}: loss of epoch {epoch} is {history["loss"][epoch]}, expected {total / count}");
        }
        foreach (var (expected, actual) in net.Weights.Zip(model.Weights))
            foreach (var (a, b) in expected.Zip(actual.ToArray<float>())) Assert.True(Math.Abs(a - b) <= 2e-5 * Math.Max(1, Math.Abs(a)), $"{name}: {actual.Name} has {b}, expected {a}");

        (double, double[]) Squares(double[] p, int row)
        {
            var gradient = p.Select((value, k) => 2 * (value - y[row, k]) / outputs).ToArray();
            return (p.Select((value, k) => (value - y[row, k]) * (value - y[row, k])).Sum() / outputs, gradient);
        }
    }

    /// <summary>The loss of logits, and its gradient.</summary>
    private static (double, double[]) CrossEntropy(double[] logits, int target)
    {
        var sum = logits.Sum(Math.Exp);
        return (Math.Log(sum) - logits[target], logits.Select((logit, k) => Math.Exp(logit) / sum - (k == target ? 1 : 0)).ToArray());
    }

    private static float[,] Draw(Random random, int rows, int columns)
    {
        var numbers = new float[rows, columns];
        for (var i = 0; i < rows; i++)
            for (var k = 0; k < columns; k++) numbers[i, k] = (float)(random.NextDouble() * 2 - 1);
        return numbers;
    }

    /// <summary>tanh(x A + a) B + b and its gradient descent, by the definition.</summary>
    private sealed class Net(double[][] weights, int features, int hidden, int outputs)
    {
        public double[][] Weights => weights;

        public double Step(int size, Func<int, double[]> input, Func<int, double> counts, Func<int, double[], (double Loss, double[] Gradient)> judge, double penalty)
        {
            var (kernel, bias, last, lastBias) = (weights[0], weights[1], weights[2], weights[3]);
            var slopes = Array.ConvertAll(weights, weight => new double[weight.Length]);
            var total = 0.0;
            for (var i = 0; i < size; i++)
            {
                var x = input(i);
                var h = new double[hidden];
                for (var j = 0; j < hidden; j++) h[j] = Math.Tanh(bias[j] + x.Select((value, c) => value * kernel[c * hidden + j]).Sum());
                var p = new double[outputs];
                for (var k = 0; k < outputs; k++) p[k] = lastBias[k] + h.Select((value, j) => value * last[j * outputs + k]).Sum();
                var (loss, gradient) = judge(i, p);
                var share = counts(i) / size;
                total += loss * share;
                for (var j = 0; j < hidden; j++)
                {
                    var back = 0.0;
                    for (var k = 0; k < outputs; k++)
                    {
                        slopes[2][j * outputs + k] += share * gradient[k] * h[j];
                        back += share * gradient[k] * last[j * outputs + k];
                    }
                    back *= 1 - h[j] * h[j];
                    slopes[1][j] += back;
                    for (var c = 0; c < features; c++) slopes[0][c * hidden + j] += back * x[c];
                }
                for (var k = 0; k < outputs; k++) slopes[3][k] += share * gradient[k];
            }
            total += penalty * kernel.Sum(value => value * value);
            for (var i = 0; i < kernel.Length; i++) slopes[0][i] += 2 * penalty * kernel[i];
            for (var w = 0; w < weights.Length; w++)
                for (var i = 0; i < weights[w].Length; i++) weights[w][i] -= Rate * slopes[w][i];
            return total;
        }
    }
}
