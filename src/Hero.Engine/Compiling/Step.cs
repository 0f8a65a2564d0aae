namespace Hero.Compiling;

/// <summary>The work of a step, on the table of slot pointers. Allocates nothing; may run on several tables at the same time.</summary>
internal unsafe delegate void Kernel(void** slots);

/// <summary>One unit made ready for a device.</summary>
/// <param name="Name">What profiles call it.</param>
/// <param name="Kernel">What it does.</param>
internal sealed record Step(string Name, Kernel Kernel)
{
    /// <summary>What it has to compute and to move at least.</summary>
    public Work Work { get; init; }
}
