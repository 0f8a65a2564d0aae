using Hero.Ops;

namespace Hero;

/// <summary>
/// A source of random tensors. Numbers are a function of the seed and of how many draws came before, on every machine and for any
/// number of threads. Its state can be saved: it is a variable.
/// </summary>
public sealed class RandomGenerator
{
    private static readonly RandomGenerator Shared = new(0);

    /// <summary>A generator that starts at a seed.</summary>
    public RandomGenerator(long seed) => State = new Variable(Tensor.From<long>([seed, 0]), "seed_generator_state", trainable: false);

    /// <summary>The generator that is used where none is named. Give it a seed with <see cref="Seed"/>.</summary>
    public static RandomGenerator Default => Shared;

    /// <summary>The seed and the number of draws made: int64 (2).</summary>
    public Variable State { get; }

    /// <summary>Starts again from a seed.</summary>
    public void Seed(long seed)
    {
        lock (State) State.Assign<long>([seed, 0]);
    }

    /// <summary>Numbers even in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public Tensor Uniform(Shape shape, double low = 0, double high = 1, DType type = DType.Float32)
    {
        var numbers = new RandomNumbersOp(Distribution.Uniform, type, shape).Apply(Next());
        return low == 0 && high == 1 ? numbers : numbers * (high - low) + low;
    }

    /// <summary>Normally distributed numbers.</summary>
    public Tensor Normal(Shape shape, double mean = 0, double standardDeviation = 1, DType type = DType.Float32) =>
        new RandomNumbersOp(Distribution.Normal, type, shape).Apply(Next()) * standardDeviation + mean;

    /// <summary>Normally distributed numbers, drawn again where further than two standard deviations from the mean.</summary>
    public Tensor TruncatedNormal(Shape shape, double mean = 0, double standardDeviation = 1, DType type = DType.Float32) =>
        new RandomNumbersOp(Distribution.TruncatedNormal, type, shape).Apply(Next()) * standardDeviation + mean;

    /// <summary>A seed for another generator, the next one each time.</summary>
    public long NextSeed()
    {
        lock (State)
        {
            var draw = TakeNow();
            // SplitMix64's finalizer: neighbouring draws give unrelated seeds.
            var mixed = (ulong)draw.Seed * 0x9E3779B97F4A7C15 + (ulong)draw.Counter + 1;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return (long)((mixed ^ (mixed >> 31)) >> 1);
        }
    }

    /// <summary>
    /// The (key, counter) pair of the next draw. While a function is traced it is an expression over the state, and the function
    /// moves the state on at each run.
    /// </summary>
    internal Tensor Next()
    {
        if (Compiling.Trace.Current is null)
        {
            lock (State)
            {
                var (seed, counter) = TakeNow();
                return Tensor.From<long>([seed, counter], [2]);
            }
        }
        var state = State.Latest;
        State.Assign(state + Tensor.From<long>([0, 1]));
        return state;
    }

    private (long Seed, long Counter) TakeNow()
    {
        var state = State.Storage.As<long>();
        var draw = (state[0], state[1]++);
        Variable.HaveChanged(State);
        return draw;
    }
}
