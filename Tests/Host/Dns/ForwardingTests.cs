using System.Net;
using System.Net.Sockets;
using NetworkCluster.Dns;
using Xunit;
using static NetworkCluster.Tests.Core.Dns.Packets;
using static NetworkCluster.Tests.Host.Dns.DnsFixture;

namespace NetworkCluster.Tests.Host.Dns;

public sealed class ForwardingTests
{
    private static readonly byte[] Asked = Query("www.example.com", id: 0x1234);

    private static FakeUpstream Answering(string address) => new((query, _) => [Reply(query, 0, address)]);

    private static FakeUpstream Refusing() => new((query, _) => [Reply(query, code: 5)]);

    private static FakeUpstream Silent() => new((_, _) => []);

    // No server in these tests is slow, so a busy machine must not turn an answer into a time-out.
    private static DnsFixture Fixture(params IPEndPoint[] upstreams) => Fixture(TimeSpan.FromSeconds(30), upstreams);

    private static DnsFixture Fixture(TimeSpan timeout, params IPEndPoint[] upstreams) =>
        new(options => options with { Upstreams = [.. upstreams], UpstreamTimeout = timeout });

    [Fact]
    public async Task Other_names_are_asked_above_under_random_ids_and_answered_under_the_clients()
    {
        await using var upstream = Answering("93.184.216.34");
        await using var fixture = Fixture(upstream.EndPoint);
        HashSet<(byte, byte)> ids = [];
        for (var i = 0; i < 8; i++)
        {
            var answer = await fixture.AskAsync(Asked);
            answer.Is("93.184.216.34");
            Assert.Equal([0x12, 0x34], answer.Bytes[..2]);
            var above = await upstream.Received.ReadAsync();
            Assert.Equal(Asked[2..], above[2..]);
            ids.Add((above[0], above[1]));
        }

        Assert.True(ids.Count > 6, "ids above must not be guessable");
        Assert.Equal(8, fixture.Dns.Counters[DnsOutcome.Forward]);
    }

    [Fact]
    public async Task Names_of_ours_never_reach_the_servers_above()
    {
        await using var upstream = Answering("6.6.6.6");
        await using var fixture = Fixture(upstream.EndPoint);
        (await fixture.AskAsync(Query("c7"))).Is("10.0.0.7");
        Assert.Equal(3, (await fixture.AskAsync(Query("nobody"))).Code);
        Assert.Equal(3, (await fixture.AskAsync(Query("9.9.0.10.in-addr.arpa", Ptr))).Code);
        Assert.False(upstream.Received.TryRead(out _));
    }

    [Fact]
    public async Task A_silent_a_refusing_and_a_dead_server_are_passed_over_and_the_good_one_is_asked_first_from_then_on()
    {
        await using var silent = Silent();
        await using var refusing = Refusing();
        await using var good = Answering("1.2.3.4");
        await using var fixture = Fixture(TimeSpan.FromMilliseconds(500), silent.EndPoint, refusing.EndPoint, good.EndPoint);
        (await fixture.AskAsync(Asked)).Is("1.2.3.4");
        (await fixture.AskAsync(Asked)).Is("1.2.3.4");
        Assert.True(silent.Received.TryRead(out _));
        Assert.False(silent.Received.TryRead(out _));

        await using var closed = Fixture(Closed(), good.EndPoint);
        (await closed.AskAsync(Asked)).Is("1.2.3.4");
    }

    [Fact]
    public async Task A_container_asks_its_own_servers_over_both_transports_and_only_those()
    {
        await using var hosts = Answering("1.1.1.1");
        await using var own = Answering("2.2.2.2");
        await using var fixture = Fixture(TimeSpan.FromSeconds(5), hosts.EndPoint);
        fixture.Dns.Close(DnsFixture.C1);
        fixture.Dns.Open(DnsFixture.C1, "one", [own.EndPoint]);
        (await fixture.AskAsync(Asked)).Is("2.2.2.2");
        await using var tcp = await fixture.ConnectAsync();
        await tcp.WriteAsync(DnsFixture.Framed(Asked));
        (await DnsFixture.ReadAsync(tcp)).Is("2.2.2.2");
        Assert.Equal(0, hosts.Received.Count);
        (await fixture.AskAsync(Query("c7"))).Is("10.0.0.7");
    }

    [Fact]
    public async Task A_lost_packet_is_sent_again_to_the_only_server()
    {
        var first = true;
        await using var upstream = new FakeUpstream((query, _) => Interlocked.Exchange(ref first, false) ? [] : [Reply(query, 0, "1.2.3.4")]);
        await using var fixture = Fixture(TimeSpan.FromMilliseconds(500), upstream.EndPoint);
        (await fixture.AskAsync(Asked)).Is("1.2.3.4");
    }

    [Fact]
    public async Task When_nobody_answers_the_client_gets_SERVFAIL_after_three_attempts()
    {
        await using var silent = Silent();
        await using var fixture = Fixture(TimeSpan.FromMilliseconds(500), silent.EndPoint);
        Assert.Equal(2, (await fixture.AskAsync(Asked)).Code);
        Assert.Equal((3, 1), (silent.Received.Count, fixture.Dns.Counters.UpstreamFailed));
        await using var nobody = Fixture();
        Assert.Equal(2, (await nobody.AskAsync(Asked)).Code);
    }

    [Fact]
    public async Task When_all_refuse_the_client_gets_the_refusal_and_none_is_asked_twice()
    {
        await using var refusing = Refusing();
        await using var fixture = Fixture(refusing.EndPoint);
        Assert.Equal(5, (await fixture.AskAsync(Asked)).Code);
        Assert.Equal(1, refusing.Received.Count);
    }

    [Fact]
    public async Task Forged_replies_are_passed_over_and_the_right_one_still_counts()
    {
        await using var upstream = new FakeUpstream((query, _) =>
        {
            var wrongId = Reply(query, 0, "6.6.6.6");
            wrongId[0] ^= 0xFF;
            return [wrongId, Reply(Query("www.example.org", id: (ushort)((query[0] << 8) | query[1])), 0, "6.6.6.6"), [1, 2, 3], Reply(query, 0, "1.2.3.4")];
        });
        await using var fixture = Fixture(upstream.EndPoint);
        (await fixture.AskAsync(Asked)).Is("1.2.3.4");
        Assert.Equal(3, fixture.Dns.Counters.UpstreamRejected);
    }

    [Fact]
    public async Task A_truncated_reply_goes_back_over_UDP_and_is_fetched_whole_for_TCP()
    {
        await using var upstream = new FakeUpstream((query, tcp) =>
        {
            if (tcp) return [Reply(query, 0, [.. Enumerable.Range(1, 100).Select(i => $"1.2.3.{i}")])];
            var cut = Reply(query);
            cut[2] |= 2;
            return [cut];
        });
        await using var fixture = Fixture(upstream.EndPoint);
        Assert.True((await fixture.AskAsync(Asked)).Truncated);
        await using var stream = await fixture.ConnectAsync();
        await stream.WriteAsync(Framed(Asked));
        Assert.Equal(100, (await ReadAsync(stream)).Records.Count);
    }

    [Fact]
    public async Task A_server_that_sends_more_than_the_client_may_get_is_cut()
    {
        await using var upstream = new FakeUpstream((query, _) => [Reply(query, 0, [.. Enumerable.Repeat("1.2.3.4", 100)])]);
        await using var fixture = Fixture(upstream.EndPoint);
        var answer = await fixture.AskAsync(Asked);
        Assert.Equal((true, Asked.Length), (answer.Truncated, answer.Bytes.Length));
    }

    [Fact]
    public async Task More_pending_queries_than_a_sandbox_may_have_get_SERVFAIL_at_once_and_own_names_do_not_suffer()
    {
        await using var silent = Silent();
        await using var fixture = new DnsFixture(options => options with { Upstreams = [silent.EndPoint], UpstreamTimeout = TimeSpan.FromSeconds(60), MaxPendingPerSandbox = 2 });
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(fixture.Dns.EndPoints(C1).Udp);
        for (var i = 0; i < 3; i++) await socket.SendAsync(Asked);
        Assert.Equal(2, (await ReceiveAsync(socket)).Code);
        Assert.Equal(1, fixture.Dns.Counters.Overloaded);
        (await fixture.AskAsync(Query("c7"))).Is("10.0.0.7");

        // Another sandbox has places of its own.
        fixture.Dns.Open(C2, "two");
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await other.ConnectAsync(fixture.Dns.EndPoints(C2).Udp);
        for (var i = 0; i < 2; i++) await silent.Received.ReadAsync();
        await other.SendAsync(Asked);
        await silent.Received.ReadAsync();
        Assert.Equal(1, fixture.Dns.Counters.Overloaded);
    }

    [Fact]
    public async Task Places_are_given_back_so_that_far_more_queries_than_places_can_follow_each_other()
    {
        await using var upstream = Answering("1.2.3.4");
        await using var fixture = new DnsFixture(options => options with { Upstreams = [upstream.EndPoint], MaxPending = 4, MaxPendingPerSandbox = 4 });
        for (var i = 0; i < 3; i++)
            for (var attempt = 0; (await fixture.AskAsync(Asked)).Code == 2; attempt++) Assert.InRange(attempt, 0, 100);
        await using var stream = await fixture.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            await stream.WriteAsync(Framed(Asked));
            (await ReadAsync(stream)).Is("1.2.3.4");
        }
    }

    [Fact]
    public async Task A_changed_resolv_conf_counts_without_a_restart_and_a_lost_one_changes_nothing()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await File.WriteAllTextAsync(path, "nameserver 192.0.2.1\n");
            var servers = new UpstreamServers(new() { ResolvConfPath = path, ResolvConfMaxAge = TimeSpan.Zero }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
            Assert.Equal("192.0.2.1:53", Assert.Single(servers.Current).ToString());
            await File.WriteAllTextAsync(path, "nameserver 192.0.2.2\n");
            Assert.Equal("192.0.2.2:53", Assert.Single(servers.Current).ToString());
            File.Delete(path);
            Assert.Equal("192.0.2.2:53", Assert.Single(servers.Current).ToString());
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static IPEndPoint Closed()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
