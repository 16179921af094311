using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;
using NetworkCluster.Drivers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Agents;

/// <summary>
/// Describes with the drivers, plans, and applies. Remembers only what it was asked for in this life, so that it need not look at the kernel before every
/// attach; whenever that memory turns out wrong (a step fails, or the same thing is asked for again) it looks, and plans from what is there.
/// </summary>
public sealed partial class HostNetworking : IHostNetworking
{
    private readonly IDataplane _dataplane;
    private readonly HostNetworkingOptions _options;
    private readonly HostContext _host;
    private readonly Reaper _reaper;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<NetworkId, NetworkState> _networks = new();
    private readonly ConcurrentDictionary<ContainerId, SandboxState> _sandboxes = new();
    private readonly ConcurrentDictionary<EndpointId, ContainerId> _endpoints = new();
    private readonly ConcurrentDictionary<Task, byte> _leaving = new();
    // What bridges of an earlier life are in, until this one knows their networks.
    private readonly ConcurrentDictionary<NetworkId, ImmutableArray<SetElement>> _inherited = new();
    // Endpoints of an earlier life that have not come again yet.
    private readonly ConcurrentDictionary<EndpointId, NetworkId> _expected = new();
    private FoundHost? _startup;

    /// <summary>Networking of one host. Disposing it leaves the kernel as it is and disposes the data plane.</summary>
    /// <param name="dataplane">The way to the kernel.</param>
    /// <param name="options">Names and places.</param>
    /// <param name="log">Where the reaper's failures go; nobody waits for those.</param>
    /// <param name="time">For the reaper's patience.</param>
    /// <exception cref="ArgumentException">The options are not usable.</exception>
    public HostNetworking(IDataplane dataplane, HostNetworkingOptions options, ILogger<HostNetworking>? log = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(dataplane);
        ArgumentNullException.ThrowIfNull(options);
        _dataplane = dataplane;
        _options = options;
        _host = options.Context;
        _log = log ?? NullLogger<HostNetworking>.Instance;
        _reaper = new Reaper(dataplane, options.ReaperGroup, time ?? TimeProvider.System, _log);
    }

    private Naming Naming => _host.Naming;

    /// <inheritdoc/>
    public event Action<ContainerId, EndpointId>? LentLinkGone;

    /// <inheritdoc/>
    public ImmutableArray<EndpointId> Lent => [.. _sandboxes.Values.Where(state => state.OfEngine).SelectMany(state => state.Places).Select(place => place.Id)];

    /// <inheritdoc/>
    public async Task<HostObservation> StartAsync(CancellationToken cancel)
    {
        var found = await _dataplane.ObserveAsync(cancel);
        var ours = found.Host.Links.Values.Where(l => Plan.IsOurs(l, Naming))
            .Select(l => (Link: l, Tag: LinkTag.TryParse(Naming.Prefix, l.Alias, out var tag) ? tag : null)).ToList();
        foreach (var links in ours.Where(o => o.Tag is LinkTag.OfNetwork).GroupBy(o => ((LinkTag.OfNetwork)o.Tag!).Network))
            _inherited[links.Key] = [.. links.SelectMany(o => ((LinkTag.OfNetwork)o.Tag!).Sets.Select(set => new SetElement(set, o.Link.Name)))];
        var steps = ImmutableArray.CreateBuilder<Step>();
        // Published ports stay as they are until it is known whose they are.
        steps.Add(new ReplaceTable(Naming.Table, [.. _inherited.Values.SelectMany(elements => elements)], [.. found.Mappings]));
        steps.AddRange(SettingsOf(found));
        steps.AddRange(found.StaleSandboxes.Select(name => new DeleteSandbox(name)));
        await _dataplane.ApplyAsync(steps.ToImmutable(), cancel);
        foreach (var link in found.Host.Links.Values.Where(l => Naming.IsReaperGroup(l.Group))) Reap(link.Name, link.Group);
        _startup = found;
        return new HostObservation(
            [.. found.Sandboxes.Values.Where(s => s.Id is not null).Select(s => s.Id!.Value), .. found.OnHost],
            // An engine whose sandbox ends puts the end that it was lent back where it was: that pair leads to nobody.
            [.. ours.Where(o => o is { Tag: LinkTag.OfEndpoint, Link.Master: not null }).Select(o => ((LinkTag.OfEndpoint)o.Tag!).Endpoint).Where(endpoint => !found.Host.Links.ContainsKey(Naming.LentLink(endpoint)))]);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<Subnet>> HostRoutesAsync(CancellationToken cancel)
    {
        // A bridge that its network's options name is not recognised here; its subnet is in the address space anyway.
        var routes = await _dataplane.RoutesAsync(cancel);
        return [.. routes.Where(r => !r.IsDefault && r.Link != _host.PredefinedBridge).Select(r => r.Destination).Distinct().Order()];
    }

    /// <summary>Finishes what the reaper has under way, then lets go of the kernel and leaves it as it is.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_leaving.Keys);
        await _reaper.DisposeAsync();
        await _dataplane.DisposeAsync();
    }

    private ImmutableArray<Step> SettingsOf(FoundHost found) => Plan.Between(new Wanted { Sysctls = [.. Settings(found)] }, found, Naming);

    /// <summary>Forwarding on; bridged packets out of the IP hooks, where the kernel has that switch at all.</summary>
    private IEnumerable<Sysctl> Settings(FoundHost found)
    {
        yield return new Sysctl("net.ipv4.ip_forward", "1");
        if (!_options.DisableBridgeNetfilter) yield break;
        foreach (var key in HostSysctls.BridgeNetfilter.Where(found.Sysctls.ContainsKey)) yield return new Sysctl(key, "0");
    }

    private FoundHost Startup => _startup ?? throw new InvalidOperationException("StartAsync comes before anything else");

    private async Task<ImmutableArray<Step>> ApplyAsync(ImmutableArray<Step> steps, CancellationToken cancel)
    {
        if (steps.IsEmpty) return steps;
        _reaper.Busy();
        try
        {
            await _dataplane.ApplyAsync(steps, cancel);
        }
        finally
        {
            _reaper.Busy();
            foreach (var retired in steps.OfType<Retire>().Where(step => step.Netns.IsHost)) Reap(retired.NewName, retired.Group);
        }

        return steps;
    }

    private void Reap(string link, int group)
    {
        if (group == Naming.BridgeReaperGroup) _reaper.Retired(link);
        else _reaper.Retired();
    }

    private void RefuseForeign(Wanted wanted, FoundHost found)
    {
        foreach (var link in Plan.Foreign(wanted, found))
        {
            var tag = found.Find(link)?.Alias is { } alias && LinkTag.TryParse(Naming.Prefix, alias, out var read) ? read : null;
            throw new LinkNameTakenException(link, tag, tag is LinkTag.OfNetwork other && _networks.TryGetValue(other.Network, out var state) ? state.Spec?.Name : null);
        }
    }
}
