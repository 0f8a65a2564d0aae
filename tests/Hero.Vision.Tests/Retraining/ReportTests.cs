using Hero.Vision.Retraining;

namespace Hero.Vision.Tests.Retraining;

public class ReportTests
{
    // The figures are scikit-learn's for the same lists (classification_report, confusion_matrix), worked out by hand.
    [Fact]
    public void Counts_precision_and_recall()
    {
        var report = new ClassificationReport(["a", "b", "c"], [0, 0, 0, 0, 1, 1, 2, 2, 2, 2], [0, 0, 0, 1, 1, 0, 2, 2, 2, 0]);
        Assert.Equal((10, 7, 0.7), (report.Count, report.Correct, report.Accuracy));
        Assert.Equal([[3, 1, 0], [1, 1, 0], [1, 0, 3]], report.ConfusionMatrix);
        Assert.Equal([new("a", 0.6, 0.75, 4), new("b", 0.5, 0.5, 2), new("c", 1, 0.75, 4)], report.Classes);
    }

    [Fact]
    public void A_class_without_pictures_has_no_recall_and_one_never_called_no_precision()
    {
        var report = new ClassificationReport(["a", "b"], [0, 0], [0, 0]);
        Assert.Equal(new ClassScore("b", double.NaN, double.NaN, 0), report.Classes[1]);
        Assert.Equal(double.NaN, new ClassificationReport(["a", "b"], [], []).Accuracy);
    }
}
