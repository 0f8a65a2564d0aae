namespace Hero.Vision.Retraining;

/// <summary>A file that was left out, and why.</summary>
/// <param name="File">The file.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record SkippedFile(string File, string Reason);

/// <summary>What came of a <see cref="RetrainJob"/>.</summary>
public sealed record RetrainResult
{
    /// <summary>Where the model is.</summary>
    public required string Model { get; init; }

    /// <summary>Why the model is not where it was asked for, when its place could not be written; otherwise null.</summary>
    public string? OutputError { get; init; }

    /// <summary>The classes.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>How many pictures trained, validated and tested.</summary>
    public required (int Training, int Validation, int Testing) Pictures { get; init; }

    /// <summary>The final test: pictures that were used for nothing else.</summary>
    public required ClassificationReport Test { get; init; }

    /// <summary>The base's file, or "none".</summary>
    public required string Base { get; init; }

    /// <summary>Steps of the head's training (or of the training from scratch) that were done.</summary>
    public required int Steps { get; init; }

    /// <summary>Whether the work was stopped before its end; the model is what was best until then.</summary>
    public required bool Stopped { get; init; }

    /// <summary>Files that were left out because they are no readable pictures.</summary>
    public required IReadOnlyList<SkippedFile> Skipped { get; init; }

    /// <summary>The result as JSON: accuracy, scores, confusion matrix, misclassified and skipped files, where the model is.</summary>
    public string ToJson() => RetrainJson.Write(this);

    /// <summary>Seconds spent on reading pictures and their features, on training, and in all.</summary>
    public required (double Reading, double Training, double Total) Seconds { get; init; }
}
