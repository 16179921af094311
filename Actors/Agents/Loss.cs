using NetworkCluster.Dataplane;

namespace NetworkCluster.Agents;

/// <summary>What was taken from the host, or changed.</summary>
public abstract record Loss
{
    private Loss() { }

    /// <summary>A link of ours is gone, is down, or has lost an address.</summary>
    /// <param name="Tag">Whose it was.</param>
    public sealed record OfLink(LinkTag Tag) : Loss;

    /// <summary>The name of a namespace of ours is gone. The namespace itself lives on while something uses it.</summary>
    /// <param name="Name">The name.</param>
    public sealed record OfSandbox(string Name) : Loss;

    /// <summary>Somebody else has changed our table: rules, sets or elements.</summary>
    public static readonly Loss OfTable = new Plain("table");

    /// <summary>The host forwards no longer.</summary>
    public static readonly Loss OfForwarding = new Plain("forwarding");

    /// <summary>A link of ours is called otherwise.</summary>
    public static readonly Loss OfName = new Plain("name");

    /// <summary>Too much happened at once to tell: it may be anything.</summary>
    public static readonly Loss Unknown = new Plain("unknown");

    private sealed record Plain(string What) : Loss;
}
