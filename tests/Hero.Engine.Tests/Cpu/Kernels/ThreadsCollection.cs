namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>Tests that change the size of the shared worker team: one at a time, and beside no others.</summary>
[CollectionDefinition("threads", DisableParallelization = true)]
public sealed class ThreadsCollection;
