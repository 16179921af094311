using NetworkCluster.Agents;

namespace NetworkCluster.Linux.Netlink;

/// <summary>Gets one message of a dump or answer: its type and what follows its header.</summary>
internal delegate void NetlinkHandler(ushort type, ReadOnlySpan<byte> payload);

/// <summary>
/// One netlink socket, for one thread at a time. Blocking: the kernel answers before send returns, so there is nothing to wait for but rtnl itself.
/// After an exception other than <see cref="NetlinkException"/> it must be disposed: answers may be left in it.
/// </summary>
internal sealed class NetlinkSocket : IDisposable
{
    public const int Route = 0;
    public const int Netfilter = 12;

    private const int SolNetlink = 270;
    private const int CapAck = 10;
    private const int ExtAck = 11;
    private const int StrictCheck = 12;
    private const ushort Error = 2;
    private const ushort Done = 3;
    private const ushort DumpInterrupted = 0x10;
    private const ushort AckTlvs = 0x200;
    private const int DumpTries = 10;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _fd;
    private uint _sequence;

    private NetlinkSocket(int fd)
    {
        _fd = fd;
        foreach (var option in (ReadOnlySpan<int>)[CapAck, ExtAck, StrictCheck]) _ = Native.SetSocketOption(fd, SolNetlink, option, 1, sizeof(int));
    }

    /// <summary>A socket in a namespace.</summary>
    /// <param name="protocol"><see cref="Route"/> or <see cref="Netfilter"/>.</param>
    /// <param name="netnsPath">The namespace; none is the process's own.</param>
    /// <exception cref="DataplaneException">There is no such namespace.</exception>
    public static NetlinkSocket Open(int protocol, string? netnsPath) => new(netnsPath is null
        ? NetworkNamespace.OpenSocket(Native.AfNetlink, Native.SockRaw, protocol)
        : NetworkNamespace.OpenSocket(netnsPath, Native.AfNetlink, Native.SockRaw, protocol));

    /// <summary>
    /// Sends messages and takes the answers to those that ask for an ack. Returns an exception for every one refused, in order; the caller knows which of
    /// them matter. rtnetlink goes on after a refused message; an nfnetlink batch does nothing at all.
    /// </summary>
    public IReadOnlyList<NetlinkException> Execute(NetlinkWriter messages)
    {
        var first = Send(messages, out var acks);
        List<NetlinkException>? refused = null;
        for (var seen = 0; seen < acks;)
        {
            foreach (var (type, flags, sequence, payload) in Receive())
            {
                if (type != Error || sequence - first >= (uint)messages.Count) continue;
                var index = (int)(sequence - first);
                var asked = (Flags(messages, index) & NetlinkWriter.Ack) != 0;
                if (asked) seen++;
                if (Refusal(index, flags, payload.Span) is not { } refusal) continue;
                (refused ??= []).Add(refusal);
                // A batch whose frame is refused answers nothing else.
                if (!asked) return refused;
            }
        }

        return refused ?? (IReadOnlyList<NetlinkException>)[];
    }

    /// <summary>Asks one question that has one answer.</summary>
    /// <exception cref="NetlinkException">The kernel refuses, for example because there is no such link.</exception>
    public void Ask(NetlinkWriter question, NetlinkHandler handler)
    {
        var first = Send(question, out _);
        while (true)
        {
            foreach (var (type, flags, sequence, payload) in Receive())
            {
                if (sequence != first) continue;
                if (type == Error) throw Refusal(0, flags, payload.Span) ?? new NetlinkException(0, 0, "an ack instead of an answer");
                handler(type, payload.Span);
                return;
            }
        }
    }

    /// <summary>Asks for everything of a kind. When the kernel's list changed meanwhile it begins again, after <paramref name="restart"/>.</summary>
    /// <exception cref="NetlinkException">The kernel refuses, or the list never stays the same.</exception>
    public void Dump(NetlinkWriter question, Action restart, NetlinkHandler handler)
    {
        for (var attempt = 0; attempt < DumpTries; attempt++)
        {
            restart();
            if (TryDump(Send(question, out _), handler)) return;
        }

        throw new NetlinkException(0, Native.Ebusy, "the list kept changing while it was read");
    }

    private bool TryDump(uint expected, NetlinkHandler handler)
    {
        var consistent = true;
        while (true)
        {
            foreach (var (type, flags, sequence, payload) in Receive())
            {
                if (sequence != expected) continue;
                consistent &= (flags & DumpInterrupted) == 0;
                switch (type)
                {
                    case Done:
                        return payload.Length >= 4 && BitConverter.ToInt32(payload.Span) is var errno and < 0 ? throw new NetlinkException(0, -errno, null) : consistent;
                    case Error:
                        throw Refusal(0, flags, payload.Span) ?? new NetlinkException(0, 0, "an ack instead of a list");
                    default:
                        handler(type, payload.Span);
                        break;
                }
            }
        }
    }

    private uint Send(NetlinkWriter messages, out int acks)
    {
        messages.Close();
        var first = _sequence + 1;
        acks = 0;
        var bytes = messages.Written;
        for (var at = 0; at < bytes.Length; at += BitConverter.ToInt32(bytes[at..]))
        {
            BitConverter.TryWriteBytes(bytes[(at + 8)..], ++_sequence);
            if ((BitConverter.ToUInt16(bytes[(at + 6)..]) & NetlinkWriter.Ack) != 0) acks++;
        }

        nint sent;
        do sent = Native.Send(_fd, bytes, bytes.Length, 0);
        while (sent < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Native.Eintr);
        return sent == bytes.Length ? first : throw Native.Failure("netlink send");
    }

    private List<(ushort Type, ushort Flags, uint Sequence, ReadOnlyMemory<byte> Payload)> Receive()
    {
        nint received;
        do received = Native.Receive(_fd, _buffer, _buffer.Length, 0);
        while (received < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Native.Eintr);
        if (received < 0) throw Native.Failure("netlink receive");
        var messages = new List<(ushort, ushort, uint, ReadOnlyMemory<byte>)>();
        for (var at = 0; at + 16 <= received;)
        {
            var header = _buffer.AsSpan(at);
            var length = BitConverter.ToInt32(header);
            if (length < 16 || at + length > received) throw new DataplaneException("netlink receive", "a message was cut off");
            messages.Add((BitConverter.ToUInt16(header[4..]), BitConverter.ToUInt16(header[6..]), BitConverter.ToUInt32(header[8..]), _buffer.AsMemory(at + 16, length - 16)));
            at += (length + 3) & ~3;
        }

        return messages;
    }

    private static ushort Flags(NetlinkWriter messages, int index)
    {
        var bytes = messages.Written;
        var at = 0;
        for (; index > 0; index--) at += BitConverter.ToInt32(bytes[at..]);
        return BitConverter.ToUInt16(bytes[(at + 6)..]);
    }

    private static NetlinkException? Refusal(int index, ushort flags, ReadOnlySpan<byte> payload)
    {
        var errno = -BitConverter.ToInt32(payload);
        if (errno == 0) return null;
        string? text = null;
        var attributes = new NetlinkAttributes((flags & AckTlvs) != 0 ? payload[20..] : []);
        while (attributes.Next())
        {
            if (attributes.Type == 1) text = attributes.Text;
        }

        return new NetlinkException(index, errno, text);
    }

    /// <summary>Closes the socket; a namespace that only it held ends.</summary>
    public void Dispose()
    {
        var fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0) _ = Native.Close(fd);
    }
}
