using Hero.Data;
using Hero.Testing;

namespace Hero.Tests.Data;

public class CsvTests
{
    [Fact]
    public void Numbers_texts_and_missing_values_are_told_apart()
    {
        var table = Read("x, y ,name\r\n1,-2.5e3,anna\r\n ?,,\"b, \"\"b\"\"\"\r\n3,NaN,\r\n");
        Assert.Equal(["x", "y", "name"], table.Columns);
        Assert.Equal(["x", "y"], table.NumericColumns);
        Assert.Equal(3, table.RowCount);
        Assert.Equal([1, double.NaN, 3], table.Numbers("x"));
        Assert.Equal([-2500, double.NaN, double.NaN], table.Numbers("y"));
        Assert.Equal(["anna", "b, \"b\"", ""], table.Texts("name"));
        Assert.Equal(new Shape(3, 2), table.ToTensor().Shape);
        Assert.Equal([1, -2500, float.NaN, float.NaN, 3, float.NaN], table.ToTensor().ToArray<float>());
        Assert.Equal([-2500, float.NaN, float.NaN], table.ToTensor("y").ToArray<float>());
        Assert.Equal(0, Read("a,b\n").RowCount);
        Assert.Equal([2], Read("a;b\n1;2\n", ';').Numbers("b"));
    }

    [Theory]
    [InlineData("", "got an empty file")]
    [InlineData("a,a\n1,2\n", "two columns are named 'a'")]
    [InlineData("a,b\n1,2\n1,2,3\n", "line 3: expected 2 fields as in the first line, got 3: 1,2,3")]
    [InlineData("a,b\n1\n", "line 2: expected 2 fields as in the first line, got 1: 1")]
    [InlineData("a,b\n1,\"x\n", "uote")]
    [InlineData("a,b\n1,x\"2\"\n", "uote")]
    public void What_is_no_table_is_refused_with_its_line(string text, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(text));
        Assert.StartsWith("'x.csv'", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_is_named()
    {
        var table = Read("a,b\n1,x\n");
        Assert.Contains("'x.csv' has no column 'c'; it has a, b.", Assert.Throws<ArgumentException>(() => table.Numbers("c")).Message, StringComparison.Ordinal);
        Assert.Contains("row 1 has 'x'", Assert.Throws<InvalidDataException>(() => table.ToTensor("b")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Read("a\nx\n").ToTensor());
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("x.csv"), [(byte)'a', (byte)'\n', 0xff, 0xfe, (byte)'\n']);
        Assert.Contains("not UTF-8", Assert.Throws<InvalidDataException>(() => Csv.Read(folder.File("x.csv"))).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Reads_the_shared_prices()
    {
        var table = Csv.Read(SharedData.Require("sp500", "historical-SP500.csv"));
        Assert.Equal(16_705, table.RowCount);
        Assert.Equal(["Open", "High", "Low", "Close", "Volume", "Adj Close"], table.NumericColumns);
        Assert.Equal("2016-05-23", table.Texts("Date")[0]);
        Assert.Equal(2048.040039, table.Numbers("Close")[0]);
        Assert.Equal(table.Numbers("Close"), table.Numbers("Adj Close"));
    }

    private static Table Read(string text, char delimiter = ',') => Csv.Read(new StringReader(text), "x.csv", delimiter);
}
