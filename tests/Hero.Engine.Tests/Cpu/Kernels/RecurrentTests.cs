using System.Numerics;
using Hero.Cpu.Kernels;

namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>The kernels of whole sequences against plain loops in double precision, cell by cell and unit by unit.</summary>
[Collection("threads")]
public unsafe class RecurrentTests
{
    /// <summary>Steps, batch, units: ones, primes, around vectors and panels, and (by steps) kernels larger than what a cache shares.</summary>
    public static TheoryData<string, int, int, int> Shapes
    {
        get
        {
            var data = new TheoryData<string, int, int, int>();
            foreach (var cell in new[] { "lstm", "gru", "simple rnn" })
            {
                foreach (var (steps, batch, units) in new[] { (1, 1, 1), (3, 2, 5), (2, 9, 8), (5, 17, 16), (4, 3, 31), (2, 1, 33), (3, 8, 64), (2, 70, 7), (2, 3, 288) })
                    data.Add(cell, steps, batch, units);
            }
            data.Add("simple rnn", 2, 66, 512);
            data.Add("gru", 3, 1, 320);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Float32_agrees_with_plain_loops(string cell, int steps, int batch, int units) => Check<float>(cell, steps, batch, units, 3e-5);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Float64_agrees_with_plain_loops(string cell, int steps, int batch, int units) => Check<double>(cell, steps, batch, units, 1e-12);

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    [InlineData("lstm", 3, 21, 384)]
    [InlineData("simple rnn", 2, 18, 640)]
    public void Products_of_bfloat16_agree_with_plain_loops_over_rounded_factors(string cell, int steps, int batch, int units)
    {
        RequireUnit();
        Check<float>(cell, steps, batch, units, 3e-5, inBFloat16: true);
    }

    [SkippableTheory]
    [InlineData("lstm", 4, 19, 24, false)]
    [InlineData("gru", 3, 5, 320, false)]
    [InlineData("simple rnn", 3, 70, 512, false)]
    [InlineData("lstm", 4, 19, 24, true)]
    [InlineData("gru", 3, 33, 384, true)]
    [InlineData("simple rnn", 3, 70, 640, true)]
    public void Thread_counts_do_not_change_a_bit(string cell, int steps, int batch, int units, bool inBFloat16)
    {
        if (inBFloat16) RequireUnit();
        var problem = new Problem(cell, steps, batch, units, hasBias: true, hasInitial: true, hasMask: true);
        var results = ReduceTests.AtThreadCounts(() => problem.Run<float>(inBFloat16) is var (forward, backward) ? (float[])[.. forward, .. backward] : []);
        Assert.All(results, r => BlockRunner.SameBits(results[0], r));
    }

    [Fact]
    public void Samples_of_a_batch_do_not_touch_each_other()
    {
        var (many, _) = new Problem("lstm", 3, 11, 20, true, true, false).Run<float>();
        var alone = new Problem("lstm", 3, 11, 20, true, true, false).Only(7).Run<float>().Forward;
        for (var step = 0; step <= 3; step++)
            BlockRunner.SameBits(many[((step * 11 + 7) * 20)..((step * 11 + 8) * 20)], alone[(step * 20)..((step + 1) * 20)]);
    }

    [Theory]
    [InlineData("lstm", 5, 10, 13, 0, 1, 5, 6)]     // the last output
    [InlineData("lstm", 4, 9, 16, 0, 1, 1, 5)]      // all outputs
    [InlineData("lstm", 3, 2, 24, 1, 2, 3, 4)]      // the last second state
    [InlineData("lstm", 2, 3, 288, 0, 2, 2, 3)]
    [InlineData("gru", 4, 11, 17, 0, 1, 0, 3)]      // from the first state on
    [InlineData("simple rnn", 3, 5, 7, 0, 1, 2, 3)]
    public void Gradients_of_a_region_of_the_states_are_those_of_zeros_around_it(string cell, int steps, int batch, int units, int state, int endState, int time, int endTime)
    {
        foreach (var hasMask in new[] { false, true })
        {
            var problem = new Problem(cell, steps, batch, units, true, true, hasMask).WithGradientsOf(state..endState, time..endTime);
            Close(problem.Reference().Backward, problem.Run<float>().Backward, 3e-5, cell);
        }
    }

    private static void RequireUnit() => Skip.IfNot(TileUnit.IsSupported, "The processor has no unit for bfloat16 matrices, or it is switched off.");

    private static void Check<T>(string cell, int steps, int batch, int units, double tolerance, bool inBFloat16 = false) where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (var (hasBias, hasInitial, hasMask) in new[] { (false, false, false), (true, true, true), (true, false, true), (false, true, false) })
        {
            var problem = new Problem(cell, steps, batch, units, hasBias, hasInitial, hasMask);
            var (forward, backward) = problem.Run<T>(inBFloat16);
            var (wantForward, wantBackward) = inBFloat16 ? problem.Reference(ToDouble(forward), ToDouble(backward)) : problem.Reference();
            Close(wantForward, forward, tolerance, $"{cell} forward [{steps}, {batch}, {units}]");
            Close(wantBackward, backward, tolerance, $"{cell} backward [{steps}, {batch}, {units}]");
        }
    }

    private static double[] ToDouble<T>(T[] values) where T : unmanaged, INumber<T> => Array.ConvertAll(values, double.CreateChecked);

    private static void Close<T>(double[] want, T[] got, double tolerance, string what) where T : unmanaged, INumber<T>
    {
        Assert.Equal(want.Length, got.Length);
        for (var i = 0; i < want.Length; i++)
            Assert.True(Math.Abs(want[i] - double.CreateChecked(got[i])) <= tolerance * Math.Max(1, Math.Abs(want[i])), $"{what} at {i}: {got[i]}, expected {want[i]}");
    }

    /// <summary>Inputs of a recurrence with all that is optional or not, and both ways to compute it.</summary>
    private sealed class Problem
    {
        private readonly string cell;
        private readonly int steps, units, gates, states, keptWidth;
        private int batch;
        private double[] x, initial, upstream;
        private readonly double[] kernel, bias;
        private readonly bool hasBias, hasInitial;
        private bool[]? mask;
        private Range regionStates, regionTimes;

        public Problem(string cell, int steps, int batch, int units, bool hasBias, bool hasInitial, bool hasMask)
        {
            (this.cell, this.steps, this.batch, this.units, this.hasBias, this.hasInitial) = (cell, steps, batch, units, hasBias, hasInitial);
            (gates, states, keptWidth) = cell switch { "lstm" => (4, 2, 4), "gru" => (3, 1, 4), _ => (1, 1, 0) };
            var random = new Random(steps * 1000 + batch * 10 + units);
            double[] Draw(int count, double scale) => [.. Enumerable.Range(0, count).Select(_ => (double)(float)((random.NextDouble() * 2 - 1) * scale))];
            x = Draw(steps * batch * gates * units, 2);
            kernel = Draw(units * gates * units, 1 / Math.Sqrt(units));
            bias = Draw(gates * units, 1);
            initial = Draw(states * batch * units, 1);
            upstream = Draw(states * (steps + 1) * batch * units, 1);
            mask = hasMask ? [.. Enumerable.Range(0, steps * batch).Select(_ => random.Next(3) > 0)] : null;
            (regionStates, regionTimes) = (..states, ..(steps + 1));
        }

        private bool HasOwn => cell == "gru";

        /// <summary>The problem with gradients of some of the states only, zeros for the others.</summary>
        public Problem WithGradientsOf(Range ofStates, Range ofTimes)
        {
            (regionStates, regionTimes) = (ofStates, ofTimes);
            for (var i = 0; i < upstream.Length; i++)
            {
                var (state, time) = (i / (batch * units) / (steps + 1), i / (batch * units) % (steps + 1));
                if (!Holds(ofStates, state) || !Holds(ofTimes, time)) upstream[i] = 0;
            }
            return this;
        }

        /// <summary>The gradients that are given, in memory of their own.</summary>
        private double[] Region() =>
            [.. upstream.Chunk(batch * units).Where((_, i) => Holds(regionStates, i / (steps + 1)) && Holds(regionTimes, i % (steps + 1))).SelectMany(plane => plane)];

        private static bool Holds(Range range, int value) => value >= range.Start.Value && value < range.End.Value;

        /// <summary>The problem of one sample alone.</summary>
        public Problem Only(int sample)
        {
            double[] Pick(double[] values, int width) => [.. Enumerable.Range(0, values.Length / (batch * width)).SelectMany(i => values.AsSpan((i * batch + sample) * width, width).ToArray())];
            (x, initial, upstream) = (Pick(x, gates * units), Pick(initial, units), Pick(upstream, units));
            mask = mask?.Where((_, i) => i % batch == sample).ToArray();
            batch = 1;
            return this;
        }

        public (T[] Forward, T[] Backward) Run<T>(bool inBFloat16 = false) where T : unmanaged, IFloatingPointIeee754<T> => Run(cell switch
        {
            "lstm" => inBFloat16 ? (RecurrentSequence<T>)(object)RecurrentSequence<float>.InBFloat16<LstmKernel<float>>() : RecurrentSequence<T>.Of<LstmKernel<T>>(),
            "gru" => inBFloat16 ? (RecurrentSequence<T>)(object)RecurrentSequence<float>.InBFloat16<GruKernel<float>>() : RecurrentSequence<T>.Of<GruKernel<T>>(),
            _ => inBFloat16 ? (RecurrentSequence<T>)(object)RecurrentSequence<float>.InBFloat16<SimpleRnnKernel<float>>() : RecurrentSequence<T>.Of<SimpleRnnKernel<T>>(),
        });

        private (T[] Forward, T[] Backward) Run<T>(RecurrentSequence<T> sequence) where T : unmanaged, IFloatingPointIeee754<T>
        {
            Assert.Equal((gates, states, HasOwn), (sequence.Gates, sequence.States, sequence.HasOwnProductGradient));
            var shape = new RecurrentShape(steps, batch, units);
            var projections = steps * batch * gates * units;
            using GuardedBuffer<T> px = new(x), pk = new(kernel), pb = new(bias), pi = new(initial), pu = new(Region());
            using GuardedBuffer<T> output = new(upstream.Length), alone = new(upstream.Length), kept = new(steps * batch * keptWidth * units);
            using GuardedBuffer<T> dx = new(projections), dproduct = new(HasOwn ? projections : 0), dbias = new(hasBias ? bias.Length : 0), dinitial = new(hasInitial ? initial.Length : 0);
            var bytes = mask?.Select(counts => (byte)(counts ? 1 : 0)).ToArray();
            fixed (byte* pm = bytes)
            {
                T* b = hasBias ? pb.Data : null, i = hasInitial ? pi.Data : null;
                sequence.Forward(shape, px.Data, pk.Data, null, b, i, pm, output.Data, kept.Data);
                sequence.Forward(shape, px.Data, pk.Data, null, b, i, pm, alone.Data, null);
                sequence.Backward(
                    shape, pk.Data, pm, output.Data, kept.Data, pu.Data, regionStates, regionTimes,
                    dx.Data, HasOwn ? dproduct.Data : dx.Data, hasBias ? dbias.Data : null, hasInitial ? dinitial.Data : null);
            }
            Assert.Equal(output.ToArray(), alone.ToArray());
            kept.ToArray();
            return (output.ToArray(), [.. dx.ToArray(), .. dproduct.ToArray(), .. dbias.ToArray(), .. dinitial.ToArray()]);
        }

        /// <summary>
        /// The formulas as they stand in the literature, sample by sample; gradients by the chain rule written out. Where results of a run are given, factors of
        /// products are rounded to bfloat16, and those that change from step to step are that run's: a number beside a tie may be rounded otherwise here.
        /// </summary>
        public (double[] Forward, double[] Backward) Reference(double[]? ranForward = null, double[]? ranBackward = null)
        {
            double Factor(double value, double[]? ran, int at) => ran is null ? value : BFloat16Numbers.Rounded(ran[at]);
            var kernel = ranForward is null ? this.kernel : Array.ConvertAll(this.kernel, BFloat16Numbers.Rounded);
            var all = new double[states * (steps + 1) * batch * units];
            var gate = new double[steps * batch * 4 * units];
            int State(int s, int t, int b, int u) => ((s * (steps + 1) + t) * batch + b) * units + u;
            int At(int t, int b, int g, int u, int width) => ((t * batch + b) * width + g) * units + u;
            static double Sigmoid(double v) => 1 / (1 + Math.Exp(-v));
            if (hasInitial)
                for (var s = 0; s < states; s++) Array.Copy(initial, s * batch * units, all, State(s, 0, 0, 0), batch * units);
            for (var t = 0; t < steps; t++)
                for (var b = 0; b < batch; b++)
                    for (var u = 0; u < units; u++)
                    {
                        if (mask is not null && !mask[t * batch + b])
                        {
                            for (var s = 0; s < states; s++) all[State(s, t + 1, b, u)] = all[State(s, t, b, u)];
                            continue;
                        }
                        var product = new double[gates];
                        for (var g = 0; g < gates; g++)
                        {
                            product[g] = hasBias ? bias[g * units + u] : 0;
                            for (var k = 0; k < units; k++) product[g] += Factor(all[State(0, t, b, k)], ranForward, State(0, t, b, k)) * kernel[(k * gates + g) * units + u];
                        }
                        double X(int g) => x[At(t, b, g, u, gates)];
                        ref double Gate(int g) => ref gate[At(t, b, g, u, 4)];
                        if (cell == "lstm")
                        {
                            for (var g = 0; g < 4; g++) Gate(g) = g == 2 ? Math.Tanh(X(g) + product[g]) : Sigmoid(X(g) + product[g]);
                            var c = Gate(1) * all[State(1, t, b, u)] + Gate(0) * Gate(2);
                            (all[State(1, t + 1, b, u)], all[State(0, t + 1, b, u)]) = (c, Gate(3) * Math.Tanh(c));
                        }
                        else if (cell == "gru")
                        {
                            (Gate(0), Gate(1), Gate(3)) = (Sigmoid(X(0) + product[0]), Sigmoid(X(1) + product[1]), product[2]);
                            Gate(2) = Math.Tanh(X(2) + Gate(1) * product[2]);
                            all[State(0, t + 1, b, u)] = Gate(0) * all[State(0, t, b, u)] + (1 - Gate(0)) * Gate(2);
                        }
                        else
                        {
                            all[State(0, t + 1, b, u)] = Math.Tanh(X(0) + product[0]);
                        }
                    }

            double[] dx = new double[x.Length], dproduct = new double[x.Length];
            double[] dh = new double[batch * units], dc = new double[batch * units];
            for (var t = steps - 1; t >= 0; t--)
                for (var b = 0; b < batch; b++)
                {
                    var before = new double[units];
                    for (var u = 0; u < units; u++)
                    {
                        var h = dh[b * units + u] + upstream[State(0, t + 1, b, u)];
                        var c = cell == "lstm" ? dc[b * units + u] + upstream[State(1, t + 1, b, u)] : 0;
                        if (mask is not null && !mask[t * batch + b])
                        {
                            (before[u], dc[b * units + u]) = (h, c);
                            continue;
                        }
                        double Gate(int g) => gate[At(t, b, g, u, 4)];
                        double[] d;
                        if (cell == "lstm")
                        {
                            var tanh = Math.Tanh(all[State(1, t + 1, b, u)]);
                            c += h * Gate(3) * (1 - tanh * tanh);
                            d = [
                                c * Gate(2) * Gate(0) * (1 - Gate(0)), c * all[State(1, t, b, u)] * Gate(1) * (1 - Gate(1)),
                                c * Gate(0) * (1 - Gate(2) * Gate(2)), h * tanh * Gate(3) * (1 - Gate(3)),
                            ];
                            dc[b * units + u] = c * Gate(1);
                        }
                        else if (cell == "gru")
                        {
                            var dg = h * (1 - Gate(0)) * (1 - Gate(2) * Gate(2));
                            d = [h * (all[State(0, t, b, u)] - Gate(2)) * Gate(0) * (1 - Gate(0)), dg * Gate(3) * Gate(1) * (1 - Gate(1)), dg];
                            before[u] = h * Gate(0);
                        }
                        else
                        {
                            d = [h * (1 - Math.Pow(all[State(0, t + 1, b, u)], 2))];
                        }
                        for (var g = 0; g < gates; g++) dx[At(t, b, g, u, gates)] = dproduct[At(t, b, g, u, gates)] = d[g];
                        if (HasOwn) dproduct[At(t, b, 2, u, gates)] = d[2] * Gate(1);
                    }
                    for (var k = 0; k < units; k++)
                    {
                        dh[b * units + k] = before[k];
                        for (var g = 0; g < gates; g++)
                            for (var u = 0; u < units; u++)
                                dh[b * units + k] += Factor(dproduct[At(t, b, g, u, gates)], ranBackward, At(t, b, g, u, gates) + (HasOwn ? dx.Length : 0)) * kernel[(k * gates + g) * units + u];
                    }
                }
            var dinitial = new double[hasInitial ? initial.Length : 0];
            for (var i = 0; i < dinitial.Length; i++)
                dinitial[i] = (i < batch * units ? dh[i] : dc[i - batch * units]) + upstream[State(i / (batch * units), 0, 0, i % (batch * units))];
            var dbias = new double[hasBias ? bias.Length : 0];
            for (var i = 0; i < dproduct.Length && hasBias; i++) dbias[i % dbias.Length] += dproduct[i];
            return (all, [.. dx, .. HasOwn ? dproduct : [], .. dbias, .. dinitial]);
        }
    }
}
