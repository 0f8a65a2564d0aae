using System.Numerics;
using Hero.Cpu.Kernels;

namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>A convolution with seeded operands, its results by plain loops in double precision, and the kernels' results.</summary>
internal sealed unsafe class ConvProblem
{
    private const int Guard = 40;

    private readonly Window2D w;
    private readonly double[] x, filter, dy;

    /// <summary>batch, height, width, in, kernel h, w, out, stride h, w, dilation h, w, pads top, left, bottom, right, groups.</summary>
    public ConvProblem(string name, int[] v, bool inBFloat16 = false)
    {
        w = new Window2D(
            v[0], v[1], v[2], v[3], Outputs(v[1] + v[11] + v[13], v[4], v[7], v[9]), Outputs(v[2] + v[12] + v[14], v[5], v[8], v[10]), v[6],
            v[4], v[5], v[7], v[8], v[9], v[10], v[11], v[12], v[15]);
        var random = new Random(name.Length);
        x = Values(random, w.Batch * w.InHeight * w.InWidth * w.InChannels);
        filter = Values(random, w.KernelHeight * w.KernelWidth * w.InChannels / w.Groups * w.OutChannels);
        dy = Values(random, w.Batch * w.OutHeight * w.OutWidth * w.OutChannels);
        if (!inBFloat16) return;
        foreach (var values in new[] { x, filter, dy })
            for (var i = 0; i < values.Length; i++) values[i] = BFloat16Numbers.Rounded(values[i]);
    }

    public Window2D Window => w;

    public T[] Forward<T>(bool addSeven = false) where T : unmanaged, INumber<T>
    {
        T[] input = Cast<T>(x), weights = Cast<T>(filter), output = Target<T>(dy.Length);
        fixed (T* px = input, pf = weights, py = output)
        {
            if (addSeven) Conv2D.Forward(w, px, pf, py, new AddSevenTo { Output = (float*)py });
            else Conv2D.Forward(w, px, pf, py, default(NoEpilogue));
        }
        return Checked(output);
    }

    /// <summary>The forward result by way of a packed filter.</summary>
    public T[] ForwardPacked<T>(bool addSeven = false) where T : unmanaged, INumber<T>
    {
        T[] input = Cast<T>(x), weights = Cast<T>(filter), output = Target<T>(dy.Length), packed = Target<T>((int)Conv2D.PackedFilterSize<T>(w));
        fixed (T* px = input, pf = weights, pp = packed, py = output)
        {
            Conv2D.PackFilter(w, pf, pp);
            Checked(packed);
            if (addSeven) Conv2D.ForwardPacked(w, px, pp, py, new AddSevenTo { Output = (float*)py });
            else Conv2D.ForwardPacked(w, px, pp, py, default(NoEpilogue));
        }
        return Checked(output);
    }

    public T[] InputGradient<T>() where T : unmanaged, INumber<T>
    {
        T[] gradient = Cast<T>(dy), weights = Cast<T>(filter), result = Target<T>(x.Length);
        fixed (T* pg = gradient, pf = weights, pr = result) Conv2D.InputGradient(w, pg, pf, pr);
        return Checked(result);
    }

    public T[] FilterGradient<T>() where T : unmanaged, INumber<T>
    {
        T[] input = Cast<T>(x), gradient = Cast<T>(dy), result = Target<T>(filter.Length);
        fixed (T* px = input, pg = gradient, pr = result) Conv2D.FilterGradient(w, px, pg, pr);
        return Checked(result);
    }

    /// <summary>The matrix unit's result, from operands in float32 or in bfloat16, the filter packed before or on the way.</summary>
    public float[] ForwardInBFloat16<T>(bool addSeven = false, bool packed = false, bool hidden = false) where T : unmanaged
    {
        T[] input = Stored<T>(x), weights = Stored<T>(filter);
        var output = Target<float>(dy.Length);
        using GuardedBuffer<float> memory = new(packed ? (int)((BFloat16Conv2D.PackedFilterSize(w) + 1) / 2) : 0);   // two elements in a float
        fixed (T* px = input, pf = weights)
        fixed (float* py = output)
        {
            if (packed)
            {
                BFloat16Conv2D.PackFilter(w, pf, (ushort*)memory.Data);
                memory.ToArray();   // looks at what lies around
                BFloat16Conv2D.ForwardPacked(w, px, (ushort*)memory.Data, py, default(NoEpilogue));
                return Checked(output);
            }
            if (addSeven) BFloat16Conv2D.Forward(w, px, pf, hidden ? null : py, new AddSevenTo { Output = py });
            else BFloat16Conv2D.Forward(w, px, pf, py, default(NoEpilogue));
        }
        return Checked(output);
    }

    public float[] InputGradientInBFloat16<T>(bool addSeven = false, bool hidden = false) where T : unmanaged
    {
        T[] gradient = Stored<T>(dy), weights = Stored<T>(filter);
        var result = Target<float>(x.Length);
        fixed (T* pg = gradient, pf = weights)
        fixed (float* pr = result)
        {
            if (addSeven) BFloat16Conv2D.InputGradient(w, pg, pf, hidden ? null : pr, new AddSevenTo { Output = pr });
            else BFloat16Conv2D.InputGradient(w, pg, pf, pr, default(NoEpilogue));
        }
        return Checked(result);
    }

    public float[] FilterGradientInBFloat16<T>() where T : unmanaged
    {
        T[] input = Stored<T>(x), gradient = Stored<T>(dy);
        var result = Target<float>(filter.Length);
        fixed (T* px = input, pg = gradient)
        fixed (float* pr = result) BFloat16Conv2D.FilterGradient(w, px, pg, pr);
        return Checked(result);
    }

    public static void Check<T>(T[] actual, Sums expected, double tolerance, string name) where T : INumber<T>
    {
        for (var i = 0; i < actual.Length; i++)
        {
            var value = double.CreateChecked(actual[i]);
            if (!(Math.Abs(value - expected.Values[i]) <= tolerance * expected.Scale[i]))
            {
                Assert.Fail($"{name}, {typeof(T).Name}: element {i} is {value}, expected {expected.Values[i]}");
            }
        }
    }

    public (Sums Forward, Sums InputGradient, Sums FilterGradient) Expected()
    {
        Sums forward = new(dy.Length), inputGradient = new(x.Length), filterGradient = new(filter.Length);
        int groupIn = w.InChannels / w.Groups, groupOut = w.OutChannels / w.Groups;
        for (var b = 0; b < w.Batch; b++)
        for (var i = 0; i < w.OutHeight; i++)
        for (var j = 0; j < w.OutWidth; j++)
        for (var u = 0; u < w.KernelHeight; u++)
        for (var v = 0; v < w.KernelWidth; v++)
        {
            int row = i * w.StrideHeight + u * w.DilationHeight - w.PadTop, column = j * w.StrideWidth + v * w.DilationWidth - w.PadLeft;
            if (row < 0 || row >= w.InHeight || column < 0 || column >= w.InWidth) continue;
            for (var c = 0; c < groupIn; c++)
            for (var o = 0; o < w.OutChannels; o++)
            {
                var a = ((b * w.InHeight + row) * w.InWidth + column) * w.InChannels + o / groupOut * groupIn + c;
                var f = ((u * w.KernelWidth + v) * groupIn + c) * w.OutChannels + o;
                var g = ((b * w.OutHeight + i) * w.OutWidth + j) * w.OutChannels + o;
                forward.Add(g, x[a] * filter[f]);
                inputGradient.Add(a, dy[g] * filter[f]);
                filterGradient.Add(f, x[a] * dy[g]);
            }
        }
        return (forward, inputGradient, filterGradient);
    }

    private static int Outputs(int padded, int kernel, int stride, int dilation) => (padded - (kernel - 1) * dilation - 1) / stride + 1;

    private static double[] Values(Random random, int count)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++) values[i] = (float)(random.NextDouble() * 2 - 1);
        return values;
    }

    /// <summary>What lies behind an operand must not get into the result.</summary>
    private static T[] Cast<T>(double[] values) where T : unmanaged, INumber<T>
    {
        var result = new T[values.Length + Guard];
        for (var i = 0; i < values.Length; i++) result[i] = T.CreateChecked(values[i]);
        for (var i = values.Length; i < result.Length; i++) result[i] = T.CreateChecked(double.NaN);
        return result;
    }

    private static T[] Stored<T>(double[] values) where T : unmanaged
    {
        var wide = Cast<float>(values);
        return typeof(T) == typeof(float) ? (T[])(object)wide : (T[])(object)Array.ConvertAll(wide, value => (BFloat16)value);
    }

    private static T[] Target<T>(int length) where T : unmanaged, INumber<T>
    {
        var result = new T[length + Guard];
        Array.Fill(result, T.CreateChecked(-12345));
        return result;
    }

    /// <summary>The result without the guard behind it, in which nothing may be written.</summary>
    private static T[] Checked<T>(T[] result) where T : unmanaged, INumber<T>
    {
        Assert.All(result[^Guard..], value => Assert.Equal(T.CreateChecked(-12345), value));
        return result[..^Guard];
    }
}

/// <summary>Sums of products, and of their sizes: what rounding errors are measured by.</summary>
internal sealed class Sums(int length)
{
    public double[] Values { get; } = new double[length];

    public double[] Scale { get; } = new double[length];

    public void Add(int index, double product)
    {
        Values[index] += product;
        Scale[index] += Math.Abs(product);
    }
}

/// <summary>An epilogue that shows in the output how often each element was seen.</summary>
internal unsafe struct AddSevenTo : IEpilogue
{
    public float* Output;

    public readonly void Apply(nint start, nint length)
    {
        for (var i = start; i < start + length; i++) Output[i] += 7;
    }

    public readonly void ApplyRows(nint start, nint length, nint rows, nint step)
    {
        for (nint row = 0; row < rows; row++) Apply(start + row * step, length);
    }

    /// <summary>Writes each element once: nobody else has written the output.</summary>
    public readonly void ApplyRows(float* values, nint valueStep, nint start, nint length, nint rows, nint step)
    {
        for (nint row = 0; row < rows; row++)
            for (nint i = 0; i < length; i++)
            {
                ref var target = ref Output[start + row * step + i];
                target = target == -12345 ? values[row * valueStep + i] + 7 : float.NaN;
            }
    }
}
