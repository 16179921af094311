using System.Runtime.InteropServices;
using NetworkCluster.Agents;

namespace NetworkCluster.Linux.Netlink;

/// <summary>Gets a piece of news: its type, the port of the socket whose owner brought it about, and what follows its header.</summary>
internal delegate void NetlinkNews(ushort type, uint port, ReadOnlySpan<byte> payload);

/// <summary>Hears what changes in a namespace. Messages wait in the kernel until they are taken; where they are too many, that some are lost is told.</summary>
internal sealed class NetlinkListener : IDisposable
{
    /// <summary>rtnetlink's groups, those up to 32.</summary>
    public const int Links = 1, Addresses = 5, Routes = 7, Addresses6 = 9, Routes6 = 11, Settings = 24;

    /// <summary>nfnetlink's group.</summary>
    public const int Tables = 7;

    private const int SolSocket = 1, ReceiveBufferForce = 33;
    private const int DontWait = 0x40;
    // Some thousand changes.
    private const int QueueBytes = 4 << 20;

    private readonly int _fd;
    private readonly byte[] _buffer = new byte[32 * 1024];

    private NetlinkListener(int fd) => _fd = fd;

    /// <summary>Readable when something waits.</summary>
    public int Fd => _fd;

    /// <summary>Listens from now on.</summary>
    /// <param name="protocol"><see cref="NetlinkSocket.Route"/> or <see cref="NetlinkSocket.Netfilter"/>.</param>
    /// <param name="netnsPath">The namespace; none is the process's own.</param>
    /// <param name="groups">What to.</param>
    /// <exception cref="DataplaneException">The kernel refuses.</exception>
    public static NetlinkListener Open(int protocol, string? netnsPath, params ReadOnlySpan<int> groups)
    {
        var listener = new NetlinkListener(netnsPath is null
            ? NetworkNamespace.OpenSocket(Native.AfNetlink, Native.SockRaw, protocol)
            : NetworkNamespace.OpenSocket(netnsPath, Native.AfNetlink, Native.SockRaw, protocol));
        // Refused without CAP_NET_ADMIN where it counts: then the kernel's own size has to do.
        _ = Native.SetSocketOption(listener._fd, SolSocket, ReceiveBufferForce, QueueBytes, sizeof(int));
        // struct sockaddr_nl: family, padding, port, groups. A socket without a port would not hear what the kernel does of itself.
        var mask = 0u;
        foreach (var group in groups) mask |= 1u << (group - 1);
        Span<byte> address = stackalloc byte[12];
        address.Clear();
        BitConverter.TryWriteBytes(address, (ushort)Native.AfNetlink);
        BitConverter.TryWriteBytes(address[8..], mask);
        if (Native.Bind(listener._fd, address, address.Length) == 0) return listener;
        var failure = Native.Failure("netlink bind");
        listener.Dispose();
        throw failure;
    }

    /// <summary>Takes what waits, without waiting. False where messages have been lost since the last time.</summary>
    public bool Take(NetlinkNews handler)
    {
        var whole = true;
        while (true)
        {
            var received = Native.Receive(_fd, _buffer, _buffer.Length, DontWait);
            if (received <= 0)
            {
                switch (Marshal.GetLastPInvokeError())
                {
                    case Native.Eintr: continue;
                    case Native.Enobufs:
                        whole = false;
                        continue;
                    default: return whole;
                }
            }

            for (var at = 0; at + 16 <= received;)
            {
                var length = BitConverter.ToInt32(_buffer.AsSpan(at));
                if (length < 16 || at + length > received) break;
                handler(BitConverter.ToUInt16(_buffer.AsSpan(at + 4)), BitConverter.ToUInt32(_buffer.AsSpan(at + 12)), _buffer.AsSpan(at + 16, length - 16));
                at += (length + 3) & ~3;
            }
        }
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => _ = Native.Close(_fd);
}
