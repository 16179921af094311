using System.Collections.Immutable;
using System.Threading.Channels;
using NetworkCluster.Agents;
using NetworkCluster.Dataplane;
using Route = NetworkCluster.Dataplane.Route;

namespace NetworkCluster.Linux.Netlink;

/// <summary>
/// Knows the foreign routes of the host's namespace without asking for all of them each time, and which links of ours somebody took away. The kernel queues what changes before
/// whoever changes it goes on, so a look into the queue is enough to be up to date; a thread of its own looks shortly after something came, and otherwise sleeps.
/// </summary>
internal sealed class HostWatch : IDisposable
{
    // Who makes a network or an endpoint changes a dozen things at once: they are read together.
    private const int GatherMilliseconds = 50;

    private readonly Naming _naming;
    private readonly NetlinkListener _listener;
    private readonly int _stop = Native.EventFd();
    private readonly Thread _thread;
    private readonly Channel<LinkLoss> _losses = Channel.CreateUnbounded<LinkLoss>();
    private readonly Lock _gate = new();
    private readonly HashSet<int> _ours = [];
    private ImmutableHashSet<Route>? _routes;
    private long _changes;

    /// <summary>Watches the namespace this process is in.</summary>
    /// <exception cref="DataplaneException">The kernel refuses.</exception>
    public HostWatch(Naming naming)
    {
        _naming = naming;
        _listener = NetlinkListener.Open(null, NetlinkListener.Links, NetlinkListener.Routes, NetlinkListener.Routes6);
        _thread = new Thread(Watch, 128 * 1024) { Name = "netlink watch", IsBackground = true };
        _thread.Start();
    }

    /// <summary>See <see cref="IDataplane.Losses"/>.</summary>
    public ChannelReader<LinkLoss> Losses => _losses.Reader;

    /// <summary>The routes that are not over our links, as they are now.</summary>
    /// <param name="read">Asks the kernel for all; called only when a foreign one may have changed.</param>
    public ImmutableHashSet<Route> Routes(Func<ImmutableHashSet<Route>> read)
    {
        long changes;
        lock (_gate)
        {
            Take();
            if (_routes is { } known) return known;
            changes = _changes;
        }

        var routes = read().Where(route => !_naming.IsLink(route.Link)).ToImmutableHashSet();
        lock (_gate)
        {
            Take();
            if (changes == _changes) _routes = routes;
        }

        return routes;
    }

    private void Watch()
    {
        while (_listener.Await(null, _stop))
        {
            if (Native.AwaitReadable(_stop, -1, GatherMilliseconds).One) return;
            lock (_gate) Take();
        }
    }

    private void Take()
    {
        if (_listener.Take(Hear)) return;
        ForgetRoutes();
        _losses.Writer.TryWrite(LinkLoss.Any);
    }

    private void Hear(ushort type, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            // What a bridge says of its ports has the bridge's family.
            case Rtnetlink.NewLink or Rtnetlink.DeleteLink when payload.Length >= 16 && payload[0] == 0:
                HearLink(type == Rtnetlink.DeleteLink, payload);
                break;
            case Rtnetlink.NewRoute or Rtnetlink.DeleteRoute when payload.Length >= 12:
                if (!_ours.Contains(LinkOf(payload))) ForgetRoutes();
                break;
        }
    }

    private void HearLink(bool gone, ReadOnlySpan<byte> payload)
    {
        var (index, flags, change) = (BitConverter.ToInt32(payload[4..]), BitConverter.ToUInt32(payload[8..]), BitConverter.ToUInt32(payload[12..]));
        var (name, alias) = ("", "");
        var attributes = new NetlinkAttributes(payload[16..]);
        while (attributes.Next())
        {
            if (attributes.Type == Rtnetlink.LinkName) name = attributes.Text;
            else if (attributes.Type == Rtnetlink.LinkAlias) alias = attributes.Text;
        }

        // One that is retired has another name until it is deleted.
        if (_naming.IsLink(name)) _ours.Add(index);
        // Of a new link everything is said to have changed.
        var wentDown = change != uint.MaxValue && (change & ~flags & Rtnetlink.Up) != 0;
        // Routes go with a link that is gone or down, in silence.
        if (!_ours.Contains(index)) ForgetRoutes();
        if (gone) _ours.Remove(index);
        if ((gone || wentDown) && LinkTag.TryParse(_naming.Prefix, alias, out var tag)) _losses.Writer.TryWrite(new LinkLoss(tag));
    }

    private static int LinkOf(ReadOnlySpan<byte> payload)
    {
        var attributes = new NetlinkAttributes(payload[12..]);
        while (attributes.Next())
        {
            if (attributes.Type == Rtnetlink.RouteOut) return attributes.Number;
        }

        return 0;
    }

    private void ForgetRoutes()
    {
        _routes = null;
        _changes++;
    }

    /// <summary>Ends the thread and stops listening.</summary>
    public void Dispose()
    {
        Native.Signal(_stop);
        _thread.Join();
        _losses.Writer.TryComplete();
        _listener.Dispose();
        _ = Native.Close(_stop);
    }
}
