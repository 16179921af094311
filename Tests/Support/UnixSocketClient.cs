using System.Net.Sockets;

namespace NetworkCluster.Tests.Support;

/// <summary>HTTP over a unix socket, each connection a new one to it.</summary>
internal static class UnixSocketClient
{
    public static HttpClient To(string path) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancel) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new("http://docker") };
}
