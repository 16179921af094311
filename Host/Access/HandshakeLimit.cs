using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace NetworkCluster.Access;

/// <summary>
/// Connections of one client that have not finished their TLS handshake: who opens many and goes no further takes the places of those that would. A client is an IPv4 address, or the /64 of an IPv6
/// address, which one machine may have for itself.
/// </summary>
internal sealed class HandshakeLimit
{
    /// <summary>So many of a client at once; a further one is closed before it has said anything.</summary>
    public const int PerClient = 32;

    private const int SubnetBytes = 8;

    private readonly Lock _lock = new();
    // Only of clients that have some.
    private readonly Dictionary<IPAddress, int> _unfinished = [];

    /// <summary>Counts one more.</summary>
    /// <returns>What counts it no more once it is disposed, however often; none: it is one too many.</returns>
    public IDisposable? TryBegin(IPAddress address)
    {
        var client = ClientOf(address);
        lock (_lock)
        {
            var count = _unfinished.GetValueOrDefault(client);
            if (count >= PerClient) return null;
            _unfinished[client] = count + 1;
        }

        return new Counted(this, client);
    }

    /// <summary>Comes before all else at an edge.</summary>
    public void BeginAt(ListenOptions listen) => listen.Use(next => async connection =>
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: var address })
        {
            await next(connection);
            return;
        }

        using var counted = TryBegin(address);
        if (counted is null) return;
        connection.Features.Set(new Handshake(counted));
        await next(connection);
    });

    /// <summary>Comes behind the handshake.</summary>
    public static void End(ConnectionContext connection) => connection.Features.Get<Handshake>()?.Counted.Dispose();

    private static IPAddress ClientOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(SubnetBytes).Clear();
        return new(bytes);
    }

    private sealed record Handshake(IDisposable Counted);

    private sealed class Counted(HandshakeLimit limit, IPAddress client) : IDisposable
    {
        private bool _over;

        public void Dispose()
        {
            lock (limit._lock)
            {
                if (_over) return;
                _over = true;
                if (--limit._unfinished[client] == 0) limit._unfinished.Remove(client);
            }
        }
    }
}
