namespace Hero.Tests;

/// <summary>Tests that make models draw from <see cref="RandomGenerator.Default"/>, which is one for all: they run one after another, alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class SeededCollection
{
    public const string Name = "seeded";
}
