namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>Operands of a product with a packed right one, whose rows lie further apart than they are long, and the check of a result.</summary>
internal sealed class PackedProduct
{
    private readonly int rows, columns, depth;
    private readonly bool transposed, accumulate;

    public PackedProduct(int rows, int columns, int depth, bool transposed, bool accumulate)
    {
        (this.rows, this.columns, this.depth, this.transposed, this.accumulate) = (rows, columns, depth, transposed, accumulate);
        (StepA, StepB, StepC) = (depth + 3, (transposed ? depth : columns) + 5, columns + 2);
        (A, B, C) = (Values(rows * StepA, 1), Values((transposed ? columns : depth) * StepB, 2), Values(rows * StepC, 3));
    }

    public int StepA { get; }

    public int StepB { get; }

    public int StepC { get; }

    public double[] A { get; }

    public double[] B { get; }

    /// <summary>What the output holds before.</summary>
    public double[] C { get; }

    /// <summary>Holds a result against a plain loop over rounded factors, and what lies between its rows against what was there.</summary>
    public void Verify(Func<int, double> result, Func<double, double> rounded, double tolerance)
    {
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < StepC; j++)
            {
                double sum = accumulate || j >= columns ? C[i * StepC + j] : 0, size = Math.Abs(sum);
                for (var p = 0; p < depth && j < columns; p++)
                {
                    var product = rounded(A[i * StepA + p]) * rounded(B[transposed ? j * StepB + p : p * StepB + j]);
                    sum += product;
                    size += Math.Abs(product);
                }
                Assert.InRange(result(i * StepC + j), sum - tolerance * size, sum + tolerance * size);
            }
        }
    }

    /// <summary>Numbers between -1 and 1, exact in float32, so that all types have the same operands.</summary>
    public static double[] Values(int count, int seed)
    {
        var random = new Random(seed);
        var values = new double[count];
        for (var i = 0; i < count; i++) values[i] = (float)(random.NextDouble() * 2 - 1);
        return values;
    }
}
