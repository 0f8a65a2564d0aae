using Hero.Metrics;
using Hero.Tests.Golden;

namespace Hero.Tests.Metrics;

public class MetricTests
{
    private static readonly System.Text.Json.JsonElement Golden = GoldenFile.Read("metrics.json");

    [Fact]
    public void Figures_are_those_of_the_reference_over_uneven_batches()
    {
        var (scores, numbers) = (Golden.GetProperty("scores").Tensor(), Golden.GetProperty("numbers").Tensor());
        var oneHot = numbers.Cast(DType.Int32).OneHot(7);
        Check("accuracy", "accuracy", numbers, scores);
        Check("accuracy", "accuracy", oneHot, scores);
        Check("accuracy", "accuracy", numbers.ExpandDims(-1), scores);
        Check("accuracy", "sparse_categorical_accuracy", numbers, scores);
        Check("accuracy", "categorical_accuracy", oneHot, scores);
        Check("top3", new TopKCategoricalAccuracy(3), oneHot, scores);
        Check("top3", new SparseTopKCategoricalAccuracy(3), numbers, scores);
        var (chances, binary) = (Golden.GetProperty("chances").Tensor(), Golden.GetProperty("binary").Tensor());
        Check("binary_accuracy", "binary_accuracy", binary, chances);
        Check("binary_accuracy_07", new BinaryAccuracy(0.7), binary, chances);
        Check("mean_squared_error", "mse", binary, chances);
        Check("mean_absolute_error", "mean_absolute_error", binary, chances);
    }

    [Fact]
    public void Weights_of_examples_count()
    {
        Metric metric = "accuracy";
        var (scores, numbers, weights) = (Golden.GetProperty("scores").Tensor(), Golden.GetProperty("numbers").Tensor(),
            Golden.GetProperty("weights").Tensor());
        metric.Update(numbers[..5], scores[..5], weights[..5]);
        metric.Update(numbers[5..], scores[5..], weights[5..]);
        Assert.Equal(Golden.GetProperty("weighted_accuracy").GetDouble(), metric.Result(), 1e-6);
    }

    [Fact]
    public void A_column_of_chances_is_judged_by_the_threshold()
    {
        Metric metric = "accuracy";
        metric.Update(Tensor.From(new[] { 0, 1, 1 }), Tensor.From(new float[,] { { 0.4f }, { 0.6f }, { 0.5f } }));
        Assert.Equal(2.0 / 3, metric.Result(), 1e-9);
    }

    [Fact]
    public void Ties_with_the_last_place_count_and_what_is_no_number_does_not()
    {
        var metric = new SparseTopKCategoricalAccuracy(2);
        metric.Update(Tensor.From(new[] { 2, 0 }), Tensor.From(new float[,] { { 3, 1, 1 }, { float.NaN, 1, 0 } }));
        Assert.Equal(0.5, metric.Result());
    }

    [Fact]
    public void A_function_of_one_s_own_is_averaged_over_examples()
    {
        var metric = Metric.From("largest", (yTrue, yPred) => yPred.Max(-1));
        metric.Update(Tensor.Zeros([2]), Tensor.From(new float[,] { { 1, 2 }, { 3, 0 } }));
        metric.Update(Tensor.Zeros([1]), Tensor.From(new float[,] { { 10, 2 } }));
        Assert.Equal((2 + 3 + 10) / 3.0, metric.Result(), 1e-6);
        metric.Reset();
        Assert.Equal(0, metric.Result());
        Assert.Contains("Metric.From", Assert.Throws<ArgumentException>(() => { Metric unknown = "nothing"; }).Message);
    }

    private static void Check(string golden, Metric metric, Tensor yTrue, Tensor yPred)
    {
        metric.Update(yTrue[..5], yPred[..5]);
        metric.Update(yTrue[5..], yPred[5..]);
        Assert.Equal(Golden.GetProperty(golden).GetDouble(), metric.Result(), 1e-6);
    }
}
