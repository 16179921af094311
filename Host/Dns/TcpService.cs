using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace NetworkCluster.Dns;

/// <summary>
/// DNS over TCP (RFC 7766): any number of queries per connection, answered in order. Limits keep slow and greedy clients from
/// harming others: connections per sandbox and in all, one deadline per whole query and per whole reply, queries of at most 4 KiB.
/// </summary>
internal sealed class TcpService(EmbeddedDnsOptions options, DnsResponder responder, UpstreamForwarder forwarder, DnsCounters counters, TimeProvider time, ILogger logger)
{
    private const int LengthPrefix = 2;
    private const int MaxQueryBytes = 4096;
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);
    private int _connections;

    /// <summary>Accepts the sandbox's connections until it is closed.</summary>
    public async Task AcceptAsync(SandboxServer server)
    {
        while (!server.Closed.IsCancellationRequested)
        {
            try
            {
                var socket = await server.Tcp.AcceptAsync(server.Closed);
                if (TryEnter(server)) _ = ServeAsync(server, socket);
                else Refuse(socket);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException error)
            {
                // Most likely out of file descriptors: accepting at once again would only spin.
                logger.LogWarning("Cannot accept a DNS connection of container {Container}: {Error}", server.Container.Short, error.Message);
                await Task.Delay(AcceptPause, time, server.Closed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private bool TryEnter(SandboxServer server)
    {
        if (Interlocked.Increment(ref server.Connections) <= options.MaxConnectionsPerSandbox)
        {
            if (Interlocked.Increment(ref _connections) <= options.MaxConnections) return true;
            Interlocked.Decrement(ref _connections);
        }

        Interlocked.Decrement(ref server.Connections);
        return false;
    }

    private void Refuse(Socket socket)
    {
        counters.CountConnectionRefused();
        socket.Dispose();
    }

    private async Task ServeAsync(SandboxServer server, Socket socket)
    {
        var query = ArrayPool<byte>.Shared.Rent(LengthPrefix + MaxQueryBytes);
        try
        {
            socket.NoDelay = true;
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            while (await ReadAsync(server, stream, query) is var length && length > 0)
                await AnswerAsync(server, stream, query.AsMemory(0, length));
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or IOException or SocketException)
        {
            // Idle too long, gone, or we are closing: all of these just end the connection.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(query);
            Interlocked.Decrement(ref _connections);
            Interlocked.Decrement(ref server.Connections);
        }
    }

    // Bytes of the next query at the beginning of the buffer; 0 where there is none or it is too long.
    private async ValueTask<int> ReadAsync(SandboxServer server, NetworkStream stream, byte[] buffer)
    {
        using var deadline = new CancellationTokenSource(options.ConnectionTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, server.Closed);
        await stream.ReadExactlyAsync(buffer.AsMemory(0, LengthPrefix), either.Token);
        int length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
        if (length > MaxQueryBytes) return 0;
        await stream.ReadExactlyAsync(buffer.AsMemory(0, length), either.Token);
        return length;
    }

    private async ValueTask AnswerAsync(SandboxServer server, NetworkStream stream, ReadOnlyMemory<byte> query)
    {
        // Rented for the moment of the answer only, so that idle connections hold no 64 KiB.
        var framed = ArrayPool<byte>.Shared.Rent(LengthPrefix + DnsResponder.MaxTcpBytes);
        try
        {
            var reply = framed.AsMemory(LengthPrefix, DnsResponder.MaxTcpBytes);
            var result = responder.Answer(server.Container, query.Span, DnsTransport.Tcp, reply.Span, server.Above.AreInside);
            counters.Count(result.Outcome);
            var length = result.Outcome == DnsOutcome.Forward ? await ForwardAsync(server, new(query.Span, result), reply) : result.Length;
            if (length == 0) throw new IOException("not a query: the stream cannot be trusted any more");
            BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)length);
            using var deadline = new CancellationTokenSource(options.ConnectionTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, server.Closed);
            await stream.WriteAsync(framed.AsMemory(0, LengthPrefix + length), either.Token);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(framed);
        }
    }

    private async ValueTask<int> ForwardAsync(SandboxServer server, ForwardedQuery query, Memory<byte> reply)
    {
        if (!server.TryEnterForward()) return query.Fail(reply.Span);
        try
        {
            return await forwarder.AskAsync(server.Above, query, DnsTransport.Tcp, reply, server.Closed);
        }
        finally
        {
            server.ExitForward();
        }
    }
}
