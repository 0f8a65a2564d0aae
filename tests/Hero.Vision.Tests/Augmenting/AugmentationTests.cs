namespace Hero.Vision.Tests.Augmenting;

public class AugmentationTests
{
    private static readonly Augmentation Everything = new()
    {
        FlipLeftRight = true, RandomCrop = 20, RandomScale = 30, RandomBrightness = 25, HorizontalShift = 0.1f, VerticalShift = 0.2f, Seed = 5,
    };

    [Fact]
    public void Without_options_it_is_a_resize()
    {
        var image = Pictures.Draw(50, 40);
        Assert.True(Augmentation.None.IsNone);
        Assert.True((Augmentation.None with { Seed = 3 }).IsNone);
        Assert.False(Everything.IsNone);
        Assert.Equal(0, Pictures.LargestDifference(image.Resize(32, 24), Augmentation.None.Apply(image, 1, 2, 32, 24)));
    }

    [Fact]
    public void A_change_depends_on_seed_picture_and_step_alone()
    {
        var image = Pictures.Draw(50, 40);
        var expected = new float[200][];
        for (var i = 0; i < 200; i++) expected[i] = Input(Everything, image, i % 20, i / 20);
        Parallel.For(0, 200, i => Assert.Equal(expected[199 - i], Input(Everything, image, (199 - i) % 20, (199 - i) / 20)));
        Assert.Equal(200, expected.Select(values => values.Sum()).Distinct().Count());
        Assert.NotEqual(expected[0], Input(Everything with { Seed = 6 }, image, 0, 0));
    }

    [Fact]
    public void Half_of_the_pictures_are_mirrored()
    {
        var image = Pictures.Draw(32, 24);
        var mirrored = image.FlipLeftRight();
        var augmentation = new Augmentation { FlipLeftRight = true };
        var count = 0;
        for (var i = 0; i < 1000; i++)
        {
            var result = augmentation.Apply(image, i, 0, 32, 24);
            if (Pictures.LargestDifference(mirrored, result) == 0) count++;
            else Assert.Equal(0, Pictures.LargestDifference(image, result));
        }
        Assert.InRange(count, 440, 560);
    }

    [Fact]
    public void Crop_and_scale_are_a_box_of_the_wanted_size_out_of_a_larger_resize()
    {
        var image = Pictures.Draw(80, 60);
        foreach (var augmentation in new[] { new Augmentation { RandomCrop = 25 }, new Augmentation { RandomScale = 40 }, new Augmentation { RandomCrop = 10, RandomScale = 10, Seed = 9 } })
            for (var i = 0; i < 50; i++)
            {
                var (region, brightness) = augmentation.Draw(image, i, 3, 40, 30);
                // What retrain.py does step by step: resize to (1 + crop) x (1 .. 1 + scale) times the size, then cut the box out.
                var (fullWidth, fullHeight) = ((int)Math.Round(80 * 40 / region.Width), (int)Math.Round(60 * 30 / region.Height));
                var (left, top) = ((int)Math.Round(region.Left * fullWidth / 80), (int)Math.Round(region.Top * fullHeight / 60));
                var (least, most) = (1 + augmentation.RandomCrop / 100, (1 + augmentation.RandomCrop / 100) * (1 + augmentation.RandomScale / 100));
                Assert.InRange(fullWidth, (int)(least * 40), (int)(most * 40));
                Assert.InRange(fullHeight, (int)(least * 30), (int)(most * 30));
                Assert.Equal(1, brightness);
                var expected = image.Resize(fullWidth, fullHeight).Crop(left, top, 40, 30);
                Assert.InRange(Pictures.LargestDifference(expected, augmentation.Apply(image, i, 3, 40, 30)), 0, 1);
            }
    }

    [Fact]
    public void The_box_reaches_every_place()
    {
        var image = Pictures.Draw(40, 40);
        var augmentation = new Augmentation { RandomCrop = 10 };
        var places = Enumerable.Range(0, 500).Select(i => (int)Math.Round(augmentation.Draw(image, i, 0, 40, 40).Region.Left * 44 / 40)).ToHashSet();
        Assert.Equal([0, 1, 2, 3, 4], places.Order());
    }

    [Fact]
    public void Brightness_multiplies_before_normalization_and_is_not_clamped()
    {
        var image = new Image(4, 4);
        image.Pixels.Fill(240);
        var augmentation = new Augmentation { RandomBrightness = 30 };
        var factors = new List<float>();
        for (var i = 0; i < 300; i++)
        {
            var brightness = augmentation.Draw(image, i, 0, 4, 4).Brightness;
            factors.Add(brightness);
            Assert.All(Input(augmentation, image, i, 0, 4, 4), value => Assert.Equal((240 * brightness - 128) / 128, value, 5));
            Assert.Equal(Math.Min(255, Math.Round(240 * brightness)), augmentation.Apply(image, i, 0, 4, 4)[0, 0, 0]);
        }
        Assert.InRange(factors.Min(), 0.7, 0.72);
        Assert.InRange(factors.Max(), 1.28, 1.3);
        Assert.InRange(factors.Average(), 0.97, 1.03);
    }

    [Fact]
    public void Shifts_move_the_picture_and_repeat_its_border()
    {
        var image = new Image(20, 20, 1);
        for (var i = 0; i < 400; i++) image.Pixels[i] = (byte)(i % 20 * 10 + 20);
        var augmentation = new Augmentation { HorizontalShift = 0.5f };
        var shifts = new List<double>();
        for (var i = 0; i < 200; i++)
        {
            var shift = augmentation.Draw(image, i, 0, 20, 20).Region.Left;
            shifts.Add(shift);
            var result = augmentation.Apply(image, i, 0, 20, 20);
            for (var x = 0; x < 20; x++) Assert.InRange(result[10, x, 0] - (Math.Clamp(x + shift, 0, 19) * 10 + 20), -1, 1);
        }
        Assert.InRange(shifts.Min(), -10, -9);
        Assert.InRange(shifts.Max(), 9, 10);
    }

    [Fact]
    public void Values_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Augmentation { RandomCrop = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Augmentation { RandomScale = 101 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Augmentation { RandomBrightness = float.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Augmentation { HorizontalShift = 1.5f });
    }

    private static float[] Input(Augmentation augmentation, Image image, int picture, int step, int width = 24, int height = 24)
    {
        var values = new float[width * height * image.Channels];
        augmentation.ApplyTo(image, picture, step, values, width, height, new PixelNormalization(128, 128));
        return values;
    }
}
