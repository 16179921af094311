namespace NetworkCluster.Configuration;

/// <summary>How the host's process speaks.</summary>
internal enum LogFormat
{
    /// <summary>Lines for people.</summary>
    Text,
    /// <summary>Each line is a JSON object.</summary>
    Json,
}
