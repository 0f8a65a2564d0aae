using System.Buffers;

namespace Hero.Vision.Codecs.Jpeg;

/// <summary>One component of a picture (luma, a chroma, red ...): its sampling, its place in memory, its samples once decoded.</summary>
internal sealed class JpegComponent(byte id, int horizontal, int vertical, int quantizationIndex)
{
    public byte Id { get; } = id;

    /// <summary>Blocks of this component side by side in a minimum coded unit, 1 to 4.</summary>
    public int Horizontal { get; } = horizontal;

    /// <summary>Blocks of this component one above the other in a minimum coded unit, 1 to 4.</summary>
    public int Vertical { get; } = vertical;

    public int QuantizationIndex { get; } = quantizationIndex;

    /// <summary>The quantization table, fixed when the component's first scan begins.</summary>
    public int[]? Quantization { get; set; }

    /// <summary>Blocks in a row and in a column that hold pixels; a scan of this component alone has just these.</summary>
    public int BlocksPerRow { get; private set; }

    /// <inheritdoc cref="BlocksPerRow"/>
    public int BlockRows { get; private set; }

    /// <summary>Samples a block becomes in each direction: 8, or 4, 2, 1 where the picture is decoded smaller.</summary>
    public int BlockSize { get; private set; }

    /// <summary>Samples in a row and rows that belong to the picture.</summary>
    public int Width { get; private set; }

    /// <inheritdoc cref="Width"/>
    public int Height { get; private set; }

    /// <summary>Bytes of a row of <see cref="Plane"/>, which is padded to whole coded units.</summary>
    public int Stride { get; private set; }

    /// <summary>The samples; from the shared pool, at least as long as needed.</summary>
    public byte[] Plane { get; private set; } = [];

    /// <summary>Of a progressive picture: 64 coefficients a block, not yet multiplied; from the shared pool.</summary>
    public short[] Coefficients { get; private set; } = [];

    /// <summary>Blocks in a row of <see cref="Coefficients"/>, padding included.</summary>
    public int PaddedBlocksPerRow { get; private set; }

    /// <summary>Whether the result needs this component; chroma is not transformed for a grey result.</summary>
    public bool IsNeeded { get; set; } = true;

    /// <summary>Whether a scan brought its samples (of a progressive picture: its means).</summary>
    public bool IsDecoded { get; set; }

    /// <summary>
    /// Fixes all sizes. A component with less resolution uses larger blocks than the others where that spares the upsampling, as libjpeg
    /// does.
    /// </summary>
    public void Place(JpegFrame frame)
    {
        BlockSize = frame.BlockSize;
        while (BlockSize < 8 && frame.MaxHorizontal * frame.BlockSize % (Horizontal * BlockSize * 2) == 0
            && frame.MaxVertical * frame.BlockSize % (Vertical * BlockSize * 2) == 0) BlockSize *= 2;
        BlocksPerRow = JpegFrame.DivideUp(frame.Width * Horizontal, 8 * frame.MaxHorizontal);
        BlockRows = JpegFrame.DivideUp(frame.Height * Vertical, 8 * frame.MaxVertical);
        Width = JpegFrame.DivideUp(frame.Width * Horizontal * BlockSize, 8 * frame.MaxHorizontal);
        Height = JpegFrame.DivideUp(frame.Height * Vertical * BlockSize, 8 * frame.MaxVertical);
        PaddedBlocksPerRow = frame.UnitsPerRow * Horizontal;
        Stride = PaddedBlocksPerRow * BlockSize;
    }

    /// <summary>Takes the memory for samples and, if asked for, coefficients.</summary>
    public void Allocate(JpegFrame frame)
    {
        var blocks = (long)PaddedBlocksPerRow * frame.UnitRows * Vertical;
        if (blocks * 64 > Array.MaxLength)
            throw new ImageFormatException($"The JPEG picture of {frame.Width} x {frame.Height} pixels is too large to decode.");
        if (frame.IsProgressive)
        {
            Coefficients = ArrayPool<short>.Shared.Rent((int)blocks * 64);
            Coefficients.AsSpan(0, (int)blocks * 64).Clear();
        }
        if (IsNeeded) Plane = ArrayPool<byte>.Shared.Rent((int)blocks * BlockSize * BlockSize);
    }

    public void Release()
    {
        if (Plane.Length > 0) ArrayPool<byte>.Shared.Return(Plane);
        if (Coefficients.Length > 0) ArrayPool<short>.Shared.Return(Coefficients);
        (Plane, Coefficients) = ([], []);
    }
}
