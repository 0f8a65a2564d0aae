namespace Hero;

/// <summary>What Fit prints; the numbers are Keras'.</summary>
public enum Verbose
{
    /// <summary>Nothing.</summary>
    Silent = 0,

    /// <summary>A bar that grows, with the figures so far.</summary>
    Bar = 1,

    /// <summary>A line for each epoch.</summary>
    Lines = 2,

    /// <summary>The bar in a terminal, else the lines.</summary>
    Auto = 3,
}
