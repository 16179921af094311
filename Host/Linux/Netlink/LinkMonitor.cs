using NetworkCluster.Agents;

namespace NetworkCluster.Linux.Netlink;

/// <summary>Hears that some link of a namespace has changed. What changed must be asked for: a lost message would otherwise be a lost change.</summary>
internal sealed class LinkMonitor : IDisposable
{
    private const int GroupLink = 1;
    private const short PollIn = 1;
    private const int DontWait = 0x40;

    private readonly int _fd;
    private readonly byte[] _ignored = new byte[8192];

    private LinkMonitor(int fd) => _fd = fd;

    /// <summary>Listens from now on.</summary>
    /// <param name="netnsPath">The namespace; none is the process's own.</param>
    /// <exception cref="DataplaneException">The kernel refuses.</exception>
    public static LinkMonitor Open(string? netnsPath)
    {
        var fd = netnsPath is null
            ? NetworkNamespace.OpenSocket(Native.AfNetlink, Native.SockRaw, NetlinkSocket.Route)
            : NetworkNamespace.OpenSocket(netnsPath, Native.AfNetlink, Native.SockRaw, NetlinkSocket.Route);
        // struct sockaddr_nl: family, padding, port, groups.
        Span<byte> address = stackalloc byte[12];
        address.Clear();
        BitConverter.TryWriteBytes(address, (ushort)Native.AfNetlink);
        BitConverter.TryWriteBytes(address[8..], GroupLink);
        var monitor = new LinkMonitor(fd);
        if (Native.Bind(fd, address, address.Length) == 0) return monitor;
        var failure = Native.Failure("netlink bind");
        monitor.Dispose();
        throw failure;
    }

    /// <summary>Blocks until something has changed since the last call; false when nothing has in that time.</summary>
    public bool Await(TimeSpan atMost)
    {
        Span<Native.PollFd> wait = [new Native.PollFd { Fd = _fd, Events = PollIn }];
        if (Native.Poll(wait, 1, (int)Math.Ceiling(atMost.TotalMilliseconds)) == 0) return false;
        while (Native.Receive(_fd, _ignored, _ignored.Length, DontWait) > 0)
        {
        }

        return true;
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => _ = Native.Close(_fd);
}
