using System.Runtime.InteropServices;
using NetworkCluster.Agents;

namespace NetworkCluster.Linux.Netlink;

/// <summary>Hears what changes in a namespace. Messages wait in the kernel until they are taken; where they are too many, that some are lost is told.</summary>
internal sealed class NetlinkListener : IDisposable
{
    /// <summary>rtnetlink's groups, those up to 32.</summary>
    public const int Links = 1, Routes = 7, Routes6 = 11;

    private const int SolSocket = 1, ReceiveBufferForce = 33;
    private const int DontWait = 0x40;
    // Some thousand changes.
    private const int QueueBytes = 4 << 20;

    private readonly int _fd;
    private readonly byte[] _buffer = new byte[32 * 1024];

    private NetlinkListener(int fd) => _fd = fd;

    /// <summary>Listens from now on.</summary>
    /// <param name="netnsPath">The namespace; none is the process's own.</param>
    /// <param name="groups">What to.</param>
    /// <exception cref="DataplaneException">The kernel refuses.</exception>
    public static NetlinkListener Open(string? netnsPath, params ReadOnlySpan<int> groups)
    {
        var listener = new NetlinkListener(netnsPath is null
            ? NetworkNamespace.OpenSocket(Native.AfNetlink, Native.SockRaw, NetlinkSocket.Route)
            : NetworkNamespace.OpenSocket(netnsPath, Native.AfNetlink, Native.SockRaw, NetlinkSocket.Route));
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

    /// <summary>Blocks until something has changed since the last <see cref="Take"/>; false when nothing has in that time, or before <paramref name="interrupt"/> says so.</summary>
    /// <param name="atMost">How long; none is for ever.</param>
    /// <param name="interrupt">Another file to wait for.</param>
    public bool Await(TimeSpan? atMost, int interrupt = -1) =>
        Native.AwaitReadable(_fd, interrupt, atMost is { } time ? (int)Math.Ceiling(time.TotalMilliseconds) : -1) is (true, false);

    /// <summary>Takes what waits, without waiting. False where messages have been lost since the last time.</summary>
    public bool Take(NetlinkHandler handler)
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
                handler(BitConverter.ToUInt16(_buffer.AsSpan(at + 4)), _buffer.AsSpan(at + 16, length - 16));
                at += (length + 3) & ~3;
            }
        }
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => _ = Native.Close(_fd);
}
