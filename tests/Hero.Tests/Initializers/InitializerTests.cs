using Hero.Initializers;

namespace Hero.Tests.Initializers;

public class InitializerTests
{
    // Variances from the papers: 2 / (in + out), 2 / in, 1 / in, of a (3, 3, 40, 60) kernel; uniform ones reach sqrt(3 variance),
    // truncated normal ones two standard deviations of the uncut normal distribution.
    [Theory]
    [InlineData("glorot_uniform", 2.0 / (9 * 40 + 9 * 60), 1.7320508)]
    [InlineData("glorot_normal", 2.0 / (9 * 40 + 9 * 60), 2 / 0.8796256610342398)]
    [InlineData("he_uniform", 2.0 / (9 * 40), 1.7320508)]
    [InlineData("he_normal", 2.0 / (9 * 40), 2 / 0.8796256610342398)]
    [InlineData("lecun_uniform", 1.0 / (9 * 40), 1.7320508)]
    [InlineData("lecun_normal", 1.0 / (9 * 40), 2 / 0.8796256610342398)]
    [InlineData("random_uniform", 0.05 * 0.05 / 3, 1.7320508)]
    [InlineData("random_normal", 0.05 * 0.05, double.PositiveInfinity)]
    [InlineData("truncated_normal", 0.05 * 0.05 * 0.7737413, 2 / 0.8796256610342398)]
    public void Spread_is_that_of_the_paper(string name, double variance, double reach)
    {
        Initializer initializer = name;
        var values = initializer.Create([3, 3, 40, 60], 5).ToArray<float>();
        var mean = values.Average(value => (double)value);
        var deviation = Math.Sqrt(values.Average(value => (double)value * value) - mean * mean);
        Assert.Equal(0, mean, 5 * Math.Sqrt(variance / values.Length));
        Assert.Equal(1, deviation / Math.Sqrt(variance), 0.02);
        Assert.True(values.Max(Math.Abs) <= reach * Math.Sqrt(variance) * 1.0001);
        if (double.IsFinite(reach)) Assert.True(values.Max(Math.Abs) > reach * Math.Sqrt(variance) * 0.95);
    }

    [Fact]
    public void A_seed_of_its_own_makes_every_weight_the_same()
    {
        var seeded = new HeNormal(seed: 3);
        Assert.Equal(seeded.Create([4, 5], 1).ToArray<float>(), seeded.Create([4, 5], 2).ToArray<float>());
        Assert.NotEqual(new HeNormal().Create([4, 5], 1).ToArray<float>(), new HeNormal().Create([4, 5], 2).ToArray<float>());
        Assert.Equal([7, 7], new Constant(7).Create([2], 0).ToArray<float>());
        Assert.Contains("he_normal", Assert.Throws<ArgumentException>(() => { Initializer unknown = "nothing"; }).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new VarianceScaling(0));
    }

    [Fact]
    public void Regularizers_are_their_formulas()
    {
        var w = Tensor.From(new[] { 1f, -2, 3 });
        Assert.Equal(0.01 * 6, ((Hero.Regularizers.Regularizer)"l1").Penalty(w).Item<double>(), 1e-6);
        Assert.Equal(0.01 * 14, ((Hero.Regularizers.Regularizer)"l2").Penalty(w).Item<double>(), 1e-6);
        Assert.Equal(0.5 * 6 + 0.25 * 14, new Hero.Regularizers.L1L2(0.5, 0.25).Penalty(w).Item<double>(), 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Hero.Regularizers.L2(-1));
    }
}
