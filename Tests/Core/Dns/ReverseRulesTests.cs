using NetworkCluster.Containers;
using NetworkCluster.Dns;
using Xunit;
using static NetworkCluster.Tests.Core.Dns.Given;
using static NetworkCluster.Tests.Core.Dns.Packets;

namespace NetworkCluster.Tests.Core.Dns;

public sealed class ReverseRulesTests
{
    private const string Six = "6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa";
    private static readonly ContainerId C4 = Container(4);
    private readonly NameTable _names = new();

    public ReverseRulesTests()
    {
        _names.SetNetwork(Network(1, "isolated_nw", "172.25.0.0/16 fd00::/64", Endpoint(1, 3, "container3", "172.25.3.4", "fd00::6")));
        _names.Join(C4, NetworkId(1), Spec(1, 4, "container4"));
    }

    [Fact]
    public void An_address_of_a_joined_network_has_the_name_name_dot_network()
    {
        _names.Ask(C4, "4.3.25.172.in-addr.arpa", Ptr).Is("container3.isolated_nw.");
        _names.Ask(C4, Six.ToUpperInvariant(), Ptr).Is("container3.isolated_nw.");
        _names.Ask(C4, "4.3.25.172.in-addr.arpa", Any).Is("container3.isolated_nw.");
        _names.Ask(C4, "4.3.25.172.in-addr.arpa", A).Is();
        _names.Ask(C4, "container3", Ptr).Is();
    }

    [Fact]
    public void An_address_that_nobody_has_in_a_joined_subnet_is_not_asked_of_the_servers_above()
    {
        _names.Ask(C4, "5.3.25.172.in-addr.arpa", Ptr).IsNameError();
        _names.Ask(C4, "7" + Six[1..], Ptr).IsNameError();
    }

    [Theory]
    [InlineData("8.8.8.8.in-addr.arpa")]
    [InlineData("1.1.26.172.in-addr.arpa")]
    [InlineData("25.172.in-addr.arpa")]
    [InlineData("4.3.25.172.1.in-addr.arpa")]
    [InlineData("4.3.25.0172.in-addr.arpa")]
    [InlineData("4.3.25.672.in-addr.arpa")]
    [InlineData("4.3.x.172.in-addr.arpa")]
    [InlineData("x.3.25.172.ip6.arpa")]
    public void Addresses_of_other_subnets_and_incomplete_reverse_names_are_asked_above(string name) => _names.Ask(C4, name, Ptr).IsForwarded();

    [Fact]
    public void An_address_that_was_given_on_keeps_its_new_holder_when_the_old_one_goes()
    {
        _names.AddEndpoint(NetworkId(1), Endpoint(1, 9, "container9", "172.25.3.4"));
        _names.RemoveEndpoint(NetworkId(1), EndpointId(1, 3));
        _names.Ask(C4, "4.3.25.172.in-addr.arpa", Ptr).Is("container9.isolated_nw.");
        _names.AddEndpoint(NetworkId(1), Endpoint(1, 9, "container9", "172.25.3.5"));
        _names.Ask(C4, "4.3.25.172.in-addr.arpa", Ptr).IsNameError();
    }
}
