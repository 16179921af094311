using System.Collections.Immutable;

namespace NetworkCluster.Hosts;

/// <summary>Which hosts the cluster has. A host is here for good: what it has may only be given up when somebody knows that it will not come back.</summary>
public sealed class HostsDecider : IDecider<ImmutableSortedSet<string>>
{
    /// <inheritdoc/>
    public ImmutableSortedSet<string> Empty(string id) => NameLookup.NoIds;

    /// <inheritdoc/>
    public Decision Decide(ImmutableSortedSet<string> state, IAddressed message) => message switch
    {
        RegisterHost register when !state.Contains(register.Host.ToString()) => new() { Events = [new HostRegistered(register.Host)] },
        ListHosts => Decision.Answer(new HostList([.. state.Select(host => HostId.Parse(host))])),
        _ => Decision.Nothing,
    };

    /// <inheritdoc/>
    public ImmutableSortedSet<string> Evolve(ImmutableSortedSet<string> state, IEvent fact) => fact is HostRegistered registered ? state.Add(registered.Host.ToString()) : state;

    /// <inheritdoc/>
    public ImmutableArray<IAddressed> Resume(ImmutableSortedSet<string> state) => [];

    /// <inheritdoc/>
    public ImmutableArray<IEvent> Compact(ImmutableSortedSet<string> state) => [.. state.Select(host => new HostRegistered(HostId.Parse(host)))];
}
