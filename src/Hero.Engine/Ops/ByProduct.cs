namespace Hero.Ops;

/// <summary>A second output of its input's operation: the kernel that computes the input makes both, in one step.</summary>
internal abstract record ByProductOp : Op;
