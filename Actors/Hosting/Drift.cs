namespace NetworkCluster.Hosting;

/// <summary>What somebody may have changed or taken away in a host's kernel.</summary>
internal enum Drift
{
    /// <summary>A network's links, addresses or rules.</summary>
    Network,
    /// <summary>What is in a sandbox, or its links.</summary>
    Sandbox,
    /// <summary>The whole table of rules.</summary>
    Table,
    /// <summary>A setting of the kernel.</summary>
    Settings,
    /// <summary>A link's name.</summary>
    Link,
}
