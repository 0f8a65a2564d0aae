using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// An item's part of the pictures as tiles read it: in place, or a copy in bfloat16 with the padding around it, of which each stripe adds the rows that it is the
/// first to need.
/// </summary>
internal unsafe struct BFloat16Conv2DView<T> where T : unmanaged
{
    private const int CopySlot = 1;

    private readonly BFloat16Conv2DPass<T>* pass;
    private readonly T* pictures;
    private readonly ushort* start;
    private readonly int firstRow;
    private int copiedRows;

    /// <param name="pass">The pass.</param>
    /// <param name="first">The item's first picture.</param>
    /// <param name="images">How many pictures it has.</param>
    /// <param name="rowStart">The first row of output pixels.</param>
    /// <param name="rowEnd">The end of the rows.</param>
    public BFloat16Conv2DView(BFloat16Conv2DPass<T>* pass, int first, int images, int rowStart, int rowEnd)
    {
        this.pass = pass;
        pictures = pass->Input + first * PictureSize;
        firstRow = rowStart * pass->Rows.OutputStep + pass->Rows.FirstOffset;
        RowStep = (nint)pass->ViewWidth * pass->InChannels;
        if (pass->InPlace)
        {
            ImageStep = PictureSize;
            start = (ushort*)pictures + firstRow * RowStep + (nint)pass->Columns.FirstOffset * pass->InChannels;
        }
        else
        {
            ImageStep = pass->Rows.Reach(rowEnd - rowStart) * RowStep;
            start = (ushort*)Scratch.Get(CopySlot, (images * ImageStep + BFloat16Rows.Slack) * sizeof(ushort));
        }
    }

    /// <summary>Elements from one picture to the next, and from one row of pixels to the next.</summary>
    public readonly nint ImageStep { get; }

    public readonly nint RowStep { get; }

    private readonly nint PictureSize => (nint)pass->Rows.Inputs * pass->Columns.Inputs * pass->InChannels;

    /// <summary>What lies under the first output pixel and first tap of some rows of output pixels of some pictures; for each picture from the first row on.</summary>
    public ushort* At(int image, int row, int images, int rows)
    {
        if (!pass->InPlace)
        {
            if (row == 0) copiedRows = 0;
            var end = EndRow(row, rows);
            for (var i = image; i < image + images; i++)
                BFloat16Rows.Copy(
                    pictures + i * PictureSize, pass->Rows.Inputs, pass->Columns.Inputs, pass->InChannels, firstRow + copiedRows, pass->Columns.FirstOffset,
                    end - copiedRows, pass->ViewWidth, start + i * ImageStep + copiedRows * RowStep);
            copiedRows = end;
        }
        return start + image * ImageStep + row * pass->Rows.OutputStep * RowStep;
    }

    /// <summary>The memory that these rows are made of.</summary>
    public readonly MemoryRange Memory(int image, int row, int images, int rows) =>
        new(PictureRow(image, row * pass->Rows.OutputStep), PictureRow(image + images - 1, EndRow(row, rows)));

    /// <summary>The end of the rows of the view that some rows of output pixels reach over.</summary>
    private readonly int EndRow(int row, int rows) => row * pass->Rows.OutputStep + pass->Rows.Reach(rows);

    private readonly T* PictureRow(int image, int row) =>
        pictures + image * PictureSize + (nint)Math.Clamp(firstRow + row, 0, pass->Rows.Inputs) * pass->Columns.Inputs * pass->InChannels;
}
