namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>The rounding of the format, written plainly: 8 exponent bits, 8 significant bits of which 7 are stored, ties to even.</summary>
internal static class BFloat16Numbers
{
    public static ushort Bits(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return (ushort)(bits >> 16 | 0x40);
        uint below = bits & 0xFFFF, result = bits >> 16;
        if (below > 0x8000 || (below == 0x8000 && (result & 1) != 0)) result++;
        return (ushort)result;
    }

    public static float Value(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    public static double Rounded(double value) => Value(Bits((float)value));
}
