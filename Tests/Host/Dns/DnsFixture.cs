using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NetworkCluster.Containers;
using NetworkCluster.Dns;
using NetworkCluster.Tests.Core.Dns;
using static NetworkCluster.Tests.Core.Dns.Given;

namespace NetworkCluster.Tests.Host.Dns;

/// <summary>The real server on ports that the kernel picks, with sockets of this process's own namespace in place of a sandbox's.</summary>
internal sealed class DnsFixture : IAsyncDisposable
{
    public static readonly ContainerId C1 = Container(1), C2 = Container(2);

    public DnsFixture(Func<EmbeddedDnsOptions, EmbeddedDnsOptions>? options = null)
    {
        var listen = new EmbeddedDnsOptions { Asked = new(IPAddress.Loopback, 53), ListenPort = 0, ResolvConfPath = "/nonexistent/resolv.conf" };
        Dns = new(Names, new OwnSockets(), options?.Invoke(listen) ?? listen, TimeProvider.System, NullLogger.Instance);
        Names.SetNetwork(Network(1, "net", "10.0.0.0/16", [.. Enumerable.Range(1, 200).Select(i => Endpoint(1, i, $"c{i}", $"10.0.0.{i}", null, "all"))]));
        Names.Join(C1, NetworkId(1), Spec(1, 1, "c1"));
        Names.Join(C2, NetworkId(1), Spec(1, 2, "c2"));
        Dns.Open(C1, "one");
    }

    public NameTable Names { get; } = new();

    public EmbeddedDns Dns { get; }

    public async Task<Answer> AskAsync(byte[] query, ContainerId? asker = null)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(Dns.EndPoints(asker ?? C1).Udp);
        await socket.SendAsync(query);
        return await ReceiveAsync(socket);
    }

    public static async Task<Answer> ReceiveAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var buffer = new byte[4096];
        var length = await socket.ReceiveAsync(buffer, deadline.Token);
        return Packets.Read(DnsOutcome.Answered, buffer[..length]);
    }

    public async Task<NetworkStream> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        await socket.ConnectAsync(Dns.EndPoints(C1).Tcp);
        return new(socket, ownsSocket: true);
    }

    public static byte[] Framed(params byte[][] queries) => [.. queries.SelectMany(query => (byte[])[(byte)(query.Length >> 8), (byte)query.Length, .. query])];

    public static async Task<Answer> ReadAsync(NetworkStream stream)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var length = new byte[2];
        await stream.ReadExactlyAsync(length, deadline.Token);
        var reply = new byte[(length[0] << 8) | length[1]];
        await stream.ReadExactlyAsync(reply, deadline.Token);
        return Packets.Read(DnsOutcome.Answered, reply);
    }

    public ValueTask DisposeAsync() => Dns.DisposeAsync();

    private sealed class OwnSockets : ISandboxSockets
    {
        public Socket Open(string netnsPath, AddressFamily family, SocketType type, ProtocolType protocol) => new(family, type, protocol);

        // Who asks the fixture knows the ports.
        public void Rewrite(string netnsPath, IPEndPoint asked, int udp, int tcp)
        {
        }
    }
}
