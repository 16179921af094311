using System.Net.Sockets;
using NetworkCluster.Dns;
using Xunit;
using static NetworkCluster.Tests.Core.Dns.Given;
using static NetworkCluster.Tests.Core.Dns.Packets;
using static NetworkCluster.Tests.Host.Dns.DnsFixture;

namespace NetworkCluster.Tests.Host.Dns;

public sealed class EmbeddedDnsTests
{
    [Fact]
    public async Task A_flood_of_queries_is_answered_each_under_its_own_id()
    {
        await using var fixture = new DnsFixture();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(fixture.Dns.EndPoints(C1).Udp);
        for (ushort id = 0; id < 100; id++) await socket.SendAsync(Query($"c{id + 1}", id: id));
        for (var id = 0; id < 100; id++)
        {
            var answer = await ReceiveAsync(socket);
            answer.Is($"10.0.0.{answer.Bytes[1] + 1}");
        }

        Assert.Equal(100, fixture.Dns.Counters[DnsOutcome.Answered]);
    }

    [Fact]
    public async Task Every_sandbox_gets_the_answers_that_are_its_own()
    {
        await using var fixture = new DnsFixture();
        fixture.Dns.Open(C2, "two");
        fixture.Names.Join(C2, NetworkId(1), Spec(1, 2, "c2", "c9:mine"));
        (await fixture.AskAsync(Query("mine"), C2)).Is("10.0.0.9");
        Assert.Equal(3, (await fixture.AskAsync(Query("mine"), C1)).Code);
    }

    [Fact]
    public async Task Opening_again_changes_nothing_and_a_closed_sandbox_can_be_opened_again()
    {
        await using var fixture = new DnsFixture();
        var first = fixture.Dns.EndPoints(C1);
        fixture.Dns.Open(C1, "one");
        Assert.Equal(first, fixture.Dns.EndPoints(C1));
        fixture.Dns.Close(C1);
        fixture.Dns.Close(C1);
        fixture.Dns.Open(C1, "one");
        (await fixture.AskAsync(Query("c7"))).Is("10.0.0.7");
        fixture.Dns.Open(C1, "elsewhere");
        (await fixture.AskAsync(Query("c7"))).Is("10.0.0.7");
    }

    [Fact]
    public async Task Closing_while_queries_pour_in_harms_no_other_sandbox()
    {
        await using var fixture = new DnsFixture();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (var round = 0; round < 100; round++)
        {
            fixture.Dns.Open(C2, "two");
            var server = fixture.Dns.EndPoints(C2).Udp;
            for (var i = 0; i < 20; i++) await socket.SendToAsync(Query("c7"), server);
            fixture.Dns.Close(C2);
        }

        (await fixture.AskAsync(Query("c7"))).Is("10.0.0.7");
    }

    [Fact]
    public async Task A_datagram_longer_than_any_query_is_dropped()
    {
        await using var fixture = new DnsFixture();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(fixture.Dns.EndPoints(C1).Udp);
        await socket.SendAsync((byte[])[.. Query("c7"), .. new byte[5000]]);
        await socket.SendAsync(Query("c8"));
        (await ReceiveAsync(socket)).Is("10.0.0.8");
        Assert.Equal(1, fixture.Dns.Counters[DnsOutcome.Dropped]);
    }

    [Fact]
    public async Task What_is_cut_over_UDP_is_whole_over_TCP_with_several_queries_on_one_connection()
    {
        await using var fixture = new DnsFixture();
        Assert.True((await fixture.AskAsync(Query("all"))).Truncated);
        await using var stream = await fixture.ConnectAsync();
        await stream.WriteAsync(Framed(Query("all"), Query("c7", id: 7)));
        Assert.Equal(200, (await ReadAsync(stream)).Records.Count);
        (await ReadAsync(stream)).Is("10.0.0.7");
        await stream.WriteAsync(Framed(Query("c8")));
        (await ReadAsync(stream)).Is("10.0.0.8");
    }

    [Fact]
    public async Task A_TCP_query_may_come_byte_by_byte()
    {
        await using var fixture = new DnsFixture();
        await using var stream = await fixture.ConnectAsync();
        foreach (var b in Framed(Query("c7"))) await stream.WriteAsync(new[] { b });
        (await ReadAsync(stream)).Is("10.0.0.7");
    }

    [Fact]
    public async Task A_TCP_client_that_sends_nothing_in_time_is_cut_off()
    {
        await using var fixture = new DnsFixture(options => options with { ConnectionTimeout = TimeSpan.FromMilliseconds(200) });
        await using var stream = await fixture.ConnectAsync();
        await stream.WriteAsync(new byte[] { 0 });
        Assert.Equal(0, await EndAsync(stream));
    }

    [Fact]
    public async Task TCP_connections_beyond_the_limit_are_closed_and_places_become_free_again()
    {
        await using var fixture = new DnsFixture(options => options with { MaxConnectionsPerSandbox = 2 });
        await using var first = await fixture.ConnectAsync();
        await using var second = await fixture.ConnectAsync();
        foreach (var stream in new[] { first, second })
        {
            await stream.WriteAsync(Framed(Query("c7")));
            await ReadAsync(stream);
        }

        await using (var third = await fixture.ConnectAsync()) Assert.Equal(0, await EndAsync(third));
        Assert.Equal(1, fixture.Dns.Counters.ConnectionsRefused);

        // A response instead of a query ends the connection, and the server has given its place back before the client sees the end of the next one.
        await first.WriteAsync(Framed(Query("c7", flags: 0x8100)));
        Assert.Equal(0, await EndAsync(first));
        await AssertPlaceAsync(fixture);
    }

    [Fact]
    public async Task Slow_TCP_clients_do_not_delay_UDP()
    {
        await using var fixture = new DnsFixture();
        List<NetworkStream> slow = [];
        for (var i = 0; i < 32; i++)
        {
            slow.Add(await fixture.ConnectAsync());
            await slow[i].WriteAsync(new byte[] { 0 });
        }

        (await fixture.AskAsync(Query("c7"))).Is("10.0.0.7");
        foreach (var stream in slow) await stream.DisposeAsync();
    }

    [Fact]
    public async Task Stopping_closes_every_socket_and_connection()
    {
        var fixture = new DnsFixture();
        var (udp, tcp) = fixture.Dns.EndPoints(C1);
        await using var stream = await fixture.ConnectAsync();
        await fixture.DisposeAsync();
        await fixture.DisposeAsync();
        Assert.Equal(0, await EndAsync(stream));
        using var rebound = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        rebound.Bind(udp);
        using var refused = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(async () => await refused.ConnectAsync(tcp));
        Assert.Throws<ObjectDisposedException>(() => fixture.Dns.Open(C1, "one"));
    }

    [Fact]
    public void Servers_above_are_the_first_three_of_resolv_conf() =>
        Assert.Equal(
            "127.0.0.53:53 [fe80::1%2]:53 10.0.0.2:53",
            string.Join(' ', UpstreamServers.Parse("# nameserver 9.9.9.9\nsearch example.com\nnameserver 127.0.0.53\n nameserver\tfe80::1%2 # comment\nnameserver nonsense\nnameserver\noptions ndots:2\nnameserver 10.0.0.2\r\nnameserver 10.0.0.3\n")));

    private static async Task AssertPlaceAsync(DnsFixture fixture)
    {
        for (var attempt = 0; ; attempt++)
        {
            await using var stream = await fixture.ConnectAsync();
            await stream.WriteAsync(Framed(Query("c7")));
            try
            {
                (await ReadAsync(stream)).Is("10.0.0.7");
                return;
            }
            catch (IOException) when (attempt < 100)
            {
                // The place is given back right after the connection is closed: it may take a moment more.
                await Task.Delay(10);
            }
        }
    }

    // 0: the other side closed or reset the connection.
    private static async Task<int> EndAsync(NetworkStream stream)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            return await stream.ReadAsync(new byte[1], deadline.Token);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
