using Hero.Saving;

namespace Hero.Optimizers;

/// <summary>Holds gradients within bounds: each one's norm, each element, or the norm of all together.</summary>
internal sealed class GradientClipping
{
    private readonly double? norm;
    private readonly double? value;
    private readonly double? globalNorm;

    public GradientClipping(double? clipNorm, double? clipValue, double? globalClipNorm)
    {
        if ((clipNorm is null ? 0 : 1) + (clipValue is null ? 0 : 1) + (globalClipNorm is null ? 0 : 1) > 1)
            throw new ArgumentException($"Only one of clipNorm, clipValue and globalClipNorm can be set; got {clipNorm}, {clipValue} "
                + $"and {globalClipNorm}.");
        foreach (var bound in new[] { clipNorm, clipValue, globalClipNorm })
            if (bound is { } given && !(given > 0))
                throw new ArgumentOutOfRangeException(nameof(clipNorm), given, $"Gradients are clipped to something above 0, got {given}.");
        (norm, value, globalNorm) = (clipNorm, clipValue, globalClipNorm);
    }

    public IReadOnlyList<Tensor> Apply(IReadOnlyList<Tensor> gradients)
    {
        if (value is { } most) return [.. gradients.Select(gradient => gradient.Clip(-most, most))];
        if (norm is { } each) return [.. gradients.Select(gradient => gradient * Factor(gradient.Square().Sum(), each))];
        if (globalNorm is not { } all || gradients.Count == 0) return gradients;
        var squares = gradients.Select(gradient => gradient.Square().Sum()).Aggregate((sum, next) => sum + next);
        var factor = Factor(squares, all);
        return [.. gradients.Select(gradient => gradient * factor)];
    }

    public Config Write(Config config) => config.Set("clipnorm", norm).Set("clipvalue", value).Set("global_clipnorm", globalNorm);

    // 1 up to the bound, then bound / norm: no division by a norm of 0.
    private static Tensor Factor(Tensor squares, double bound) => (squares.Sqrt().Maximum(bound) * (1 / bound)).Reciprocal();
}
