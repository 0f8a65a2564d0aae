namespace Hero.Engine.Tests.Compiling;

/// <summary>Which operations become one step.</summary>
public class FuseTests
{
    [Fact]
    public void Chains_do_not_join_across_one_that_begins_before_them_and_ends_behind()
    {
        var early = Tensor.From<float>([1, -2, 3]);
        var late = Tensor.From<float>([4, 5]);
        var both = Function.Compile((Tensor[] x) =>
        {
            var beginning = x[0].Relu();
            var readsBeginning = beginning.Sum();
            var doubled = x[1] * 2;
            // Over as many elements as the beginning, which it joins: who reads that waits for the doubled ones, too.
            var end = beginning + doubled.Sum();
            // Hence this may not join the doubled ones.
            return [doubled * readsBeginning, end];
        }).CallAll(early, late);
        Assert.Equal([32f, 40], both[0].ToArray<float>());
        Assert.Equal([19f, 18, 21], both[1].ToArray<float>());
    }
}
