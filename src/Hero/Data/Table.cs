using System.Globalization;

namespace Hero.Data;

/// <summary>
/// A table of named columns of equal length. A column is numeric when all its fields are numbers or missing; a missing number
/// (an empty field, NA, N/A, NaN, null or ?, in any case) is <see cref="double.NaN"/>.
/// </summary>
public sealed class Table
{
    private readonly string name;
    private readonly string[] columns;
    private readonly string[][] texts;
    private readonly double[]?[] numbers;

    internal Table(string name, string[] columns, string[][] texts)
    {
        this.name = name;
        this.columns = columns;
        this.texts = texts;
        numbers = Array.ConvertAll(texts, Parse);
    }

    /// <summary>The columns' names, from left to right.</summary>
    public IReadOnlyList<string> Columns => columns;

    /// <summary>The names of the columns that hold numbers.</summary>
    public IReadOnlyList<string> NumericColumns => columns.Where((_, column) => numbers[column] is not null).ToArray();

    /// <summary>How many rows there are.</summary>
    public int RowCount => texts[0].Length;

    /// <summary>A column's fields as they are written.</summary>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public IReadOnlyList<string> Texts(string column) => texts[Find(column)];

    /// <summary>A column's numbers.</summary>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    /// <exception cref="InvalidDataException">It has a field that is no number; the message says which.</exception>
    public IReadOnlyList<double> Numbers(string column) => NumbersOf(Find(column));

    /// <summary>Columns side by side as float32 (rows, columns), in the order asked for; without names all numeric columns.</summary>
    /// <exception cref="ArgumentException">There is no such column, or none at all that is numeric.</exception>
    /// <exception cref="InvalidDataException">One has a field that is no number; the message says which.</exception>
    public Tensor ToTensor(params string[] columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var wanted = columns.Length > 0 ? columns : [.. NumericColumns];
        if (wanted.Length == 0) throw new ArgumentException($"'{name}' has no column of numbers; it has {string.Join(", ", this.columns)}.", nameof(columns));
        var values = new float[checked(RowCount * wanted.Length)];
        for (var column = 0; column < wanted.Length; column++)
        {
            var from = NumbersOf(Find(wanted[column]));
            for (var row = 0; row < from.Length; row++) values[(row * wanted.Length) + column] = (float)from[row];
        }
        return Tensor.From<float>(values, [RowCount, wanted.Length]);
    }

    private double[] NumbersOf(int column)
    {
        if (numbers[column] is { } parsed) return parsed;
        var row = Array.FindIndex(texts[column], text => !TryParse(text, out _));
        throw new InvalidDataException($"'{name}': expected a number in each field of column '{columns[column]}', row {row + 1:N0} has '{texts[column][row]}'. Use Texts for a column of text.");
    }

    private int Find(string column)
    {
        var at = Array.IndexOf(columns, column);
        return at >= 0 ? at : throw new ArgumentException($"'{name}' has no column '{column}'; it has {string.Join(", ", columns)}.", nameof(column));
    }

    private static double[]? Parse(string[] texts)
    {
        var values = new double[texts.Length];
        for (var i = 0; i < values.Length; i++)
            if (!TryParse(texts[i], out values[i])) return null;
        return values;
    }

    private static bool TryParse(string text, out double value)
    {
        if (text.ToUpperInvariant() is "" or "NA" or "N/A" or "NAN" or "NULL" or "?")
        {
            value = double.NaN;
            return true;
        }
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }
}
