namespace Hero.Datasets;

/// <summary>Pictures of one size with a class each, as 8-bit values in memory.</summary>
public sealed class LabelledImages
{
    internal LabelledImages(byte[] pixels, byte[] labels, int height, int width, int channels, int classCount)
    {
        Pixels = pixels;
        Labels = labels;
        Height = height;
        Width = width;
        Channels = channels;
        ClassCount = classCount;
    }

    /// <summary>How many pictures there are.</summary>
    public int Count => Labels.Length;

    /// <summary>Rows of a picture.</summary>
    public int Height { get; }

    /// <summary>Columns of a picture.</summary>
    public int Width { get; }

    /// <summary>Values of a pixel: 1 for grey.</summary>
    public int Channels { get; }

    /// <summary>How many classes there are; the labels are 0 .. this - 1.</summary>
    public int ClassCount { get; }

    /// <summary>All values, shape (Count, Height, Width, Channels), row-major.</summary>
    public ReadOnlyMemory<byte> Pixels { get; }

    /// <summary>The class of each picture.</summary>
    public ReadOnlyMemory<byte> Labels { get; }

    /// <summary>The pictures as float32 (Count, Height, Width, Channels) from 0 to 1.</summary>
    public Tensor ToImageTensor() => Tensor.From(Pixels.Span, [Count, Height, Width, Channels]).Cast(DType.Float32) / 255f;

    /// <summary>The classes as int32 (Count), for sparse losses.</summary>
    public Tensor ToLabelTensor() => Tensor.From(Labels.Span, [Count]).Cast(DType.Int32);

    /// <summary>The classes as float32 (Count, ClassCount): 1 at the class, 0 elsewhere (Keras' to_categorical).</summary>
    public Tensor ToOneHotTensor()
    {
        var values = new float[(long)Count * ClassCount];
        for (var i = 0; i < Count; i++) values[(i * ClassCount) + Labels.Span[i]] = 1;
        return Tensor.From<float>(values, [Count, ClassCount]);
    }
}
