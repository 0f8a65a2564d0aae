namespace Hero.Cpu.Kernels;

/// <summary>Makes a group of random numbers from a group of random words.</summary>
internal unsafe interface IRandomGroup<T> where T : unmanaged
{
    /// <summary>Numbers made from 64 words.</summary>
    static abstract int Size { get; }

    /// <summary>Makes Size numbers; the words may be overwritten.</summary>
    void Make(T* numbers, uint* words);
}
