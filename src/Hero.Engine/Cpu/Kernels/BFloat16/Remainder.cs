using System.Runtime.InteropServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// float32 in memory of which packing takes what rounding to bfloat16 leaves over, rounded in its turn: x is bfloat16(x) + remainder(x) to about
/// 16 significant bits. Where the rounded value is not finite there is none: 0.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = sizeof(float))]
internal readonly struct Remainder;
