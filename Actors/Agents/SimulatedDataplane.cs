using System.Collections.Immutable;
using System.Threading.Channels;
using NetworkCluster.Dataplane;

namespace NetworkCluster.Agents;

/// <summary>
/// A data plane that prints what it would do and keeps the host it would have made: for processes without CAP_NET_ADMIN, and for tests of whatever
/// stands above it. Refuses what the kernel would refuse. Everything is gone with the process.
/// </summary>
/// <param name="print">Gets each step's text.</param>
public sealed class SimulatedDataplane(Action<string> print) : IDataplane
{
    private readonly Lock _gate = new();
    private readonly Channel<Loss> _losses = Channel.CreateUnbounded<Loss>();
    private FoundHost _host = FoundHost.Nothing with { Sysctls = HostSysctls.All.ToImmutableDictionary(key => key, _ => "0") };

    /// <summary>The host as it would be.</summary>
    public FoundHost Host
    {
        get
        {
            lock (_gate) return _host;
        }
    }

    /// <summary>Does to the host what somebody else would do to it, without printing: a test's <c>ip link del</c>.</summary>
    public void Disturb(Func<FoundHost, FoundHost> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_gate)
        {
            var before = _host;
            _host = change(before);
            foreach (var link in before.Host.Links.Values.Where(link => _host.Host.Links.GetValueOrDefault(link.Name) is not { Up: true }))
            {
                if (LinkTag.TryParse(link.Alias.Split(':')[0], link.Alias, out var tag)) _losses.Writer.TryWrite(new Loss.OfLink(tag));
            }

            foreach (var name in before.Sandboxes.Keys.Where(name => !_host.Sandboxes.ContainsKey(name))) _losses.Writer.TryWrite(new Loss.OfSandbox(name));
            if (!Equals(before.Elements, _host.Elements) || !Equals(before.Mappings, _host.Mappings)) _losses.Writer.TryWrite(Loss.OfTable);
            if (before.Sysctls != _host.Sysctls) _losses.Writer.TryWrite(Loss.OfForwarding);
        }
    }

    /// <inheritdoc/>
    public Task<FoundHost> ObserveAsync(CancellationToken cancel) => Task.FromResult(Host);

    /// <inheritdoc/>
    public async Task<FoundHost> ObserveAsync(HostPart part, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(part);
        // As with a kernel, who asks goes on meanwhile.
        await Task.Yield();
        var host = Host;
        var links = part.Links.ToHashSet();
        return host with
        {
            Host = host.Host with
            {
                Links = links.Where(host.Host.Links.ContainsKey).ToImmutableDictionary(name => name, name => host.Host.Links[name]),
                Addresses = [.. host.Host.Addresses.Where(a => links.Contains(a.Link.Name))],
                Routes = [],
            },
            Sandboxes = part.Sandboxes.Distinct().Where(host.Sandboxes.ContainsKey).ToImmutableDictionary(name => name, name => host.Sandboxes[name]),
            Elements = !part.Elements ? [] : host.Elements is { } elements ? [.. links.SelectMany(link => NftTable.Sets.Select(set => new SetElement(set, link))).Where(elements.Contains)] : null,
            Mappings = part.Elements && !part.Sandboxes.IsEmpty ? host.Mappings : [],
            UnusablePorts = [.. host.UnusablePorts.Where(unusable => part.Ports.Any(port => port.Overlaps(unusable.Port)))],
        };
    }

    /// <inheritdoc/>
    public ChannelReader<Loss> Losses => _losses.Reader;

    /// <inheritdoc/>
    public Task<ImmutableHashSet<Route>> RoutesAsync(CancellationToken cancel) => Task.FromResult(Host.Host.Routes);

    /// <inheritdoc/>
    public Task ApplyAsync(ImmutableArray<Step> steps, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (_gate)
        {
            foreach (var step in steps)
            {
                try
                {
                    _host = _host.After(step);
                }
                catch (InvalidOperationException refusal)
                {
                    return Task.FromException(new DataplaneException(step.ToString(), refusal.Message, refusal));
                }

                print(step.ToString());
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
