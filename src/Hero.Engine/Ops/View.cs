namespace Hero.Ops;

/// <summary>How to read a dense value with other dimensions: an offset and one stride per dimension, in elements.</summary>
internal readonly record struct View(Shape Shape, nint Offset, nint[] Strides)
{
    /// <summary>Reads a dense value as it is.</summary>
    public static View Dense(Shape shape) => new(shape, 0, shape.Strides());

    /// <summary>True when element i of the view is element i of the value.</summary>
    public bool IsDense
    {
        get
        {
            if (Offset != 0) return false;
            nint expected = 1;
            for (var axis = Shape.Rank - 1; axis >= 0; axis--)
            {
                if (Shape[axis] == 1) continue;
                if (Strides[axis] != expected) return false;
                expected *= Shape[axis];
            }
            return true;
        }
    }
}
