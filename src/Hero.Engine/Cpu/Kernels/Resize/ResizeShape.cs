namespace Hero.Cpu.Kernels;

/// <summary>A resize of NHWC data: [Batch, InHeight, InWidth, Channels] to [Batch, OutHeight, OutWidth, Channels].</summary>
internal readonly record struct ResizeShape(int Batch, int InHeight, int InWidth, int Channels, int OutHeight, int OutWidth);
