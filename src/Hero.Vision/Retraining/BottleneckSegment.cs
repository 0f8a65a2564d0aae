using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Hero.Saving;
using Microsoft.Win32.SafeHandles;

namespace Hero.Vision.Retraining;

/// <summary>The name a picture's features are kept under: the SHA-256 of the file's bytes.</summary>
internal readonly record struct ContentHash(ulong A, ulong B, ulong C, ulong D)
{
    public static ContentHash Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return From(hash);
    }

    public static ContentHash From(ReadOnlySpan<byte> hash) => MemoryMarshal.Read<ContentHash>(hash);

    public void CopyTo(Span<byte> destination) => MemoryMarshal.Write(destination, this);
}

/// <summary>
/// A file of the bottleneck cache, written once and never changed: a signature, the number of values a picture has, the number
/// of pictures; their hashes; a check sum for each; their values. All little-endian.
/// </summary>
internal sealed class BottleneckSegment : IDisposable
{
    public const string Extension = ".bottlenecks";

    private const int HeaderBytes = 16, KeyBytes = 32, SumBytes = 8;
    private const int LargestCount = 1 << 22;
    private static ReadOnlySpan<byte> Signature => "HeroBN\x01\n"u8;

    private readonly SafeFileHandle file;
    private readonly byte[] index; // keys, then check sums
    private readonly int length;

    private BottleneckSegment(SafeFileHandle file, string path, byte[] index, int count, int length) =>
        (this.file, Path, this.index, Count, this.length) = (file, path, index, count, length);

    public string Path { get; }

    public int Count { get; }

    /// <summary>Opens a file; null when it is none of ours, for features of another length, or cannot be read.</summary>
    public static BottleneckSegment? TryOpen(string path, int length)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            Span<byte> header = stackalloc byte[HeaderBytes];
            if (RandomAccess.Read(handle, header, 0) == HeaderBytes && header.StartsWith(Signature) &&
                BinaryPrimitives.ReadInt32LittleEndian(header[8..]) == length &&
                BinaryPrimitives.ReadInt32LittleEndian(header[12..]) is > 0 and <= LargestCount and var count &&
                RandomAccess.GetLength(handle) >= HeaderBytes + (long)count * (KeyBytes + SumBytes))
            {
                var index = new byte[count * (KeyBytes + SumBytes)];
                if (RandomAccess.Read(handle, index, HeaderBytes) == index.Length)
                {
                    var segment = new BottleneckSegment(handle, path, index, count, length);
                    handle = null;
                    return segment;
                }
            }
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        finally
        {
            handle?.Dispose();
        }
    }

    public ContentHash KeyAt(int position) => ContentHash.From(index.AsSpan(position * KeyBytes, KeyBytes));

    /// <summary>Reads a picture's values; false where the file was damaged or cut.</summary>
    public bool TryRead(int position, Span<float> destination)
    {
        var bytes = MemoryMarshal.AsBytes(destination);
        try
        {
            var offset = HeaderBytes + index.Length + (long)position * length * sizeof(float);
            if (RandomAccess.Read(file, bytes, offset) != bytes.Length) return false;
        }
        catch (IOException)
        {
            return false;
        }
        return CheckSum(KeyAt(position), bytes) == BinaryPrimitives.ReadUInt64LittleEndian(index.AsSpan(Count * KeyBytes + position * SumBytes));
    }

    /// <summary>Writes a file as a whole or not at all.</summary>
    public static void Write(string path, IReadOnlyList<(ContentHash Key, float[] Values)> entries, int length) => AtomicFile.Write(path, stream =>
    {
        Span<byte> bytes = stackalloc byte[KeyBytes];
        Signature.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], entries.Count);
        stream.Write(bytes[..HeaderBytes]);
        foreach (var (key, _) in entries)
        {
            key.CopyTo(bytes);
            stream.Write(bytes);
        }
        foreach (var (key, values) in entries)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, CheckSum(key, MemoryMarshal.AsBytes(values.AsSpan())));
            stream.Write(bytes[..SumBytes]);
        }
        foreach (var (_, values) in entries) stream.Write(MemoryMarshal.AsBytes(values.AsSpan()));
    });

    public void Dispose() => file.Dispose();

    // The key is part of the sum: values that have slipped under another picture's key are found out too.
    private static ulong CheckSum(ContentHash key, ReadOnlySpan<byte> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[KeyBytes];
        key.CopyTo(bytes);
        hash.AppendData(bytes);
        hash.AppendData(values);
        hash.GetHashAndReset(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
