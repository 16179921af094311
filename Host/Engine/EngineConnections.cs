using System.Net.Sockets;

namespace NetworkCluster.Engine;

/// <summary>How HTTP gets to an engine: by its unix socket, whatever proxies the process's environment names.</summary>
internal static class EngineConnections
{
    /// <summary>Connections to one engine.</summary>
    /// <param name="socket">Where it listens.</param>
    public static SocketsHttpHandler To(string socket) => new()
    {
        UseProxy = false,
        ConnectCallback = async (_, cancel) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancel);
                return new NetworkStream(connection, ownsSocket: true);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        },
    };
}
