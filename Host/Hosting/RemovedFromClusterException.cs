namespace NetworkCluster.Hosting;

/// <summary>The other hosts have removed this one from the cluster: they could not reach it for a while, and have given up what it had.</summary>
internal sealed class RemovedFromClusterException(Exception cause) : Exception("the other hosts have removed this one from the cluster", cause);
