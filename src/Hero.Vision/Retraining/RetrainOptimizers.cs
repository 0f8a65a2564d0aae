namespace Hero.Vision.Retraining;

internal static class RetrainOptimizers
{
    public static IReadOnlyList<string> Names { get; } = ["sgd", "rmsprop", "adam", "adamw", "adadelta"];
}
