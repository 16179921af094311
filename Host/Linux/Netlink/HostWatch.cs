using System.Collections.Immutable;
using System.Threading.Channels;
using NetworkCluster.Agents;
using NetworkCluster.Dataplane;
using NetworkCluster.Linux.Nftables;
using Route = NetworkCluster.Dataplane.Route;

namespace NetworkCluster.Linux.Netlink;

/// <summary>
/// Knows the foreign routes of the host's namespace without asking for all of them each time, and what of ours somebody took away or changed. The kernel queues what changes before
/// whoever changes it goes on, so a look into the queue is enough to be up to date; a thread of its own looks shortly after something came, and otherwise sleeps.
/// </summary>
internal sealed class HostWatch : IDisposable
{
    // Who makes a network or an endpoint changes a dozen things at once: they are read together.
    private const int GatherMilliseconds = 50;

    private readonly Naming _naming;
    private readonly NetlinkListener _listener;
    private readonly TableWatch _table;
    private readonly IDisposable _names;
    private readonly int _stop = Native.EventFd();
    private readonly Thread _thread;
    private readonly Channel<Loss> _losses = Channel.CreateUnbounded<Loss>();
    private readonly Lock _gate = new();
    private readonly HashSet<int> _ours = [];
    private readonly Dictionary<int, (LinkTag Tag, string Name, int Master)> _tags = [];
    private ImmutableHashSet<Route>? _routes;
    private long _changes;

    /// <summary>Watches the namespace this process is in.</summary>
    /// <param name="naming">How what is ours is called.</param>
    /// <param name="netnsDirectory">Where namespaces have their names.</param>
    /// <exception cref="DataplaneException">The kernel refuses.</exception>
    public HostWatch(Naming naming, string netnsDirectory)
    {
        _naming = naming;
        _listener = NetlinkListener.Open(
            NetlinkSocket.Route, null,
            NetlinkListener.Links, NetlinkListener.Routes, NetlinkListener.Routes6, NetlinkListener.Addresses, NetlinkListener.Addresses6, NetlinkListener.Settings);
        _table = new TableWatch(naming);
        LearnLinks();
        _names = FolderEvents.Listen(netnsDirectory, HearNames);
        _thread = new Thread(Watch, 128 * 1024) { Name = "netlink watch", IsBackground = true };
        _thread.Start();
    }

    /// <summary>See <see cref="IDataplane.Losses"/>.</summary>
    public ChannelReader<Loss> Losses => _losses.Reader;

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
        const uint Stop = 1, Table = 4;
        while (Native.AwaitReadable(-1, _stop, _listener.Fd, _table.Fd) is var first && (first & Stop) == 0)
        {
            if (Native.AwaitReadable(GatherMilliseconds, _stop) != 0) return;
            try
            {
                lock (_gate) Take();
                if ((first & Table) != 0 && _table.Take()) _losses.Writer.TryWrite(Loss.OfTable);
            }
            catch (Exception fault) when (fault is DataplaneException or NetlinkException or IOException)
            {
                // What was not understood may have been anything.
                _losses.Writer.TryWrite(Loss.Unknown);
            }
        }
    }

    private void Take()
    {
        if (_listener.Take((type, _, payload) => Hear(type, payload))) return;
        ForgetRoutes();
        LearnLinks();
        _losses.Writer.TryWrite(Loss.Unknown);
    }

    // Those that are there already.
    private void LearnLinks()
    {
        using var socket = NetlinkSocket.Open(NetlinkSocket.Route, null);
        RtnetlinkObserver.EachLink(socket, _tags.Clear, Hear);
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
            case Rtnetlink.DeleteAddress when payload.Length >= 8 && _tags.TryGetValue(BitConverter.ToInt32(payload[4..]), out var link):
                _losses.Writer.TryWrite(new Loss.OfLink(link.Tag));
                break;
            case Rtnetlink.NewSetting when payload.Length >= 4:
                HearSetting(payload);
                break;
        }
    }

    private void HearSetting(ReadOnlySpan<byte> payload)
    {
        var (of, forwarding) = (0, 1);
        // struct netconfmsg: the family, filled up to 4 bytes.
        var attributes = new NetlinkAttributes(payload[4..]);
        while (attributes.Next())
        {
            if (attributes.Type == Rtnetlink.SettingInterface) of = attributes.Number;
            else if (attributes.Type == Rtnetlink.SettingForwarding) forwarding = attributes.Number;
        }

        if (of == Rtnetlink.AllInterfaces && forwarding == 0) _losses.Writer.TryWrite(Loss.OfForwarding);
    }

    private void HearNames(FolderChange change, string? name)
    {
        if (change == FolderChange.Unknown) _losses.Writer.TryWrite(Loss.Unknown);
        else if (change == FolderChange.Gone && name is not null && _naming.IsSandbox(name)) _losses.Writer.TryWrite(new Loss.OfSandbox(name));
    }

    private void HearLink(bool gone, ReadOnlySpan<byte> payload)
    {
        var (index, flags, change) = (BitConverter.ToInt32(payload[4..]), BitConverter.ToUInt32(payload[8..]), BitConverter.ToUInt32(payload[12..]));
        var (name, alias, master) = ("", "", 0);
        var attributes = new NetlinkAttributes(payload[16..]);
        while (attributes.Next())
        {
            if (attributes.Type == Rtnetlink.LinkName) name = attributes.Text;
            else if (attributes.Type == Rtnetlink.LinkAlias) alias = attributes.Text;
            else if (attributes.Type == Rtnetlink.LinkMaster) master = attributes.Number;
        }

        // One that is retired has another name until it is deleted.
        if (_naming.IsLink(name)) _ours.Add(index);
        // Of a new link everything is said to have changed.
        var wentDown = change != uint.MaxValue && (change & ~flags & Rtnetlink.Up) != 0;
        // Routes go with a link that is gone or down, in silence.
        if (!_ours.Contains(index)) ForgetRoutes();
        if (LinkTag.TryParse(_naming.Prefix, alias, out var tag))
        {
            // We ourselves call one otherwise when it is retired, when it is taken again, and before it is ours.
            if (_tags.TryGetValue(index, out var before) && before.Name != name && _naming.Retired(index) is var retired && name != retired && before.Name != retired) _losses.Writer.TryWrite(Loss.OfName);
            _tags[index] = (tag, name, master);
            if (gone || wentDown || (before.Master != 0 && before.Master != master)) _losses.Writer.TryWrite(new Loss.OfLink(tag));
        }

        if (!gone) return;
        _ours.Remove(index);
        _tags.Remove(index);
    }

    private static int LinkOf(ReadOnlySpan<byte> payload)
    {
        var attributes = new NetlinkAttributes(payload[12..]);
        return attributes.Seek(Rtnetlink.RouteOut) ? attributes.Number : 0;
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
        _names.Dispose();
        _losses.Writer.TryComplete();
        _listener.Dispose();
        _table.Dispose();
        _ = Native.Close(_stop);
    }
}
