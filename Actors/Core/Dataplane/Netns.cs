namespace NetworkCluster.Dataplane;

/// <summary>Which network namespace a link, address or route is in: the host's own, or a sandbox by its name under <c>/run/netns</c>.</summary>
/// <param name="Name">The sandbox's name; none is the host's namespace.</param>
public readonly record struct Netns(string? Name)
{
    /// <summary>The namespace the process lives in.</summary>
    public static Netns Host => default;

    /// <summary>Whether this is the namespace the process lives in.</summary>
    public bool IsHost => Name is null;

    /// <summary>As <c>ip</c> wants it before its object: empty, or <c>-n NAME </c>.</summary>
    public override string ToString() => Name is null ? "" : $"-n {Name} ";
}

/// <summary>A link by where it is and what it is called there.</summary>
public readonly record struct LinkName(Netns Netns, string Name)
{
    /// <summary>A link in the host's namespace.</summary>
    public static LinkName OnHost(string name) => new(Netns.Host, name);
}
