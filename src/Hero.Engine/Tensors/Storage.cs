using System.Runtime.CompilerServices;

namespace Hero;

/// <summary>
/// The memory of a value: 64-byte aligned, at a fixed address, owned by the garbage collector (a pinned array), so nothing
/// ever needs to be disposed and the collector knows how much is held.
/// </summary>
internal sealed unsafe class Storage
{
    private const int Alignment = 64;

    // Pinned arrays of their own cost the collector more than small values are worth, so those share arrays of this size. No larger:
    // an array lives as long as any value in it.
    private const int SharedBytes = 4096;
    private const int SmallBytes = 256;

    [ThreadStatic] private static Storage? shared;
    [ThreadStatic] private static int sharedUsed;

    // Keeps the pinned memory alive for as long as the pointer is in use; longs, because an array's length is an int.
    private readonly long[] array;

    public Storage(long bytes)
    {
        Bytes = bytes;
        if (bytes <= SmallBytes)
        {
            var size = ((int)bytes + Alignment - 1) & -Alignment;
            if (shared is null || sharedUsed + size > SharedBytes) (shared, sharedUsed) = (new Storage(SharedBytes), 0);
            array = shared.array;
            Pointer = shared.Pointer + sharedUsed;
            sharedUsed += size;
            return;
        }
        var words = (bytes + Alignment + sizeof(long) - 1) / sizeof(long);
        if (words > Array.MaxLength)
            throw new ArgumentException($"A tensor holds at most {(long)Array.MaxLength * sizeof(long) - Alignment:N0} bytes, asked for {bytes:N0}. Use smaller batches.");
        array = GC.AllocateUninitializedArray<long>((int)words, pinned: true);
        var start = (nint)Unsafe.AsPointer(ref array[0]);
        Pointer = (byte*)((start + Alignment - 1) & -Alignment);
    }

    public byte* Pointer { get; }

    public long Bytes { get; }

    public Span<byte> Span => new(Pointer, checked((int)Bytes));

    public Span<T> As<T>() where T : unmanaged => new(Pointer, checked((int)(Bytes / sizeof(T))));

    public static Storage Zeros(long bytes)
    {
        var storage = new Storage(bytes);
        storage.Span.Clear();
        return storage;
    }
}
