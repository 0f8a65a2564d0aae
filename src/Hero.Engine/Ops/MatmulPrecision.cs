using Hero.Ops;

namespace Hero
{
    /// <summary>
    /// How exactly matrix products, convolutions and the products of recurrences of float32 are computed. Values stay float32 everywhere: this is about the factors of
    /// the products inside. Sums are float32 or better in all of them.
    /// </summary>
    public enum MatmulPrecision
    {
        /// <summary>float32: 24 significant bits.</summary>
        Highest,

        /// <summary>
        /// Factors of about 16 significant bits: each is split into two numbers of bfloat16, and three products of these take the place of one; a relative
        /// error of up to 1/65536 in each factor. Where that is faster than float32 (matrix products and pointwise convolutions with 1024 or more of each of
        /// rows, columns and depth, on processors with AMX), and float32 elsewhere.
        /// </summary>
        High,

        /// <summary>
        /// Factors rounded to bfloat16: the range of float32 with 8 significant bits, a relative error of up to 1/256 in each factor. Several times
        /// as fast where the processor has a unit for it (AMX, AVX512-BF16); float32 where it has none, and for shapes that would not gain.
        /// </summary>
        Medium,
    }

    /// <summary>
    /// The precision that matrix products, convolutions and recurrences get when they do not name one. An expression takes it when it is built, a compiled
    /// function when it is traced; a function called under another precision is traced anew, and its plans for both are kept.
    /// </summary>
    /// <example><code>
    /// DefaultMatmulPrecision.Current = MatmulPrecision.Medium;      // for all that follows
    /// using (DefaultMatmulPrecision.Use(MatmulPrecision.Highest))   // but not here
    ///     model.Evaluate(x, y);
    /// </code></example>
    public static class DefaultMatmulPrecision
    {
        /// <summary>The environment variable that sets the precision a program starts with.</summary>
        public const string Variable = "HERO_MATMUL_PRECISION";

        private static readonly AsyncLocal<MatmulPrecision?> Scope = new();
        private static MatmulPrecision? everywhere;

        /// <summary>
        /// The precision here and now: of the innermost <see cref="Use"/>, or else what was set last, for the whole process. Starts as the environment
        /// variable <c>HERO_MATMUL_PRECISION</c> says (highest, high or medium), or else as <see cref="MatmulPrecision.Highest"/>.
        /// </summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is none of the three.</exception>
        /// <exception cref="InvalidOperationException">Set inside of a <see cref="Use"/>, where it would have no effect.</exception>
        /// <exception cref="FormatException"><c>HERO_MATMUL_PRECISION</c> is set to something else.</exception>
        public static MatmulPrecision Current
        {
            get => Scope.Value ?? (everywhere ??= Parse(Environment.GetEnvironmentVariable(Variable)));
            set
            {
                if (Scope.Value is { } scope)
                    throw new InvalidOperationException($"The precision is {scope} until the end of a {nameof(Use)}, so setting it to {value} would have no effect. Set it outside, or use another {nameof(Use)}.");
                everywhere = Checked(value);
            }
        }

        /// <summary>Sets the precision until the result is disposed, for this thread and the tasks that start meanwhile.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is none of the three.</exception>
        public static IDisposable Use(MatmulPrecision precision)
        {
            var outer = Scope.Value;
            Scope.Value = Checked(precision);
            return new Restore(outer);
        }

        /// <summary>The precision a setting asks for.</summary>
        internal static MatmulPrecision Parse(string? text) => text?.Trim().ToUpperInvariant() switch
        {
            null or "" or "HIGHEST" => MatmulPrecision.Highest,
            "HIGH" => MatmulPrecision.High,
            "MEDIUM" => MatmulPrecision.Medium,
            _ => throw new FormatException($"{Variable} expects highest, high or medium, got \"{text}\". Correct it or unset it to compute in float32."),
        };

        private static MatmulPrecision Checked(MatmulPrecision precision) => Enum.IsDefined(precision)
            ? precision
            : throw new ArgumentOutOfRangeException(nameof(precision), precision, $"The precision must be Highest, High or Medium, got {precision}.");

        private sealed class Restore(MatmulPrecision? outer) : IDisposable
        {
            public void Dispose() => Scope.Value = outer;
        }
    }
}

namespace Hero.Ops
{
    /// <summary>Which precision a new operation gets.</summary>
    internal static class MatmulPrecisions
    {
        /// <summary>What was asked for, or the default of the moment; operations on anything but float32 have only one.</summary>
        public static MatmulPrecision Of(DType type, MatmulPrecision? asked) =>
            type == DType.Float32 ? asked ?? DefaultMatmulPrecision.Current : MatmulPrecision.Highest;
    }
}
