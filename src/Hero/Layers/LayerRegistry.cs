using Hero.Saving;

namespace Hero.Layers;

/// <summary>The layers that files may name. A new layer adds its line here.</summary>
internal static class LayerRegistry
{
    public static Registry<Layer> Layers { get; } = new("layer")
    {
        [nameof(Activation)] = Activation.FromConfig,
        [nameof(Add)] = Add.FromConfig,
        [nameof(Average)] = Average.FromConfig,
        [nameof(AveragePooling1D)] = AveragePooling1D.FromConfig,
        [nameof(AveragePooling2D)] = AveragePooling2D.FromConfig,
        [nameof(BatchNormalization)] = BatchNormalization.FromConfig,
        [nameof(Bidirectional)] = Bidirectional.FromConfig,
        [nameof(Concatenate)] = Concatenate.FromConfig,
        [nameof(Conv1D)] = Conv1D.FromConfig,
        [nameof(Conv2D)] = Conv2D.FromConfig,
        [nameof(Dense)] = Dense.FromConfig,
        [nameof(DepthwiseConv2D)] = DepthwiseConv2D.FromConfig,
        [nameof(Dropout)] = Dropout.FromConfig,
        [nameof(Embedding)] = Embedding.FromConfig,
        [nameof(Flatten)] = Flatten.FromConfig,
        [nameof(GlobalAveragePooling1D)] = GlobalAveragePooling1D.FromConfig,
        [nameof(GlobalAveragePooling2D)] = GlobalAveragePooling2D.FromConfig,
        [nameof(GlobalMaxPooling1D)] = GlobalMaxPooling1D.FromConfig,
        [nameof(GlobalMaxPooling2D)] = GlobalMaxPooling2D.FromConfig,
        [nameof(GRU)] = GRU.FromConfig,
        [nameof(Input)] = Input.FromConfig,
        [nameof(LeakyReLU)] = LeakyReLU.FromConfig,
        [nameof(LSTM)] = LSTM.FromConfig,
        [nameof(Masking)] = Masking.FromConfig,
        [nameof(MaxPooling1D)] = MaxPooling1D.FromConfig,
        [nameof(MaxPooling2D)] = MaxPooling2D.FromConfig,
        [nameof(Model)] = Model.FromConfig,
        [nameof(Multiply)] = Multiply.FromConfig,
        [nameof(ReLU)] = ReLU.FromConfig,
        [nameof(RepeatVector)] = RepeatVector.FromConfig,
        [nameof(Reshape)] = Reshape.FromConfig,
        [nameof(SeparableConv2D)] = SeparableConv2D.FromConfig,
        [nameof(Sequential)] = Sequential.FromConfig,
        [nameof(SimpleRNN)] = SimpleRNN.FromConfig,
        [nameof(Softmax)] = Softmax.FromConfig,
        [nameof(TimeDistributed)] = TimeDistributed.FromConfig,
        [nameof(ZeroPadding2D)] = ZeroPadding2D.FromConfig,
    };

    /// <summary>Type and configuration of a layer.</summary>
    public static Config Write(Layer layer) => Registry<Layer>.Write(layer.GetType().Name, layer.GetConfig());

    /// <summary>Makes a layer, without its weights, of what <see cref="Write"/> gave.</summary>
    /// <exception cref="ModelFileException">It is not sound.</exception>
    public static Layer Read(Config written)
    {
        var config = written.GetConfig("config");
        Layer layer;
        using (MixedPrecision.Within(DTypePolicy.Read(written))) layer = Layers.Read(written);
        var name = config.GetString("name");
        try
        {
            LayerNames.Check(name);
        }
        catch (ArgumentException error)
        {
            throw new ModelFileException(error.Message, error);
        }
        layer.SetName(name);
        layer.SetTrainable(config.GetBool("trainable"));
        return layer;
    }
}
