namespace Hero.Engine.Tests.Compiling;

/// <summary>Chains behind a matrix product run over parts of its rows as they are finished: every bit must be that of the operations one by one.</summary>
public class EpilogueTests
{
    [Theory]
    [InlineData(1024, 256, 224, true)]    // cut into columns: rows of 64 and more at a time
    [InlineData(128, 512, 784, false)]
    [InlineData(96, 2100, 64, false)]     // rows longer than a block of the chain
    [InlineData(100, 333, 40, true)]
    [InlineData(5, 1001, 300, false)]
    [InlineData(300, 333, 70, false, true)]    // where there is a matrix unit, no sums of float32 in the plan's memory
    public void A_chain_behind_a_product_has_the_bits_of_its_operations(int m, int n, int k, bool transposed, bool inBFloat16 = false)
    {
        var random = new RandomGenerator(1);
        var a = random.Uniform(transposed ? [k, m] : [m, k], -1, 1);
        var b = random.Uniform([k, n], -1, 1);
        Tensor bias = random.Uniform([n]), scale = random.Uniform([m, 1]), residual = random.Uniform([m, n]), pair = random.Uniform([2]);
        var slot = new Variable(random.Uniform([m, n]));

        Tensor Product(Tensor x)
        {
            var left = transposed ? x.Transpose() : x;
            return inBFloat16 ? left.Cast(DType.BFloat16).MatMul(b.Cast(DType.BFloat16)).Cast(DType.Float32) : left.MatMul(b);
        }
        var next = Done(Done(slot * 0.9f) + Done(Done(Product(a)) * 0.1f));
        var expected = Done(Done(Done(Done(Product(a)) + bias) * scale) - Done(residual / Done(Done(next.Abs()) + Done(pair[1]))));

        var function = Function.Compile(x =>
        {
            var product = Product(x);
            var moving = slot * 0.9f + product * 0.1f;
            slot.Assign(moving);
            return (product + bias) * scale - residual / (moving.Abs() + pair[1]);
        });
        Assert.Equal(expected.ToArray<float>(), function.Call(a).ToArray<float>());
        Assert.Equal(next.ToArray<float>(), slot.ToArray<float>());

        static Tensor Done(Tensor value) => Tensor.From<float>(value.ToArray<float>(), value.Shape);
    }
}
