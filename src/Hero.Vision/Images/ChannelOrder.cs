namespace Hero.Vision;

/// <summary>In which order a network wants the colours of a pixel.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue: as pictures have them here.</summary>
    Rgb,

    /// <summary>Blue, green, red: what networks trained with Caffe or OpenCV expect.</summary>
    Bgr,
}
