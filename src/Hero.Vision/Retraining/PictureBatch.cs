namespace Hero.Vision.Retraining;

/// <summary>Memory for a batch of inputs and their classes, filled and used over and over.</summary>
internal sealed class PictureBatch
{
    public PictureBatch(int size, PictureInput input)
    {
        var shape = new Shape([size, input.Height, input.Width, 3]);
        Pictures = new Tensor(DType.Float32, shape, new Storage((long)size * input.Length * sizeof(float)));
        Classes = new Tensor(DType.Int32, new Shape([size]), new Storage((long)size * sizeof(int)));
        Length = input.Length;
        Values.Clear();
    }

    /// <summary>float32 (size, height, width, 3), over memory that <see cref="Values"/> writes.</summary>
    public Tensor Pictures { get; }

    /// <summary>int32 (size).</summary>
    public Tensor Classes { get; }

    /// <summary>How many places are filled; the others hold what was there before.</summary>
    public int Count { get; set; }

    public Span<float> Values => Pictures.Evaluate().As<float>();

    public Span<int> Labels => Classes.Evaluate().As<int>();

    private int Length { get; }

    /// <summary>The values of one picture.</summary>
    public Span<float> Picture(int place) => Values.Slice(place * Length, Length);
}
