using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Vectors of 16 pairs of bfloat16, made from memory of float32 (rounded to nearest, ties to even, or its <see cref="Remainder"/>) or of bfloat16 (any type
/// of two bytes). The first of a pair is its low half. Needs AVX-512.
/// </summary>
internal static unsafe class BFloat16Vectors
{
    // Not a field: kernels are compiled before fields of their classes are set, and would look each time.
    private static Vector512<ushort> HighHalves
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create((ushort)1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 63);
    }

    /// <summary>Elements 0 .. 31 of a row as pairs (0, 1), (2, 3) ...; those from <paramref name="count"/> on are zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Along<T>(T* row, int count) where T : unmanaged
    {
        if (row == null) return Vector512<uint>.Zero;
        if (sizeof(T) == sizeof(float))
        {
            var low = Narrowed<T>(Load((float*)row, count));
            var high = Narrowed<T>(Load((float*)row + 16, count - 16));
            return Avx512BW.PermuteVar32x16x2(low.AsUInt16(), HighHalves, high.AsUInt16()).AsUInt32();
        }
        if (count >= 32) return Vector512.Load((ushort*)row).AsUInt32();
        var mask = Vector512.LessThan(Vector512<ushort>.Indices, Vector512.Create((ushort)Math.Max(count, 0)));
        return Avx512BW.MaskLoad((ushort*)row, mask, Vector512<ushort>.Zero).AsUInt32();
    }

    /// <summary>Elements 0 .. 15 of two rows as pairs (even[0], odd[0]), (even[1], odd[1]) ...; those from <paramref name="count"/> on are zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Across<T>(T* even, T* odd, int count) where T : unmanaged
    {
        var high = Vector512.Create(0xFFFF0000u);
        if (sizeof(T) == sizeof(float))
        {
            var first = even == null ? Vector512<uint>.Zero : Narrowed<T>(Load((float*)even, count));
            var second = odd == null ? Vector512<uint>.Zero : Narrowed<T>(Load((float*)odd, count));
            return Vector512.ConditionalSelect(high, second, first >>> 16);
        }
        else
        {
            var first = even == null ? Vector512<uint>.Zero : Widened((ushort*)even, count);
            var second = odd == null ? Vector512<uint>.Zero : Widened((ushort*)odd, count);
            return first | (second << 16);
        }
    }

    /// <summary>32 elements of two rows as pairs (even[0], odd[0]), (even[1], odd[1]) ...</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Interleave(ushort* even, ushort* odd, ushort* target)
    {
        // In each quarter of a vector instructions take the lower half, or the upper one: the first 16 elements go to the lower halves.
        var order = Vector512.Create(0L, 4, 1, 5, 2, 6, 3, 7);
        Vector512<ushort> first = Avx512F.PermuteVar8x64(Vector512.Load((long*)even), order).AsUInt16(), second = Avx512F.PermuteVar8x64(Vector512.Load((long*)odd), order).AsUInt16();
        Avx512BW.UnpackLow(first, second).Store(target);
        Avx512BW.UnpackHigh(first, second).Store(target + 32);
    }

    /// <summary>Vectors v[i] become vectors whose element i was element of v[i]: 16 x 16 pairs transposed in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(Vector512<uint>* v)
    {
        // Four rows at a time: quarter q of the results holds columns 4q .. 4q + 3 of these rows, one in each.
        Interleave(v, out var a0, out var a1, out var a2, out var a3);
        Interleave(v + 4, out var b0, out var b1, out var b2, out var b3);
        Interleave(v + 8, out var c0, out var c1, out var c2, out var c3);
        Interleave(v + 12, out var d0, out var d1, out var d2, out var d3);
        // Then quarters change places as single elements would in a transpose of 4 x 4.
        Quarters(v, a0, b0, c0, d0);
        Quarters(v + 1, a1, b1, c1, d1);
        Quarters(v + 2, a2, b2, c2, d2);
        Quarters(v + 3, a3, b3, c3, d3);
    }

    /// <summary>
    /// 32 rows of 8 numbers of two bytes, each where <paramref name="rows"/> says and <paramref name="start"/> elements on, become 8 rows of 32 that lie one after another.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(ushort** rows, nint start, ushort* target)
    {
        // A vector has rows i, 8 + i, 16 + i and 24 + i, so that what is left are transposes of 8 x 8 in each of its quarters.
        Vector512<ushort> v0 = Quarters(rows, start), v1 = Quarters(rows + 1, start), v2 = Quarters(rows + 2, start), v3 = Quarters(rows + 3, start);
        Vector512<ushort> v4 = Quarters(rows + 4, start), v5 = Quarters(rows + 5, start), v6 = Quarters(rows + 6, start), v7 = Quarters(rows + 7, start);
        Vector512<uint> a0 = Avx512BW.UnpackLow(v0, v1).AsUInt32(), a1 = Avx512BW.UnpackLow(v2, v3).AsUInt32(), a2 = Avx512BW.UnpackLow(v4, v5).AsUInt32(), a3 = Avx512BW.UnpackLow(v6, v7).AsUInt32();
        Vector512<uint> b0 = Avx512BW.UnpackHigh(v0, v1).AsUInt32(), b1 = Avx512BW.UnpackHigh(v2, v3).AsUInt32(), b2 = Avx512BW.UnpackHigh(v4, v5).AsUInt32(), b3 = Avx512BW.UnpackHigh(v6, v7).AsUInt32();
        Halves(Avx512F.UnpackLow(a0, a1), Avx512F.UnpackLow(a2, a3), target);
        Halves(Avx512F.UnpackHigh(a0, a1), Avx512F.UnpackHigh(a2, a3), target + 64);
        Halves(Avx512F.UnpackLow(b0, b1), Avx512F.UnpackLow(b2, b3), target + 128);
        Halves(Avx512F.UnpackHigh(b0, b1), Avx512F.UnpackHigh(b2, b3), target + 192);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> Quarters(ushort** rows, nint start)
    {
        var vector = Avx512F.InsertVector128(Vector128.Load(rows[0] + start).ToVector256Unsafe().ToVector512Unsafe(), Vector128.Load(rows[8] + start), 1);
        return Avx512F.InsertVector128(Avx512F.InsertVector128(vector, Vector128.Load(rows[16] + start), 2), Vector128.Load(rows[24] + start), 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Halves(Vector512<uint> low, Vector512<uint> high, ushort* target)
    {
        Avx512F.UnpackLow(low.AsUInt64(), high.AsUInt64()).Store((ulong*)target);
        Avx512F.UnpackHigh(low.AsUInt64(), high.AsUInt64()).Store((ulong*)(target + 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(
        Vector512<uint>* v, out Vector512<uint> first, out Vector512<uint> second, out Vector512<uint> third, out Vector512<uint> fourth)
    {
        Vector512<ulong> a = Avx512F.UnpackLow(v[0], v[1]).AsUInt64(), b = Avx512F.UnpackHigh(v[0], v[1]).AsUInt64();
        Vector512<ulong> c = Avx512F.UnpackLow(v[2], v[3]).AsUInt64(), d = Avx512F.UnpackHigh(v[2], v[3]).AsUInt64();
        first = Avx512F.UnpackLow(a, c).AsUInt32();
        second = Avx512F.UnpackHigh(a, c).AsUInt32();
        third = Avx512F.UnpackLow(b, d).AsUInt32();
        fourth = Avx512F.UnpackHigh(b, d).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(Vector512<uint>* v, Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d)
    {
        Vector512<uint> evenAb = Avx512F.Shuffle4x128(a, b, 0x88), oddAb = Avx512F.Shuffle4x128(a, b, 0xDD);
        Vector512<uint> evenCd = Avx512F.Shuffle4x128(c, d, 0x88), oddCd = Avx512F.Shuffle4x128(c, d, 0xDD);
        v[0] = Avx512F.Shuffle4x128(evenAb, evenCd, 0x88);
        v[4] = Avx512F.Shuffle4x128(oddAb, oddCd, 0x88);
        v[8] = Avx512F.Shuffle4x128(evenAb, evenCd, 0xDD);
        v[12] = Avx512F.Shuffle4x128(oddAb, oddCd, 0xDD);
    }

    /// <summary>float32 whose high halves are the values, or their remainders, as bfloat16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Narrowed<T>(Vector512<float> value)
    {
        var rounded = Rounded(value);
        if (typeof(T) != typeof(Remainder)) return rounded;
        var rest = value - (rounded & Vector512.Create(0xFFFF0000u)).AsSingle();
        return Rounded(Vector512.ConditionalSelect(Vector512.LessThan(Vector512.Abs(rest), Vector512.Create(float.PositiveInfinity)), rest, Vector512<float>.Zero));
    }

    /// <summary>
    /// float32 whose high halves are the values as bfloat16, as <see cref="SimdBits.RoundedToBFloat16"/> makes them; what is not a number stays so, made quiet.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Rounded(Vector512<float> value)
    {
        var bits = value.AsUInt32();
        var rounded = (bits | ((bits >>> 16) & Vector512.Create(1u))) + Vector512.Create(0x7FFFu);
        // By class, four bits for each from the lowest on: of a number the rounded one, of a quiet or signalling NaN that, made quiet.
        return Avx512F.Fixup(rounded.AsSingle(), value, Vector512.Create(0x22), 0).AsUInt32();
    }

    /// <summary>The high halves of 16 elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> UpperHalves(Vector512<uint> value) => Avx512BW.PermuteVar32x16(value.AsUInt16(), HighHalves).GetLower();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(float* source, int count) => count >= 16 ? Vector512.Load(source) : TileVector512<float>.LoadFirst(source, Math.Max(count, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Widened(ushort* source, int count)
    {
        if (count >= 16) return Avx512F.ConvertToVector512UInt32(Vector256.Load(source));
        var mask = Vector512.LessThan(Vector512<ushort>.Indices, Vector512.Create((ushort)Math.Max(count, 0)));
        return Avx512F.ConvertToVector512UInt32(Avx512BW.MaskLoad(source, mask, Vector512<ushort>.Zero).GetLower());
    }
}
