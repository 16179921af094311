namespace NetworkCluster.Serialization;

/// <summary>Who a process is, and whom it believes: three files in PEM form, read when it starts.</summary>
/// <param name="Authority">The certificate of the authority that signs; where there are some between it and those it signs, these, too.</param>
/// <param name="Certificate">The process's own certificate.</param>
/// <param name="Key">Its key, unencrypted.</param>
public sealed record TlsFiles(string Authority, string Certificate, string Key);
