namespace Hero.Datasets;

/// <summary>How far the download of a file is.</summary>
/// <param name="FileName">The file.</param>
/// <param name="BytesReceived">What is there, what an earlier, broken off download brought included.</param>
/// <param name="TotalBytes">What there will be.</param>
public readonly record struct DownloadProgress(string FileName, long BytesReceived, long TotalBytes);
