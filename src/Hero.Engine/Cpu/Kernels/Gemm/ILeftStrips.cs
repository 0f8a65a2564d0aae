namespace Hero.Cpu.Kernels;

/// <summary>A left operand for packed tiles: strips of equal heights, or one row less, none above the tallest tile.</summary>
internal unsafe interface ILeftStrips<T> where T : unmanaged
{
    /// <summary>Elements from a strip's first one to that of a row and step of the inner dimension.</summary>
    static abstract int At(int rows, int row, int step);

    /// <summary>How many strips.</summary>
    int Count { get; }

    /// <summary>Where a strip begins; the end of the last one behind it.</summary>
    int Row(int strip);

    /// <summary>A strip's elements, where this thread has so many places for strips, which they take in turns.</summary>
    T* Data(int strip, int places);

    /// <summary>
    /// Adds streams that bring a strip to its place while a tile of another one is computed, the tile of that <paramref name="panel"/> of so many; they may
    /// take <paramref name="room"/> pairs. Returns how many streams; <paramref name="done"/> is how far the strip is, 0 at first.
    /// </summary>
    int AddStreams(int strip, int places, int panel, int panels, int room, TileStream* streams, ref int done);

    /// <summary>Does what streams have left to do for a strip; all of it where <paramref name="done"/> is 0.</summary>
    void Complete(int strip, int places, int done);
}
