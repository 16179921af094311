using System.Collections.Immutable;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Gateway;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks;

/// <summary>What was, out of the journal: networks that can be seen from this host, or could be.</summary>
internal sealed class NetworkPast(IJournalReader journal, HostId host, TimeProvider time)
{
    private readonly ImmutableArray<AddressSpaceId> _spaces = [AddressSpaceId.Of(host), AddressSpaceId.Global];

    /// <summary>The history of every network that ever had the name or id, the oldest network first.</summary>
    /// <exception cref="RefusedException">There never was one, or the beginning of an id fits several; or the journal cannot be read.</exception>
    public async Task<ImmutableArray<NetworkHistoryEntry>> HistoryAsync(string nameOrId, CancellationToken cancel)
    {
        var spaces = await Task.WhenAll(_spaces.Select(space => ReadAsync(new(EntityKind.AddressSpace, space.ToString()), cancel)));
        var found = NetworkHistory.Ever(spaces.SelectMany(facts => facts), nameOrId);
        if (found.IsEmpty) throw new RefusedException(new NetworkNotFound(nameOrId));
        if (found.Length > 1 && found.Any(network => network.Name != nameOrId)) throw new RefusedException(new AmbiguousName("network", nameOrId, [.. found.Take(5).Select(NetworkLookup.Text)]));

        var entries = ImmutableArray.CreateBuilder<NetworkHistoryEntry>();
        foreach (var network in found.OrderBy(network => network.Created)) entries.AddRange(NetworkHistory.Of(await ReadAsync(new(EntityKind.Network, network.Id.ToString()), cancel)));
        return entries.ToImmutable();
    }

    /// <summary>The network that had the name or id at a time, as it was then.</summary>
    /// <exception cref="RefusedException">There was none, or there were several; or the journal cannot be read.</exception>
    public async Task<NetworkView> AtAsync(string nameOrId, DateTimeOffset at, CancellationToken cancel)
    {
        var replies = await Task.WhenAll(_spaces.Select(async space => NetworkHistory.FindAt(space, await ReadAsync(new(EntityKind.AddressSpace, space.ToString()), cancel), at, nameOrId)));
        var reply = NetworkLookup.Choose(nameOrId, replies[0], replies[1]);
        if (reply is not Rejected { Reason: NetworkNotFound })
        {
            var network = reply.Expect<NetworkSummary>().Spec;
            if (NetworkHistory.At(await ReadAsync(new(EntityKind.Network, network.Id.ToString()), cancel), at) is { } view) return view with { Spec = view.Spec with { Labels = network.Labels } };
        }

        throw new RefusedException(new NetworkNotFound($"{nameOrId} at {Rfc3339.Text(at)}"));
    }

    private async Task<List<JournaledFact>> ReadAsync(EntityKey entity, CancellationToken cancel)
    {
        var facts = new List<JournaledFact>();
        try
        {
            await foreach (var fact in journal.ReadAsync(entity, cancel)) facts.Add(fact);
        }
        catch (IOException cause) when (!cancel.IsCancellationRequested)
        {
            throw new RefusedException(new JournalUnavailable(time.GetUtcNow(), cause.GetBaseException().Message));
        }

        return facts;
    }
}
