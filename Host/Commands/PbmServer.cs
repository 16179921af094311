using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NetworkCluster.Access;
using NetworkCluster.Serialization;

namespace NetworkCluster.Commands;

/// <summary>The socket that <c>pbm</c> talks to, with its limits.</summary>
internal static class PbmServer
{
    /// <summary>The port when none is configured, the same as Petabridge.Cmd's.</summary>
    public const int DefaultPort = 9110;

    /// <summary>Longest request body or first WebSocket message, in bytes: a command line of Linux fits.</summary>
    public const int BodyLimitBytes = 256 * 1024;

    /// <summary>Connections at once on one listener, of those that have said something; further ones wait until one ends.</summary>
    public const int ConnectionLimit = 256;

    /// <summary>How long a connection may say nothing before its first request.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(10);

    /// <summary>How long it may say nothing between two requests: clients that keep connections must let go of them earlier.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Listens for HTTP/1.1. Without TLS there is no authentication: bind loopback (the default of the host), or a network on which everybody may command the cluster.
    /// </summary>
    public static void ListenPbm(this KestrelServerOptions kestrel, IPEndPoint address, (TlsIdentity Own, AccessRules Rules)? tls = null)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestHeaderCount = 32;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.RequestHeadersTimeout = SilenceLimit;
        kestrel.Limits.KeepAliveTimeout = IdleLimit;
        kestrel.Listen(address, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (tls is { } both) listen.UseTls(both.Own, both.Rules, "pbm's port");
            else listen.UseLimit();
        });
    }

    /// <summary>Bounds a listener's connections, see <see cref="ConnectionLimit"/> and <see cref="SilenceLimit"/>.</summary>
    public static void UseLimit(this ListenOptions listen)
    {
        var free = new SemaphoreSlim(ConnectionLimit, ConnectionLimit);
        listen.Use(next => connection => LimitedAsync(free, next, connection));
    }

    private static async Task LimitedAsync(SemaphoreSlim free, ConnectionDelegate next, ConnectionContext connection)
    {
        try
        {
            // Those that only hold the line do not keep out those that speak.
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
            silence.CancelAfter(SilenceLimit);
            var first = await connection.Transport.Input.ReadAsync(silence.Token);
            connection.Transport.Input.AdvanceTo(first.Buffer.Start);
            if (first.IsCompleted && first.Buffer.IsEmpty) return;
            await free.WaitAsync(connection.ConnectionClosed);
        }
        catch (Exception left) when (left is OperationCanceledException or ConnectionResetException)
        {
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            free.Release();
        }
    }
}
