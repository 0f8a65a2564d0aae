using System.Numerics;

namespace Hero.Training;

/// <summary>Targets that are class numbers: a number that no class has makes the loss NaN without saying why.</summary>
/// <param name="column">Which column of a batch holds them.</param>
/// <param name="classes">How many classes the model tells apart.</param>
internal sealed class ClassNumbers(int column, int classes)
{
    /// <summary>Looks at the class numbers of a batch.</summary>
    /// <exception cref="ArgumentException">One is outside 0 .. classes - 1.</exception>
    public void Check(StepInputs batch)
    {
        var (type, values) = (batch.Signature[column].DType, batch.Values[column]);
        var size = (int)batch.Signature[column].Size;
        switch (type)
        {
            case DType.Float32: Check<float>(values.As<float>()[..size]); break;
            case DType.Float64: Check<double>(values.As<double>()[..size]); break;
            case DType.Int32: Check<int>(values.As<int>()[..size]); break;
            case DType.Int64: Check<long>(values.As<long>()[..size]); break;
            case DType.UInt8: Check<byte>(values.As<byte>()[..size]); break;
            default: break; // bool: 0 and 1
        }
    }

    private void Check<T>(ReadOnlySpan<T> numbers) where T : unmanaged, INumber<T>
    {
        foreach (var number in numbers)
        {
            if (double.CreateTruncating(number) is var value && value >= 0 && value < classes) continue;
            throw new ArgumentException(FormattableString.Invariant($"Targets: expected class numbers from 0 to {classes - 1}, as the ")
                + FormattableString.Invariant($"model tells {classes} classes apart, got {number}. Number the classes from 0, or give the ")
                + "last layer more units.");
        }
    }
}
