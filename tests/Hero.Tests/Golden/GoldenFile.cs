using System.Text.Json;

namespace Hero.Tests.Golden;

/// <summary>Figures from an independent system (each file names it), and how close ours must come.</summary>
internal static class GoldenFile
{
    public static JsonElement Read(string name)
    {
        using var stream = typeof(GoldenFile).Assembly.GetManifestResourceStream(name)!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    public static IEnumerable<string> Cases(this JsonElement file) =>
        file.EnumerateObject().Select(property => property.Name).Where(name => name != "origin");

    public static float[] Numbers(this JsonElement tensor) =>
        [.. tensor.GetProperty("data").EnumerateArray().Select(value => value.GetSingle())];

    public static Shape Shape(this JsonElement tensor) =>
        tensor.GetProperty("shape").EnumerateArray().Select(value => value.GetInt32()).ToArray();

    public static Tensor Tensor(this JsonElement tensor) => Hero.Tensor.From<float>(tensor.Numbers(), tensor.Shape());

    public static List<Tensor> Tensors(this JsonElement tensors) => [.. tensors.EnumerateArray().Select(Tensor)];

    /// <summary>Equal but for single precision.</summary>
    public static void AssertClose(JsonElement expected, Tensor actual, string what, double tolerance = 2e-5)
    {
        Assert.Equal(expected.Shape().ToArray(), actual.Shape.ToArray());
        var (want, got) = (expected.Numbers(), actual.ToArray<float>());
        for (var i = 0; i < want.Length; i++)
        {
            if (!(Math.Abs(want[i] - got[i]) <= tolerance * Math.Max(1, Math.Abs(want[i]))))
                Assert.Fail($"{what}: element {i} should be {want[i]:R}, is {got[i]:R}");
        }
    }
}
