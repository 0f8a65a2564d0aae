using Hero.Cpu.Kernels;

namespace Hero.Cpu.Slicing;

/// <summary>Mean and variance of the columns of float32 rows; see <see cref="Moments"/>. Accumulators are the number of rows, means and sums of squared deviations.</summary>
internal sealed unsafe class MomentsStage(int source, int target, int channels) : SliceStage
{
    private const int Count = 8;

    public override nint AccumulatorBytes => (Count + 2 * channels) * sizeof(double);

    public override void Begin(byte* accumulators) => *(double*)accumulators = 0;

    public override void Run(void** slots, byte* shared, byte* accumulators, nint row, nint rows)
    {
        double* sums = (double*)accumulators, mean = sums + Count;
        var block = (float*)slots[source] + row * channels;
        if (sums[0] == 0)
        {
            Moments.Run(mean, mean + channels, block, rows, channels, channels);
        }
        else
        {
            var more = stackalloc double[2 * channels];
            Moments.Run(more, more + channels, block, rows, channels, channels);
            Moments.Join(mean, mean + channels, (nint)sums[0], more, more + channels, rows, channels);
        }
        sums[0] += rows;
    }

    public override void Combine(byte* accumulators, byte* later)
    {
        double* sums = (double*)accumulators, more = (double*)later, mean = sums + Count, moreMean = more + Count;
        Moments.Join(mean, mean + channels, (nint)sums[0], moreMean, moreMean + channels, (nint)more[0], channels);
        sums[0] += more[0];
    }

    public override void Finish(void** slots, byte* accumulators)
    {
        var sums = (double*)accumulators;
        var result = (float*)slots[target];
        for (var c = 0; c < channels; c++)
        {
            result[c] = (float)sums[Count + c];
            result[channels + c] = (float)(sums[Count + channels + c] / sums[0]);
        }
    }
}
