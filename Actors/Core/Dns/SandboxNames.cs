using NetworkCluster.Addressing;

namespace NetworkCluster.Dns;

/// <summary>Whose a name is, from one sandbox's point of view.</summary>
internal enum NameOwner
{
    /// <summary>Known here, and found.</summary>
    Known,
    /// <summary>It would be known here, but there is nobody by it: the servers above must not be asked.</summary>
    Absent,
    /// <summary>Nothing of ours.</summary>
    Foreign,
}

/// <summary>What one sandbox may resolve: the networks it takes part in, in the order of joining.</summary>
internal sealed class SandboxNames(Membership[] memberships)
{
    /// <summary>A sandbox that takes part in nothing.</summary>
    public static SandboxNames Nothing { get; } = new([]);

    /// <summary>In the order of joining.</summary>
    public Membership[] Memberships { get; } = memberships;

    /// <summary>
    /// Whether unknown names may go to the servers above: only where a network leads outside. Otherwise DNS would be a way out of
    /// an internal network (CVE-2024-29018 was that).
    /// </summary>
    public bool LeadsOutside
    {
        get
        {
            foreach (var membership in Memberships)
                if (membership.Slot.Names is { LeadsOutside: true }) return true;
            return false;
        }
    }

    /// <summary>Finds a name: the sandbox's own links first (they are private and deliberate), then the networks' names, each time in the order of joining.</summary>
    public NameOwner Resolve<TSink>(ReadOnlySpan<char> name, ref TSink sink)
        where TSink : IEndpointSink, allows ref struct
    {
        bool linked = false, found = false;
        foreach (var membership in Memberships) linked |= membership.Linked(name, ref sink, ref found);
        if (found) return NameOwner.Known;
        foreach (var membership in Memberships) found |= membership.Named(name, ref sink);
        if (found) return NameOwner.Known;
        return linked ? NameOwner.Absent : NameOwner.Foreign;
    }

    /// <summary>Finds who has an address; addresses of the networks' subnets that nobody has are absent, not foreign.</summary>
    public NameOwner Reverse<TSink>(InetAddress address, ref TSink sink)
        where TSink : IEndpointSink, allows ref struct
    {
        var owner = NameOwner.Foreign;
        foreach (var membership in Memberships)
        {
            if (membership.Slot.Names is not { } names) continue;
            if (names.HasNames && names.Find(address) is { } endpoint)
            {
                sink.Add(endpoint);
                owner = NameOwner.Known;
            }
            else if (owner == NameOwner.Foreign && names.Covers(address))
            {
                owner = NameOwner.Absent;
            }
        }

        return owner;
    }
}
