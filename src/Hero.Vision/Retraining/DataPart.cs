namespace Hero.Vision.Retraining;

/// <summary>What a picture is used for.</summary>
public enum DataPart
{
    /// <summary>The network learns from it.</summary>
    Training,

    /// <summary>Progress is measured on it while the network learns; it never changes the network.</summary>
    Validation,

    /// <summary>The final figure is measured on it, once.</summary>
    Testing,
}
