using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace NetworkCluster.Dns;

/// <summary>
/// Room for a batch of queries and their replies outside the managed heap, laid out once for recvmmsg and sendmmsg. One batch serves
/// all sandboxes in turn, so an idle sandbox has no buffer at all. For one thread.
/// </summary>
internal sealed unsafe class DatagramBatch : IDisposable
{
    /// <summary>Queries taken from one socket before the next socket's turn.</summary>
    public const int Capacity = 32;

    private const int QueryBytes = 4096;
    private const int AddressBytes = 32;
    private readonly byte* _memory;
    private readonly LinuxSockets.Message* _queries;
    private readonly LinuxSockets.Message* _replies;
    private uint _replyCount;

    public DatagramBatch()
    {
        const int Slot = QueryBytes + DnsResponder.MaxUdpBytes + AddressBytes + (2 * 16) + (2 * 64);
        _memory = (byte*)NativeMemory.AllocZeroed(Capacity, Slot);
        _queries = (LinuxSockets.Message*)_memory;
        _replies = _queries + Capacity;
        var vectors = (LinuxSockets.Vector*)(_replies + Capacity);
        var addresses = (byte*)(vectors + (2 * Capacity));
        var queryBytes = addresses + (AddressBytes * Capacity);
        var replyBytes = queryBytes + (QueryBytes * Capacity);
        for (var i = 0; i < Capacity; i++)
        {
            vectors[i] = new() { Base = queryBytes + (i * QueryBytes), Length = QueryBytes };
            vectors[Capacity + i] = new() { Base = replyBytes + (i * DnsResponder.MaxUdpBytes) };
            _queries[i] = new() { Name = addresses + (i * AddressBytes), Vectors = vectors + i, VectorCount = 1 };
            _replies[i] = new() { Vectors = vectors + Capacity + i, VectorCount = 1 };
        }
    }

    /// <summary>Takes what has arrived, without waiting.</summary>
    /// <returns>Number of queries; 0 where there are none or the socket has an error.</returns>
    public int Receive(SafeSocketHandle socket)
    {
        _replyCount = 0;
        for (var i = 0; i < Capacity; i++) _queries[i].NameLength = AddressBytes;
        var count = LinuxSockets.ReceiveMany((int)socket.DangerousGetHandle(), _queries, Capacity, LinuxSockets.DontWait, null);
        return Math.Max(count, 0);
    }

    /// <summary>The query; empty where it was longer than any query is.</summary>
    public ReadOnlySpan<byte> Query(int index) =>
        (_queries[index].Flags & LinuxSockets.Truncated) != 0 ? default : new(_queries[index].Vectors->Base, (int)_queries[index].Bytes);

    /// <summary>Who asked, as the kernel wrote it.</summary>
    public ReadOnlySpan<byte> Sender(int index) => new(_queries[index].Name, (int)_queries[index].NameLength);

    /// <summary>Where the next reply is to be written.</summary>
    public Span<byte> NextReply => new(_replies[_replyCount].Vectors->Base, DnsResponder.MaxUdpBytes);

    /// <summary>Keeps what was written to <see cref="NextReply"/> for the sender of the query.</summary>
    public void Reply(int index, int length)
    {
        ref var reply = ref _replies[_replyCount++];
        reply.Vectors->Length = (nuint)length;
        reply.Name = _queries[index].Name;
        reply.NameLength = _queries[index].NameLength;
    }

    /// <summary>Sends the replies kept. One that cannot be sent is left out, as any datagram may get lost: the client asks again.</summary>
    public void Send(SafeSocketHandle socket)
    {
        for (uint sent = 0; sent < _replyCount;)
        {
            var count = LinuxSockets.SendMany((int)socket.DangerousGetHandle(), _replies + sent, _replyCount - sent, LinuxSockets.DontWait | LinuxSockets.NoSignal);
            sent += (uint)Math.Max(count, 1);
        }
    }

    public void Dispose() => NativeMemory.Free(_memory);
}
