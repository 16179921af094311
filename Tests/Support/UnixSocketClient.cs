using System.Net.Sockets;

namespace NetworkCluster.Tests.Support;

/// <summary>HTTP over a unix socket, each connection a new one to it.</summary>
internal static class UnixSocketClient
{
    public static HttpClient To(string path) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancel) => await ConnectAsync(path, cancel),
    })
    { BaseAddress = new("http://docker") };

    /// <summary>A connection for what no client would send.</summary>
    public static async Task<NetworkStream> ConnectAsync(string path, CancellationToken cancel = default)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
