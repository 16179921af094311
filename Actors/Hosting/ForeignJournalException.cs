namespace NetworkCluster.Hosting;

/// <summary>The cluster that this process has come to works on another database than this process does.</summary>
/// <param name="others">Where its members are, as ADDRESS:PORT.</param>
public sealed class ForeignJournalException(IEnumerable<string> others)
    : Exception($"the cluster at {string.Join(", ", others.Order(StringComparer.Ordinal))} works on another database: none of its hosts is connected to this one");
