using NetworkCluster.Containers;
using NetworkCluster.Dns;
using Xunit;
using static NetworkCluster.Tests.Core.Dns.Given;
using static NetworkCluster.Tests.Core.Dns.Packets;

namespace NetworkCluster.Tests.Core.Dns;

public sealed class ForwardedQueryTests
{
    private static readonly ContainerId Asker = Container(1);

    private static ForwardedQuery Forward(byte[] query)
    {
        var names = new NameTable();
        names.SetNetwork(Network(1, "net", "10.0.0.0/24"));
        names.Join(Asker, NetworkId(1), Spec(1, 1, "c1"));
        var result = new DnsResponder(names, 0).Answer(Asker, query, DnsTransport.Udp, new byte[DnsResponder.MaxUdpBytes]);
        Assert.Equal(DnsOutcome.Forward, result.Outcome);
        return new(query, result);
    }

    [Fact]
    public void Before_another_resolver_of_the_sandbox_all_that_is_nobodys_goes_up_and_what_is_ours_does_not()
    {
        var names = new NameTable();
        names.SetNetwork(Network(1, "net", "10.0.0.0/24", Endpoint(1, 1, "c1", "10.0.0.2")).Internal());
        names.Join(Asker, NetworkId(1), Spec(1, 1, "c1"));
        var (responder, reply) = (new DnsResponder(names, 0), new byte[DnsResponder.MaxUdpBytes]);
        foreach (var name in (string[])["neighbour", "www.example.com"])
        {
            Assert.Equal(DnsOutcome.NameError, responder.Answer(Asker, Query(name), DnsTransport.Udp, reply).Outcome);
            Assert.Equal(DnsOutcome.Forward, responder.Answer(Asker, Query(name), DnsTransport.Udp, reply, isFirst: true).Outcome);
        }

        Assert.Equal(DnsOutcome.Answered, responder.Answer(Asker, Query("c1"), DnsTransport.Udp, reply, isFirst: true).Outcome);
    }

    [Fact]
    public void Goes_up_as_it_came_but_for_the_id_and_the_size_it_can_take()
    {
        var query = Query("www.example.com", edns: 4096);
        var up = Forward(query).Under(0x4242).ToArray();
        query[0] = query[1] = 0x42;
        (query[^8], query[^7]) = (0x04, 0xD0);
        Assert.Equal(query, up);
    }

    [Fact]
    public void The_client_gets_the_reply_under_its_own_id()
    {
        var forwarded = Forward(Query("www.example.com", id: 0x1234));
        var reply = Reply(forwarded.Under(0x4242).ToArray(), 0, "93.184.216.34");
        Assert.True(forwarded.IsAnsweredBy(reply));
        Assert.Equal(reply.Length, forwarded.Return(reply));
        Assert.Equal([0x12, 0x34], reply[..2]);
    }

    [Fact]
    public void Only_a_response_with_the_id_and_the_question_is_an_answer()
    {
        var forwarded = Forward(Query("www.example.com"));
        var up = forwarded.Under(0x4242).ToArray();
        Assert.True(forwarded.IsAnsweredBy(Reply(Query("WWW.example.COM", id: 0x4242))));
        Assert.False(forwarded.IsAnsweredBy(Reply(Query("www.example.com", id: 0x4243))));
        Assert.False(forwarded.IsAnsweredBy(Reply(Query("www.example.org", id: 0x4242))));
        Assert.False(forwarded.IsAnsweredBy(Reply(Query("www.example.com", Aaaa, id: 0x4242))));
        Assert.False(forwarded.IsAnsweredBy(up));
        Assert.False(forwarded.IsAnsweredBy(Reply(up).AsSpan(0, 20)));
        Assert.False(forwarded.IsAnsweredBy([]));
    }

    [Fact]
    public void A_reply_longer_than_the_client_may_get_is_cut_to_the_question_with_TC()
    {
        var query = Query("www.example.com");
        var forwarded = Forward(query);
        var reply = Reply(forwarded.Under(1).ToArray(), 0, [.. Enumerable.Repeat("1.2.3.4", 40)]);
        var length = forwarded.Return(reply);
        var answer = Read(DnsOutcome.Forward, reply[..length]);
        Assert.Equal((query.Length, true, 0), (length, answer.Truncated, answer.Records.Count));
    }

    [Fact]
    public void Failing_gives_SERVFAIL_with_the_question_under_the_clients_id()
    {
        var query = Query("www.example.com", id: 0x1234);
        var forwarded = Forward(query);
        forwarded.Under(0x4242);
        var reply = new byte[512];
        var length = forwarded.Fail(reply);
        Assert.Equal([0x12, 0x34, 0x81, 0x82, 0, 1, 0, 0, 0, 0, 0, 0, .. query[12..]], reply[..length]);
    }
}
