using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace NetworkCluster.Dns;

/// <summary>
/// Asks the servers above. Each attempt has its own connected socket and random id: the kernel picks a random port and drops packets
/// of any other source, so a forger must guess both; and a refused port is known at once instead of after the timeout.
/// <para>Servers are asked in turn, beginning with the one that answered last, so that a dead first server costs one timeout, not one per query.</para>
/// </summary>
internal sealed class UpstreamForwarder(EmbeddedDnsOptions options, DnsCounters counters, TimeProvider time, ILogger logger)
{
    /// <summary>Room for a reply over UDP: more than we ask for, so that a server that sends too much is cut properly and not by the kernel.</summary>
    public const int UdpReplyBytes = 4096;

    private const int LengthPrefix = 2;
    private int _pending;

    /// <summary>The host's own servers.</summary>
    public UpstreamChoice Default { get; } = Of(new UpstreamServers(options, time, logger));

    private static UpstreamChoice Of(UpstreamServers servers) => new(() => servers.Current);

    /// <summary>Whether one more query may go up; then <see cref="Exit"/> is due.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _pending) <= options.MaxPending) return true;
        Exit();
        return false;
    }

    /// <summary>Gives a place back.</summary>
    public void Exit() => Interlocked.Decrement(ref _pending);

    /// <summary>Asks until a server answers or the attempts are used up. The reply stands in <paramref name="buffer"/> under the client's id; SERVFAIL if there is none.</summary>
    /// <param name="above">Whom.</param>
    /// <param name="query">The client's query.</param>
    /// <param name="transport">How the client came: over TCP it gets the whole answer.</param>
    /// <param name="buffer">Room for the reply: <see cref="UdpReplyBytes"/> or <see cref="DnsResponder.MaxTcpBytes"/>.</param>
    /// <param name="stop">Ends the process's DNS or this sandbox.</param>
    /// <returns>Bytes of the reply.</returns>
    public async ValueTask<int> AskAsync(UpstreamChoice above, ForwardedQuery query, DnsTransport transport, Memory<byte> buffer, CancellationToken stop)
    {
        var servers = above.Servers;
        var first = Volatile.Read(ref above.Preferred);
        var refusal = 0;
        for (var attempt = 0; attempt < options.UpstreamAttempts && !servers.IsEmpty; attempt++)
        {
            // Silence may be a lost packet and is worth another try; a server that says no will say so again.
            if (refusal > 0 && attempt >= servers.Length) break;
            var at = (first + attempt) % servers.Length;
            var length = await TryAskAsync(above, servers[at], query, transport, buffer, stop);
            if (length > 0 && !ForwardedQuery.IsFailure(buffer.Span))
            {
                Volatile.Write(ref above.Preferred, at);
                return query.Return(buffer.Span[..length]);
            }

            refusal = length;
        }

        if (refusal > 0) return query.Return(buffer.Span[..refusal]);
        counters.CountUpstreamFailed();
        return query.Fail(buffer.Span);
    }

    // 0: no answer in time, or none at all.
    private async ValueTask<int> TryAskAsync(UpstreamChoice above, IPEndPoint server, ForwardedQuery query, DnsTransport transport, Memory<byte> buffer, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(options.UpstreamTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        try
        {
            var packet = query.Under((ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1));
            var length = await AskUdpAsync(above, server, query, packet, buffer, either.Token);
            // A UDP client gets the truncated reply and comes back over TCP by itself.
            if (transport == DnsTransport.Udp || !ForwardedQuery.IsTruncated(buffer.Span)) return length;
            return await AskTcpAsync(above, server, query, packet, buffer, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            logger.LogDebug("{Server} did not answer within {Timeout}.", server, options.UpstreamTimeout);
            return 0;
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            logger.LogDebug("{Server} cannot be asked: {Error}", server, error.Message);
            return 0;
        }
    }

    private async ValueTask<int> AskUdpAsync(UpstreamChoice above, IPEndPoint server, ForwardedQuery query, ReadOnlyMemory<byte> packet, Memory<byte> buffer, CancellationToken stop)
    {
        using var socket = above.Open(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, stop);
        await socket.SendAsync(packet, stop);
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, stop);
            if (query.IsAnsweredBy(buffer.Span[..length])) return length;
            counters.CountUpstreamRejected();
        }
    }

    private async ValueTask<int> AskTcpAsync(UpstreamChoice above, IPEndPoint server, ForwardedQuery query, ReadOnlyMemory<byte> packet, Memory<byte> buffer, CancellationToken stop)
    {
        using var socket = above.Open(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, stop);
        await using var stream = new NetworkStream(socket);
        var framed = new byte[LengthPrefix + packet.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)packet.Length);
        packet.CopyTo(framed.AsMemory(LengthPrefix));
        await stream.WriteAsync(framed, stop);
        await stream.ReadExactlyAsync(framed.AsMemory(0, LengthPrefix), stop);
        int length = BinaryPrimitives.ReadUInt16BigEndian(framed);
        await stream.ReadExactlyAsync(buffer[..length], stop);
        if (query.IsAnsweredBy(buffer.Span[..length])) return length;
        counters.CountUpstreamRejected();
        return 0;
    }
}
