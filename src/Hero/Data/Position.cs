namespace Hero.Data;

/// <summary>The place of an element of a <see cref="Dataset{T}"/>: unique in a training run, the same in every run.</summary>
/// <param name="Epoch">The epoch's number, from 0.</param>
/// <param name="Index">The element's number in the epoch, from 0.</param>
public readonly record struct Position(int Epoch, long Index);
