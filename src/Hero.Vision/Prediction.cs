namespace Hero.Vision;

/// <summary>A class and how likely a picture belongs to it.</summary>
/// <param name="Label">The class.</param>
/// <param name="Probability">0 .. 1; those of all classes add up to 1.</param>
public sealed record Prediction(string Label, double Probability);
