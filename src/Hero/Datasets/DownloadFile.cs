namespace Hero.Datasets;

/// <summary>A file to be had from the network.</summary>
/// <param name="Name">Its name in the folder it goes to.</param>
/// <param name="Size">Its bytes: an answer of another size is not taken.</param>
/// <param name="Sha256">Its checksum, in hexadecimal digits.</param>
/// <param name="Addresses">Where it is, the best first.</param>
internal sealed record DownloadFile(string Name, long Size, string Sha256, IReadOnlyList<Uri> Addresses);
