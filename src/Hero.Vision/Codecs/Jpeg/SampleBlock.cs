using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Vision.Codecs.Jpeg;

/// <summary>Exchanges rows and columns of 8 x 8 integers, between the passes of the transform and behind the second one.</summary>
internal static class SampleBlock
{
    /// <summary>Exchanges rows and columns in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(ref int data)
    {
        if (Avx2.IsSupported) TransposeAvx2(ref data);
        else if (Vector128.IsHardwareAccelerated && BitConverter.IsLittleEndian) Transpose128(ref data);
        else TransposeScalar(ref data);
    }

    /// <summary>
    /// Writes the columns, clamped to bytes, as rows that lie <paramref name="stride"/> bytes apart. The integers are overwritten.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreColumns(ref int data, ref byte target, int stride)
    {
        if (Avx2.IsSupported) StoreColumnsAvx2(ref data, ref target, stride);
        else if (Vector128.IsHardwareAccelerated && BitConverter.IsLittleEndian)
        {
            Transpose128(ref data);
            StoreRows128(ref data, ref target, stride);
        }
        else StoreColumnsScalar(ref data, ref target, stride);
    }

    /// <summary>The specification of <see cref="Transpose"/>.</summary>
    public static void TransposeScalar(ref int data)
    {
        for (var y = 0; y < 8; y++)
            for (var x = 0; x < y; x++)
                (Unsafe.Add(ref data, 8 * y + x), Unsafe.Add(ref data, 8 * x + y)) = (Unsafe.Add(ref data, 8 * x + y), Unsafe.Add(ref data, 8 * y + x));
    }

    /// <summary>The specification of <see cref="StoreColumns"/>.</summary>
    public static void StoreColumnsScalar(ref int data, ref byte target, int stride)
    {
        for (var y = 0; y < 8; y++)
            for (var x = 0; x < 8; x++) Unsafe.Add(ref target, y * stride + x) = (byte)Math.Clamp(Unsafe.Add(ref data, 8 * x + y), 0, 255);
    }

    /// <summary>Four 4 x 4 squares: two stay, two change places.</summary>
    public static void Transpose128(ref int data)
    {
        ref var lower = ref Unsafe.Add(ref data, 32);
        Transpose4x4(ref data, ref data);
        Transpose4x4(ref Unsafe.Add(ref lower, 4), ref Unsafe.Add(ref lower, 4));
        Span<int> kept = stackalloc int[32];
        ref var copy = ref kept[0];
        Transpose4x4(ref Unsafe.Add(ref data, 4), ref copy);
        Transpose4x4(ref lower, ref Unsafe.Add(ref data, 4));
        for (var y = 0; y < 4; y++) Vector128.LoadUnsafe(ref copy, (nuint)(8 * y)).StoreUnsafe(ref lower, (nuint)(8 * y));
    }

    public static void StoreRows128(ref int data, ref byte target, int stride)
    {
        for (var y = 0; y < 8; y++)
        {
            var (low, high) = (Vector128.LoadUnsafe(ref data, (nuint)(8 * y)), Vector128.LoadUnsafe(ref data, (nuint)(8 * y + 4)));
            var words = Vector128.Max(Vector128.NarrowWithSaturation(low, high), Vector128<short>.Zero).AsUInt16();
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, y * stride), Vector128.NarrowWithSaturation(words, words).AsUInt64().ToScalar());
        }
    }

    /// <summary>Four rows, 8 integers apart, of four integers each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose4x4(ref int source, ref int target)
    {
        var (a, b) = (Vector128.LoadUnsafe(ref source).AsUInt32(), Vector128.LoadUnsafe(ref source, 8).AsUInt32());
        var (c, d) = (Vector128.LoadUnsafe(ref source, 16).AsUInt32(), Vector128.LoadUnsafe(ref source, 24).AsUInt32());
        // As 64-bit numbers: a0 b0, a1 b1 and so on.
        var (ab01, ab23) = (Vector128.WidenLower(a) | Vector128.WidenLower(b) << 32, Vector128.WidenUpper(a) | Vector128.WidenUpper(b) << 32);
        var (cd01, cd23) = (Vector128.WidenLower(c) | Vector128.WidenLower(d) << 32, Vector128.WidenUpper(c) | Vector128.WidenUpper(d) << 32);
        Vector128.Create(ab01.GetLower(), cd01.GetLower()).AsInt32().StoreUnsafe(ref target);
        Vector128.Create(ab01.GetUpper(), cd01.GetUpper()).AsInt32().StoreUnsafe(ref target, 8);
        Vector128.Create(ab23.GetLower(), cd23.GetLower()).AsInt32().StoreUnsafe(ref target, 16);
        Vector128.Create(ab23.GetUpper(), cd23.GetUpper()).AsInt32().StoreUnsafe(ref target, 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeAvx2(ref int data)
    {
        // Rows n and n + 4 share a register, so that what follows stays within its halves.
        var (a, b) = (Pair(ref data, 0), Pair(ref data, 8));
        var (c, d) = (Pair(ref data, 16), Pair(ref data, 24));
        var (e, f) = (Pair(ref data, 4), Pair(ref data, 12));
        var (g, h) = (Pair(ref data, 20), Pair(ref data, 28));
        Square(a, b, c, d, ref data);
        Square(e, f, g, h, ref Unsafe.Add(ref data, 32));

        // Four integers of a row and the four below them in the row four further down.
        static Vector256<int> Pair(ref int data, int place) =>
            Vector256.Create(Vector128.LoadUnsafe(ref data, (nuint)place), Vector128.LoadUnsafe(ref data, (nuint)(place + 32)));

        static void Square(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d, ref int target)
        {
            var (ab0, ab2) = (Avx2.UnpackLow(a, b).AsInt64(), Avx2.UnpackHigh(a, b).AsInt64());
            var (cd0, cd2) = (Avx2.UnpackLow(c, d).AsInt64(), Avx2.UnpackHigh(c, d).AsInt64());
            Avx2.UnpackLow(ab0, cd0).AsInt32().StoreUnsafe(ref target);
            Avx2.UnpackHigh(ab0, cd0).AsInt32().StoreUnsafe(ref target, 8);
            Avx2.UnpackLow(ab2, cd2).AsInt32().StoreUnsafe(ref target, 16);
            Avx2.UnpackHigh(ab2, cd2).AsInt32().StoreUnsafe(ref target, 24);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreColumnsAvx2(ref int data, ref byte target, int stride)
    {
        // Bytes of four columns: in each half c0r0 c0r1 c0r2 c0r3 c1r0 ..., rows 0-3 in the lower, 4-7 in the upper.
        var turn = Vector256.Create((byte)0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        var left = Avx2.Shuffle(Columns(ref data), turn).AsInt32();
        var right = Avx2.Shuffle(Columns(ref Unsafe.Add(ref data, 32)), turn).AsInt32();
        var (rows0145, rows2367) = (Avx2.UnpackLow(left, right).AsUInt64(), Avx2.UnpackHigh(left, right).AsUInt64());
        Unsafe.WriteUnaligned(ref target, rows0145.GetElement(0));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, stride), rows0145.GetElement(1));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 2 * stride), rows2367.GetElement(0));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 3 * stride), rows2367.GetElement(1));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 4 * stride), rows0145.GetElement(2));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 5 * stride), rows0145.GetElement(3));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 6 * stride), rows2367.GetElement(2));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 7 * stride), rows2367.GetElement(3));

        static Vector256<byte> Columns(ref int data) => Avx2.PackUnsignedSaturate(
            Avx2.PackSignedSaturate(Vector256.LoadUnsafe(ref data), Vector256.LoadUnsafe(ref data, 8)),
            Avx2.PackSignedSaturate(Vector256.LoadUnsafe(ref data, 16), Vector256.LoadUnsafe(ref data, 24)));
    }
}
