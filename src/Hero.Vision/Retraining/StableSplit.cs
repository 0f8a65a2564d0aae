using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Hero.Vision.Retraining;

/// <summary>
/// Decides by a picture's name alone whether it trains, validates or tests: adding or removing pictures moves none of the others,
/// so a test picture of today is never a training picture of tomorrow. The rule is that of TensorFlow's retrain.py:
/// h = SHA-1 of the text, p = (h mod 2^27) * 100 / (2^27 - 1); p below the validation percentage validates, below both
/// percentages' sum tests, all others train.
/// </summary>
internal static class StableSplit
{
    private const int HighestHash = (1 << 27) - 1;
    private const string NoHash = "_nohash_";

    /// <summary>The text a picture is placed by: salt + "label/file name", without what follows "_nohash_" in the name.</summary>
    /// <remarks>Variants of one picture named a_nohash_1.jpg, a_nohash_2.jpg ... stay together that way.</remarks>
    public static string KeyOf(string salt, string label, string fileName)
    {
        var cut = fileName.IndexOf(NoHash, StringComparison.Ordinal);
        return $"{salt}{label}/{(cut < 0 ? fileName : fileName[..cut])}";
    }

    /// <summary>Where the text falls between 0 and 100, both included.</summary>
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "The published rule names SHA-1; nothing is kept secret by it.")]
    public static double PercentageOf(string key)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(Encoding.UTF8.GetBytes(key), hash);
        return (BinaryPrimitives.ReadUInt32BigEndian(hash[^4..]) & HighestHash) * (100.0 / HighestHash);
    }

    /// <summary>The part a text falls into.</summary>
    public static DataPart PartOf(string key, double validationPercentage, double testingPercentage)
    {
        var percentage = PercentageOf(key);
        return percentage < validationPercentage ? DataPart.Validation
            : percentage < validationPercentage + testingPercentage ? DataPart.Testing
            : DataPart.Training;
    }
}
