using System.Globalization;
using System.Text;

namespace Hero;

/// <summary>Prints values as NumPy does: nested brackets, columns aligned, the middle of long axes left out.</summary>
internal static class TensorFormatter
{
    private const int LongestWhole = 1000;
    private const int EdgeItems = 3;
    private const int LineWidth = 75;
    private const int Precision = 8;

    public static string Format(Tensor tensor)
    {
        var read = Reader(tensor);
        if (tensor.Rank == 0 && DTypes.IsFloating(tensor.DType)) return Alone(read(0));
        var summarize = tensor.Size > LongestWhole;
        var strides = tensor.Shape.Strides();
        var shown = new List<nint>();
        Collect(tensor.Shape, strides, 0, 0, summarize, shown);
        var write = Writer(tensor.DType, shown.ConvertAll(index => read(index)));
        if (tensor.Rank == 0) return write(read(0)).Trim();
        var text = new StringBuilder();
        Append(text, tensor.Shape, strides, 0, 0, summarize, index => write(read(index)));
        return text.ToString();
    }

    private static void Collect(Shape shape, nint[] strides, int axis, nint offset, bool summarize, List<nint> shown)
    {
        if (axis == shape.Rank)
        {
            shown.Add(offset);
            return;
        }
        foreach (var index in Indices(shape[axis], summarize))
            if (index >= 0) Collect(shape, strides, axis + 1, offset + index * strides[axis], summarize, shown);
    }

    private static void Append(StringBuilder text, Shape shape, nint[] strides, int axis, nint offset, bool summarize, Func<nint, string> write)
    {
        text.Append('[');
        var last = axis == shape.Rank - 1;
        var column = axis + 1;
        var first = true;
        foreach (var index in Indices(shape[axis], summarize))
        {
            var item = index < 0 ? "..." : last ? write(offset + index * strides[axis]) : null;
            if (last)
            {
                if (!first && column + 1 + item!.Length > LineWidth)
                {
                    text.Append('\n').Append(' ', axis + 1);
                    column = axis + 1;
                }
                else if (!first)
                {
                    text.Append(' ');
                    column++;
                }
                text.Append(item);
                column += item!.Length;
            }
            else
            {
                if (!first) text.Append('\n', Math.Max(shape.Rank - 1 - axis, 1)).Append(' ', axis + 1);
                if (item is not null) text.Append(item);
                else Append(text, shape, strides, axis + 1, offset + index * strides[axis], summarize, write);
            }
            first = false;
        }
        text.Append(']');
    }

    /// <summary>The indices to print along an axis; -1 stands for those left out.</summary>
    private static IEnumerable<int> Indices(int length, bool summarize)
    {
        if (!summarize || length <= 2 * EdgeItems) return Enumerable.Range(0, length);
        return [.. Enumerable.Range(0, EdgeItems), -1, .. Enumerable.Range(length - EdgeItems, EdgeItems)];
    }

    private static Func<nint, object> Reader(Tensor tensor)
    {
        var value = tensor.Evaluate();
        return tensor.DType switch
        {
            DType.Float32 => index => value.As<float>()[(int)index],
            DType.Float64 => index => value.As<double>()[(int)index],
            DType.BFloat16 => index => value.As<BFloat16>()[(int)index],
            DType.Int32 => index => (long)value.As<int>()[(int)index],
            DType.Int64 => index => value.As<long>()[(int)index],
            DType.UInt8 => index => (long)value.As<byte>()[(int)index],
            _ => index => value.As<byte>()[(int)index] != 0,
        };
    }

    private static Func<object, string> Writer(DType type, List<object> values)
    {
        Func<object, string> plain = DTypes.IsFloating(type) ? FloatWriter(values) : value => Convert.ToString(value, CultureInfo.InvariantCulture)!;
        var width = values.Count == 0 ? 0 : values.Max(value => plain(value).Length);
        return value => plain(value).PadLeft(width);
    }

    /// <summary>As many digits as the longest of the shortest exact forms, at most eight; exponents when sizes differ too much.</summary>
    private static Func<object, string> FloatWriter(List<object> values)
    {
        var finite = values.Select(AsDouble).Where(double.IsFinite).ToList();
        var sizes = finite.Where(value => value != 0).Select(Math.Abs).ToList();
        var scientific = sizes.Count > 0 && (sizes.Max() >= 1e8 || sizes.Min() < 1e-4 || sizes.Max() / sizes.Min() > 1000 * 1e3);
        var digits = finite.Count == 0 ? 0 : values.Where(value => double.IsFinite(AsDouble(value))).Max(value => Digits(value, scientific));
        return value =>
        {
            var number = AsDouble(value);
            if (double.IsNaN(number)) return "nan";
            if (double.IsInfinity(number)) return number > 0 ? "inf" : "-inf";
            if (!scientific)
            {
                // Zeros at the end become spaces, so that the points stay in one column.
                var text = number.ToString("F" + digits, CultureInfo.InvariantCulture) + (digits == 0 ? "." : "");
                return text.TrimEnd('0').PadRight(text.Length);
            }
            return number.ToString((digits == 0 ? "0'.'" : "0." + new string('0', digits)) + "e+00", CultureInfo.InvariantCulture);
        };
    }

    /// <summary>A number on its own: as many digits as it takes to read it back, as Python prints it.</summary>
    private static string Alone(object value)
    {
        var number = AsDouble(value);
        if (double.IsNaN(number)) return "nan";
        if (double.IsInfinity(number)) return number > 0 ? "inf" : "-inf";
        var scientific = number != 0 && Math.Abs(number) is < 1e-4 or >= 1e16;
        var digits = Digits(value, scientific, most: 20);
        return number.ToString(scientific ? (digits == 0 ? "0" : "0." + new string('0', digits)) + "e+00" : "F" + Math.Max(digits, 1), CultureInfo.InvariantCulture);
    }

    private static int Digits(object value, bool scientific, int most = Precision)
    {
        var number = AsDouble(value);
        for (var digits = 0; digits < most; digits++)
        {
            var text = number.ToString((scientific ? "E" : "F") + digits, CultureInfo.InvariantCulture);
            var back = double.Parse(text, CultureInfo.InvariantCulture);
            if (value is float single ? (float)back == single : value is BFloat16 half ? (BFloat16)(float)back == half : back == number) return digits;
        }
        return most;
    }

    private static double AsDouble(object value) => value is float single ? single : value is BFloat16 half ? half : (double)value;
}
