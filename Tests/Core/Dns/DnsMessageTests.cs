using System.Globalization;
using NetworkCluster.Containers;
using NetworkCluster.Dns;
using Xunit;
using static NetworkCluster.Tests.Core.Dns.Given;
using static NetworkCluster.Tests.Core.Dns.Packets;

namespace NetworkCluster.Tests.Core.Dns;

public sealed class DnsMessageTests
{
    private static readonly ContainerId Asker = Container(1);
    private readonly NameTable _names = new();

    public DnsMessageTests()
    {
        // 100 containers share "all": 12 + 9 + 100 * 16 bytes.
        var endpoints = Enumerable.Range(1, 100).Select(i => Endpoint(1, i, string.Create(CultureInfo.InvariantCulture, $"c{i}"), string.Create(CultureInfo.InvariantCulture, $"10.0.0.{i}"), null, "all"));
        _names.SetNetwork(Network(1, "net", "10.0.0.0/24", [.. endpoints]));
        _names.Join(Asker, NetworkId(1), Spec(1, 1, "c1"));
    }

    [Fact]
    public void A_reply_repeats_id_and_question_says_recursion_is_available_and_may_be_kept_for_no_time()
    {
        var query = Query("C7", id: 0xBEEF);
        var reply = _names.Ask(Asker, query).Bytes;
        Assert.Equal([0xBE, 0xEF, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], reply[..12]);
        Assert.Equal(query[12..], reply[12..query.Length]);
        Assert.Equal([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 10, 0, 0, 7], reply[query.Length..]);
    }

    [Theory]
    [InlineData(null, 512)]
    [InlineData(0, 512)]
    [InlineData(100, 512)]
    [InlineData(800, 800)]
    [InlineData(1232, 1232)]
    [InlineData(65535, 1232)]
    public void A_reply_over_UDP_is_no_longer_than_the_client_allows_and_says_so_when_it_is_cut(int? edns, int limit)
    {
        var answer = _names.Ask(Asker, "all", A, edns);
        Assert.True(answer.Truncated);
        Assert.InRange(answer.Bytes.Length, limit - 15, limit);
        Assert.Equal("10.0.0.1", answer.Records[0]);
    }

    [Fact]
    public void A_reply_over_TCP_is_whole()
    {
        var answer = _names.Ask(Asker, "all", transport: DnsTransport.Tcp);
        Assert.False(answer.Truncated);
        Assert.Equal(100, answer.Records.Count);
    }

    [Fact]
    public void An_EDNS_query_gets_an_EDNS_reply_that_announces_1232_bytes_and_repeats_DO()
    {
        var query = Query("c7", edns: 4096);
        query[^4] = 0x80;
        Assert.Equal([0, 0, 41, 0x04, 0xD0, 0, 0, 0x80, 0, 0, 0], _names.Ask(Asker, query).Bytes[^11..]);
        Assert.Equal(0, _names.Ask(Asker, "c7").Bytes[11]);
    }

    [Fact]
    public void An_EDNS_version_above_0_is_refused_as_such()
    {
        var query = Query("c7", edns: 4096);
        query[^5] = 1;
        var answer = _names.Ask(Asker, query);
        Assert.Equal((DnsOutcome.Refused, 0, 1), (answer.Outcome, answer.Code, answer.Bytes[^6]));
    }

    [Theory]
    [InlineData("FFFF 0100 0002 0000 0000 0000", 1)] // two questions
    [InlineData("FFFF 0100 0000 0000 0000 0000", 1)] // none
    [InlineData("FFFF 2800 0001 0000 0000 0000", 4)] // UPDATE
    [InlineData("FFFF 1000 0001 0000 0000 0000", 4)] // STATUS
    [InlineData("FFFF 0100 0001 0000 0000 0000", 1)] // no question after all
    [InlineData("FFFF 0100 0001 0000 0000 0000 C00C 0001 0001", 1)] // a name that points to itself
    [InlineData("FFFF 0100 0001 0000 0000 0000 C000 0001 0001", 1)] // into the header
    [InlineData("FFFF 0100 0001 0000 0000 0000 C0FF 0001 0001", 1)] // behind the end
    [InlineData("FFFF 0100 0001 0000 0000 0000 016100 0001", 1)] // no class
    [InlineData("FFFF 0100 0001 0000 0000 0000 7F6100 0001 0001", 1)] // label type 01
    [InlineData("FFFF 0100 0001 0000 0000 0000 0561", 1)] // label longer than the packet
    [InlineData("FFFF 0100 0001 0000 0000 0000 016100 0001 0001 00", 1)] // something behind the end
    [InlineData("FFFF 0100 0001 0000 0000 0001 016100 0001 0001", 1)] // a record that is not there
    [InlineData("FFFF 0100 0001 0000 0000 0001 016100 0001 0001 00 0029 1000 00000000 0004 00", 1)] // OPT cut short
    [InlineData("FFFF 0100 0001 0000 0000 0001 016100 0001 0001 016200 0029 1000 00000000 0000", 1)] // OPT with an owner
    [InlineData("FFFF 0100 0001 0001 0000 0000 016100 0001 0001 00 0029 1000 00000000 0000", 1)] // OPT among the answers
    [InlineData("FFFF 0100 0001 0000 0000 0002 016100 0001 0001 00 0029 1000 00000000 0000 00 0029 1000 00000000 0000", 1)] // two OPT
    public void What_is_no_single_standard_query_is_told_so_with_the_header_alone(string hex, int code)
    {
        var query = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var answer = _names.Ask(Asker, query);
        Assert.Equal((code, 12), (answer.Code, answer.Bytes.Length));
        Assert.Equal([0xFF, 0xFF, (byte)(0x80 | (query[2] & 0x79)), (byte)(0x80 | code), 0, 0, 0, 0, 0, 0, 0, 0], answer.Bytes);
    }

    [Fact]
    public void Responses_and_packets_without_a_whole_header_are_not_answered_so_that_two_servers_never_talk_in_circles()
    {
        Assert.Equal(DnsOutcome.Dropped, _names.Ask(Asker, Query("c7", flags: 0x8100)).Outcome);
        Assert.Equal(DnsOutcome.Dropped, _names.Ask(Asker, Query("c7")[..11]).Outcome);
        Assert.Equal(DnsOutcome.Dropped, _names.Ask(Asker, []).Outcome);
    }

    [Theory]
    [InlineData(1, 3)] // class CHAOS
    [InlineData(252, 1)] // AXFR
    [InlineData(251, 1)] // IXFR
    public void Other_classes_and_zone_transfers_are_refused(ushort type, ushort @class)
    {
        var answer = _names.Ask(Asker, Query("c7", type, @class: @class));
        Assert.Equal((DnsOutcome.Refused, 5), (answer.Outcome, answer.Code));
    }

    [Fact]
    public void A_dot_inside_a_label_separates_nothing()
    {
        _names.AddEndpoint(NetworkId(1), Endpoint(1, 101, "a.b", "10.0.0.101"));
        _names.Ask(Asker, "a.b").Is("10.0.0.101");
        byte[] oneLabel = [.. Query("abc")];
        oneLabel[14] = (byte)'.';
        _names.Ask(Asker, oneLabel).IsNameError();
    }

    [Fact]
    public void A_name_of_255_bytes_is_understood_and_one_of_256_is_not()
    {
        var label = new string('x', 63);
        var longest = string.Join('.', label, label, label, label[..61]);
        _names.Ask(Asker, longest).IsForwarded();
        Assert.Equal(DnsOutcome.Malformed, _names.Ask(Asker, string.Join('.', label, label, label, label[..62])).Outcome);
    }

    [Theory]
    [InlineData(null, 7u)]
    [InlineData("0", 0u)]
    [InlineData("5s", 5u)]
    public void How_long_an_answer_may_be_kept_is_its_networks_word_or_else_the_hosts(string? option, uint seconds)
    {
        var network = Given.Network(1, "net1", "10.1.0.0/24", Given.Endpoint(1, 1, "web", "10.1.0.2"));
        var names = new NameTable();
        names.SetNetwork(option is null ? network : network with { Spec = network.Spec with { Options = network.Spec.Options.Add("network-cluster.dns.ttl", option) } });
        names.Join(Given.Container(1), Given.NetworkId(1), Given.Spec(1, 1, "web"));
        foreach (var (name, type) in new[] { ("web", Packets.A), ("2.0.1.10.in-addr.arpa", Packets.Ptr) })
        {
            var (query, reply) = (Packets.Query(name, type), new byte[DnsResponder.MaxUdpBytes]);
            var result = new DnsResponder(names, ttlSeconds: 7).Answer(Given.Container(1), query, DnsTransport.Udp, reply);
            Assert.Equal((DnsOutcome.Answered, seconds), (result.Outcome, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(reply.AsSpan(Packets.QuestionEnd(query) + 6))));
        }
    }

    [Fact]
    public void A_query_for_a_known_name_allocates_nothing()
    {
        var query = Query("c7", edns: 1232);
        var reply = new byte[DnsResponder.MaxUdpBytes];
        var responder = new DnsResponder(_names, 0);
        for (var i = 0; i < 100; i++) responder.Answer(Asker, query, DnsTransport.Udp, reply);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) responder.Answer(Asker, query, DnsTransport.Udp, reply);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
