namespace Hero.Saving;

/// <summary>
/// A model file cannot be used: it is damaged, cut short, made by something else, or holds other tensors than the model asks for.
/// The message names the file, what was expected and what was found. Nothing of the file has been taken over when it is thrown.
/// </summary>
public sealed class ModelFileException : IOException
{
    /// <summary>Creates the exception without a message.</summary>
    public ModelFileException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public ModelFileException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with a message and what caused it.</summary>
    public ModelFileException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}
