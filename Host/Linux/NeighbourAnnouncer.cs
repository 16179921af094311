using NetworkCluster.Dataplane;

namespace NetworkCluster.Linux;

/// <summary>Speaks for other hosts' endpoints out of this host's bridges, over one packet socket that receives nothing. Any thread.</summary>
internal sealed class NeighbourAnnouncer : IDisposable
{
    private const int LinkAddressBytes = 20;
    private readonly Lock _opening = new();
    private int _fd = -1;

    /// <summary>Sends one announcement.</summary>
    /// <exception cref="Agents.DataplaneException">There is no such link, or it is down.</exception>
    public void Announce(Neighbour neighbour)
    {
        var index = Native.IndexOfLink(neighbour.Link);
        if (index == 0) throw Failure();
        var frame = NeighbourFrame.For(neighbour.Address, neighbour.Mac);
        // sockaddr_ll: the frame says the rest.
        Span<byte> to = stackalloc byte[LinkAddressBytes];
        to.Clear();
        BitConverter.TryWriteBytes(to, (ushort)Native.AfPacket);
        BitConverter.TryWriteBytes(to[4..], index);
        if (Native.SendTo(Opened(), frame, frame.Length, 0, to, to.Length) < 0) throw Failure();

        Agents.DataplaneException Failure() => Native.Failure(new AnnounceNeighbour(neighbour).ToString());
    }

    /// <summary>Closes the socket. Nothing may be announced afterwards.</summary>
    public void Dispose()
    {
        if (_fd >= 0) _ = Native.Close(_fd);
    }

    private int Opened()
    {
        lock (_opening) return _fd >= 0 ? _fd : _fd = NetworkNamespace.OpenSocket(Native.AfPacket, Native.SockRaw, 0);
    }
}
