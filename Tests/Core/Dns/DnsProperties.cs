using CsCheck;
using NetworkCluster.Containers;
using NetworkCluster.Dns;
using NetworkCluster.Endpoints;
using Xunit;
using static NetworkCluster.Tests.Core.Dns.Given;
using static NetworkCluster.Tests.Core.Dns.Packets;

namespace NetworkCluster.Tests.Core.Dns;

/// <summary>One thread each: CsCheck's default takes every worker of the pool, on which the servers of tests beside these depend.</summary>
public sealed class DnsProperties
{
    private static readonly ContainerId Asker = Container(1);
    private static readonly NameTable Names = Table();

    private static readonly Gen<byte[]> AnyBytes = Gen.Byte.Array[0, 600];

    private static readonly Gen<byte[]> AlmostValid =
        from name in AnyOf("all", "c1", "nobody", "www.example.com", "1.0.0.10.in-addr.arpa", "c1.net", "a.b.c.d.e.f")
        from type in AnyOf(A, Aaaa, Ptr, Any, Mx, (ushort)41, (ushort)252)
        from edns in Gen.OneOf(Gen.Const((int?)null), Gen.Int[0, 65535].Select(size => (int?)size))
        from changes in Gen.Select(Gen.Int[0, 70], Gen.Byte).Array[0, 4]
        from cut in Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[0, 40]))
        from tail in Gen.Frequency((3, Gen.Const(Array.Empty<byte>())), (1, Gen.Byte.Array[0, 30]))
        select Mutate(Query(name, type, edns), changes, cut, tail);

    [Fact]
    public void Whatever_the_bytes_nothing_is_thrown_and_no_reply_is_longer_than_the_client_allows() =>
        Gen.OneOf(AnyBytes, AlmostValid).Sample(
            packet =>
            {
                foreach (var transport in new[] { DnsTransport.Udp, DnsTransport.Tcp })
                {
                    var reply = new byte[transport == DnsTransport.Tcp ? DnsResponder.MaxTcpBytes : DnsResponder.MaxUdpBytes];
                    var result = new DnsResponder(Names, 0).Answer(Asker, packet, transport, reply);
                    Assert.InRange(result.Length, 0, transport == DnsTransport.Tcp ? DnsResponder.MaxTcpBytes : Allowed(packet));
                    Assert.Equal(result.Length == 0, result.Outcome is DnsOutcome.Dropped or DnsOutcome.Forward);
                    if (result.Length == 0) continue;
                    Assert.Equal(packet[..2], reply[..2]);
                    Assert.True((reply[2] & 0x80) != 0);
                    Assert.False(reply.AsSpan(result.Length).ContainsAnyExcept((byte)0));
                }
            },
            iter: 3_000,
            threads: 1);

    [Fact]
    public void Whatever_a_server_above_sends_judging_and_returning_it_throws_nothing() =>
        Gen.Select(AlmostValid, Gen.OneOf(AnyBytes, AlmostValid), Gen.Bool).Sample(
            (packet, bytes, likely) =>
            {
                var result = new DnsResponder(Names, 0).Answer(Asker, packet, DnsTransport.Udp, new byte[DnsResponder.MaxUdpBytes]);
                if (result.Outcome != DnsOutcome.Forward) return;
                var forwarded = new ForwardedQuery(packet, result);
                var up = forwarded.Under(7).ToArray();
                byte[] reply = likely ? [.. Reply(up), .. bytes] : bytes;
                if (forwarded.IsAnsweredBy(reply)) Assert.InRange(forwarded.Return(reply), 12, result.Limit);
                else Assert.False(likely);
            },
            iter: 3_000,
            threads: 1);

    [Fact]
    public void After_any_deltas_the_table_answers_as_one_that_is_built_from_scratch()
    {
        var change = Gen.Select(Gen.Int[0, 1], Gen.Int[1, 6], Gen.Int[1, 9], Gen.Int[0, 3]);
        change.Array[0, 40].Sample(
            changes =>
            {
                var names = new NameTable();
                names.SetNetwork(Network(1, "net", "10.0.0.0/24"));
                names.Join(Asker, NetworkId(1), Spec(1, 1, "c1", "c2:link", "c3:link"));
                List<AttachedEndpoint> attached = [];
                foreach (var (kind, container, address, alias) in changes)
                {
                    var endpoint = Endpoint(1, container, $"c{container}", $"10.0.0.{address}", null, alias > 1 ? ["all", $"x{alias}"] : ["all"]);
                    var at = attached.FindIndex(other => other.Id == endpoint.Id);
                    if (kind == 1)
                    {
                        names.RemoveEndpoint(NetworkId(1), endpoint.Id);
                        if (at >= 0) attached.RemoveAt(at);
                        continue;
                    }

                    // A pool never gives one address twice.
                    if (attached.Any(other => other.IPv4 == endpoint.IPv4 && other.Id != endpoint.Id)) continue;
                    names.AddEndpoint(NetworkId(1), endpoint);
                    if (at >= 0) attached[at] = endpoint;
                    else attached.Add(endpoint);
                }

                var scratch = new NameTable();
                scratch.SetNetwork(Network(1, "net", "10.0.0.0/24", [.. attached]));
                scratch.Join(Asker, NetworkId(1), Spec(1, 1, "c1", "c2:link", "c3:link"));
                string[] questions = ["all", "link", "x2", "x3", .. Enumerable.Range(1, 6).Select(i => $"c{i}.net"), .. Enumerable.Range(1, 9).Select(i => $"{i}.0.0.10.in-addr.arpa")];
                foreach (var question in questions)
                    Assert.Equal(scratch.Ask(Asker, question, Any).Bytes, names.Ask(Asker, question, Any).Bytes);
            },
            iter: 300,
            threads: 1);
    }

    private static Gen<T> AnyOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static NameTable Table()
    {
        var names = new NameTable();
        names.SetNetwork(Network(1, "net", "10.0.0.0/24", [.. Enumerable.Range(1, 100).Select(i => Endpoint(1, i, $"c{i}", $"10.0.0.{i}", $"fd00::{i}", "all"))]));
        names.Join(Asker, NetworkId(1), Spec(1, 1, "c1", "c2:link"));
        return names;
    }

    // Counted here from the mutated bytes alone: more than 512 needs an OPT record, which no packet shorter than this has.
    private static int Allowed(byte[] packet) => packet.Length < 12 + 5 + 11 ? DnsResponder.MinUdpBytes : DnsResponder.MaxUdpBytes;

    private static byte[] Mutate(byte[] packet, (int, byte)[] changes, int cut, byte[] tail)
    {
        foreach (var (at, value) in changes) packet[at % packet.Length] = value;
        return [.. packet[..Math.Max(0, packet.Length - cut)], .. tail];
    }
}
