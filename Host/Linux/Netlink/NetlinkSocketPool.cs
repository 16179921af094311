using NetworkCluster.Dataplane;

namespace NetworkCluster.Linux.Netlink;

/// <summary>
/// rtnetlink sockets by namespace, each lent to one thread at a time. Keeps a bounded number (an open socket keeps its namespace and a file descriptor), those
/// used last; the host's own are always kept.
/// </summary>
/// <param name="netnsPath">From a sandbox's name to its path.</param>
/// <param name="time">When a socket was last used.</param>
internal sealed class NetlinkSocketPool(Func<string, string> netnsPath, TimeProvider time) : IDisposable
{
    private const int KeptPerHost = 8;
    private const int KeptForSandboxes = 64;
    private static readonly TimeSpan IdleAtMost = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly LinkedList<Kept> _kept = new();
    private ITimer? _timer;
    private bool _disposed;

    private sealed record Kept(Netns Netns, ulong Inode, NetlinkSocket Socket, long Since);

    /// <summary>Lends a socket of the namespace to an action, and keeps it afterwards unless it may be in the middle of something.</summary>
    public T Use<T>(Netns netns, Func<NetlinkSocket, T> action)
    {
        // A name that was deleted and made again is another namespace, and a kept socket would still be in the old one.
        var path = netns.Name is { } name ? netnsPath(name) : null;
        var inode = path is null ? 0 : NetworkNamespace.Inode(path);
        var socket = Take(netns, inode) ?? NetlinkSocket.Open(NetlinkSocket.Route, path);
        try
        {
            var result = action(socket);
            Keep(netns, inode, socket);
            return result;
        }
        catch (NetlinkException)
        {
            Keep(netns, inode, socket);
            throw;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Lets go of a sandbox that is being removed, so that it can end.</summary>
    public void Forget(string sandbox) => Close(k => k.Netns.Name == sandbox);

    private NetlinkSocket? Take(Netns netns, ulong inode)
    {
        lock (_gate)
        {
            for (var node = _kept.First; node is not null; node = node.Next)
            {
                if (node.Value.Netns != netns || node.Value.Inode != inode) continue;
                _kept.Remove(node);
                return node.Value.Socket;
            }
        }

        return null;
    }

    private void Keep(Netns netns, ulong inode, NetlinkSocket socket)
    {
        NetlinkSocket? surplus = null;
        lock (_gate)
        {
            if (_disposed)
            {
                surplus = socket;
            }
            else
            {
                _kept.AddFirst(new Kept(netns, inode, socket, time.GetTimestamp()));
                _timer ??= time.CreateTimer(_ => Close(k => !k.Netns.IsHost && time.GetElapsedTime(k.Since) >= IdleAtMost), null, IdleAtMost, IdleAtMost);
                var same = _kept.Where(k => k.Netns.IsHost == netns.IsHost).ToList();
                if (same.Count > (netns.IsHost ? KeptPerHost : KeptForSandboxes)) _kept.Remove(same[^1]);
                else same.Clear();
                surplus = same.Count > 0 ? same[^1].Socket : null;
            }
        }

        surplus?.Dispose();
    }

    private void Close(Func<Kept, bool> which)
    {
        List<Kept> gone;
        lock (_gate)
        {
            gone = [.. _kept.Where(which)];
            foreach (var kept in gone) _kept.Remove(kept);
        }

        foreach (var kept in gone) kept.Socket.Dispose();
    }

    /// <summary>Closes all that are not lent out; those are closed when they come back.</summary>
    public void Dispose()
    {
        lock (_gate) _disposed = true;
        _timer?.Dispose();
        Close(_ => true);
    }
}
