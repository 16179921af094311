using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;
using NetworkCluster.Membership;

namespace NetworkCluster.Hosting;

/// <summary>
/// Makes this process a member of its cluster. It asks the seeds, and those members that the database names: seeds may all have died while the others live. Who is among the seeds may begin a
/// cluster, if none lives on this journal. Seeds are looked up anew with every try, for the addresses behind a name change.
/// </summary>
/// <param name="cluster">Not joined yet.</param>
/// <param name="settings">Whom it asks, and whether it may begin.</param>
/// <param name="claim">Which cluster lives on the journal.</param>
/// <param name="member">Completes when this process is a member.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Is told which names are not found.</param>
internal sealed class ClusterJoin(Cluster cluster, NodeSettings settings, JournalClaim claim, Task member, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan TryEvery = TimeSpan.FromSeconds(2), LookEvery = TimeSpan.FromMilliseconds(200);

    // Members whose session was lost say again within seconds that they are there.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _own = NodeRoles.PlaceOf(cluster.SelfAddress);
    private string _unknown = "";

    /// <summary>Returns when this process is a member, on the others' database, and has said so there.</summary>
    /// <exception cref="ForeignJournalException">The others have another one. It has to leave them, and must not have carried anything of theirs.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        ImmutableHashSet<string>? asked = null;
        for (var begins = false; !member.IsCompleted;)
        {
            var seeds = await SeedsAsync(cancel).ConfigureAwait(false);
            // Nobody would carry an entity of a cluster that begins with an agent alone.
            var mayBegin = settings.Control && (settings.Seeds.IsEmpty || seeds.Contains(_own));
            var begun = mayBegin && !begins && (begins = await claim.TryBeginAsync(cancel).ConfigureAwait(false));
            // Who has no journal is of no use to the others, and would be trusted with entities.
            if ((begins ? [] : await claim.MembersAsync(cancel).ConfigureAwait(false)) is { } known)
            {
                var others = seeds.Union(known).Remove(_own);
                if (begun || asked is null || !asked.SetEquals(others)) Join(others, begins);
                asked = others;
            }

            await Task.WhenAny(member, Task.Delay(TryEvery, time, cancel)).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
        }

        await ProveAsync(cancel).ConfigureAwait(false);
    }

    // Who was there before says in the database that it is. Those that come after us have to prove it to us.
    private async Task ProveAsync(CancellationToken cancel)
    {
        for (var since = time.GetTimestamp(); ;)
        {
            var others = Elders();
            var shared = await claim.IsSharedWithAsync(others, cancel).ConfigureAwait(false);
            if (others.IsEmpty ? shared is not null : shared is true) return;
            // While the database is silent, nobody can be found wrong.
            if (shared is null) since = time.GetTimestamp();
            else if (time.GetElapsedTime(since) > Patience) throw new ForeignJournalException(others);
            await Task.Delay(LookEvery, time, cancel).ConfigureAwait(false);
        }
    }

    // Services that are members have no database.
    private ImmutableHashSet<string> Elders()
    {
        var state = cluster.State;
        var self = cluster.SelfMember;
        return [.. state.Members.Where(other => other.Status == MemberStatus.Up && NodeRoles.HostOf(other) is not null && !other.UniqueAddress.Equals(self.UniqueAddress) && other.IsOlderThan(self) && !state.Unreachable.Contains(other)).Select(other => NodeRoles.PlaceOf(other.Address))];
    }

    // Who begins asks the others first, all the same: the database may have been away, and with it what it knew.
    private void Join(ImmutableHashSet<string> others, bool begins)
    {
        var self = cluster.SelfAddress;
        var addresses = others.Order(StringComparer.Ordinal).Select(other => Address.Parse($"{self.Protocol}://{self.System}@{other}"));
        if (begins) addresses = addresses.Prepend(self);
        if (others.Count > 0) cluster.JoinSeedNodes(addresses);
        else if (begins) cluster.Join(self);
    }

    // As ADDRESS:PORT.
    private async Task<ImmutableHashSet<string>> SeedsAsync(CancellationToken cancel)
    {
        var (found, unknown) = (ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal), new List<string>());
        var family = IPAddress.TryParse(cluster.SelfAddress.Host, out var own) ? own.AddressFamily : AddressFamily.InterNetwork;
        foreach (var seed in settings.Seeds)
        {
            if (IPEndPoint.TryParse(seed, out _))
            {
                found.Add(seed);
                continue;
            }

            var colon = seed.LastIndexOf(':');
            try
            {
                var port = int.Parse(seed[(colon + 1)..], CultureInfo.InvariantCulture);
                foreach (var address in await System.Net.Dns.GetHostAddressesAsync(seed[..colon], family, cancel).ConfigureAwait(false)) found.Add(new IPEndPoint(address, port).ToString());
            }
            catch (SocketException cause)
            {
                unknown.Add($"{seed}: {cause.Message}");
            }
        }

        var text = string.Join("; ", unknown);
        if (text != _unknown && text.Length > 0) log.LogWarning("seeds are not found and looked up again: {Seeds}", text);
        _unknown = text;
        return found.ToImmutable();
    }
}
