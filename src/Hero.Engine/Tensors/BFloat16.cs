using System.Globalization;

namespace Hero;

/// <summary>
/// A 16-bit floating-point number: the upper half of a float, so its range with 8 significant bits. A form of storage: convert to
/// float to calculate. Half of the memory of float32 for activations, and what processors' matrix units multiply.
/// </summary>
public readonly struct BFloat16 : IEquatable<BFloat16>
{
    private readonly ushort bits;

    private BFloat16(ushort bits) => this.bits = bits;

    /// <summary>The nearest of these numbers, halves to the even one; NaN stays NaN, what is too large becomes infinite.</summary>
    public static explicit operator BFloat16(float value)
    {
        var wide = BitConverter.SingleToUInt32Bits(value);
        // A NaN's payload may lie in the lower half alone: it is made quiet so that it does not become infinity.
        return new BFloat16((ushort)((float.IsNaN(value) ? wide | 0x400000 : wide + 0x7fff + ((wide >> 16) & 1)) >> 16));
    }

    /// <summary>The same number: nothing is lost.</summary>
    public static implicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.bits << 16);

    /// <summary>Whether both are the same number; as for float, NaN equals nothing here and itself in <see cref="Equals(BFloat16)"/>.</summary>
    public static bool operator ==(BFloat16 left, BFloat16 right) => (float)left == right;

    /// <summary>Whether they are different numbers.</summary>
    public static bool operator !=(BFloat16 left, BFloat16 right) => !(left == right);

    /// <summary>The number with these bits.</summary>
    public static BFloat16 FromBits(ushort bits) => new(bits);

    /// <summary>Sign, 8 bits of exponent, 7 bits of fraction.</summary>
    public ushort ToBits() => bits;

    /// <inheritdoc/>
    public bool Equals(BFloat16 other) => ((float)this).Equals(other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BFloat16 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ((float)this).GetHashCode();

    /// <summary>The fewest digits that read back as this number.</summary>
    public override string ToString()
    {
        for (var digits = 1; digits < 5; digits++)
        {
            var text = ((float)this).ToString("G" + digits, CultureInfo.InvariantCulture);
            if (((BFloat16)float.Parse(text, CultureInfo.InvariantCulture)).Equals(this)) return text;
        }
        return ((float)this).ToString(CultureInfo.InvariantCulture);
    }
}
