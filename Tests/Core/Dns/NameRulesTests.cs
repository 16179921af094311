using NetworkCluster.Containers;
using NetworkCluster.Dns;
using Xunit;
using static NetworkCluster.Tests.Core.Dns.Given;
using static NetworkCluster.Tests.Core.Dns.Packets;

namespace NetworkCluster.Tests.Core.Dns;

/// <summary>Who may resolve what. The addresses are those of the Docker guide.</summary>
public sealed class NameRulesTests
{
    private static readonly ContainerId C3 = Container(3), C4 = Container(4), C5 = Container(5);
    private readonly NameTable _names = new();

    public NameRulesTests()
    {
        _names.SetNetwork(Network(1, "isolated_nw", "172.25.0.0/16",
            Endpoint(1, 4, "container4", "172.25.0.3"),
            Endpoint(1, 3, "container3", "172.25.3.3", null, "app", "db.example.com")));
        _names.SetNetwork(Network(2, "local_alias", "172.26.0.0/24"));
        _names.Join(C4, NetworkId(1), Spec(1, 4, "container4", "container5:c5"));
        _names.Join(C3, NetworkId(1), Spec(1, 3, "container3"));
    }

    [Theory]
    [InlineData("container3")]
    [InlineData("CONTAINER3")]
    [InlineData("app")]
    [InlineData("db.example.com")]
    [InlineData("container3.isolated_nw")]
    [InlineData("App.Isolated_NW")]
    [InlineData("00c000030000")]
    public void A_container_is_known_by_name_alias_short_id_and_name_dot_network(string name) => _names.Ask(C4, name).Is("172.25.3.3");

    [Fact]
    public void A_full_id_does_not_fit_into_a_label_so_no_query_can_carry_it() =>
        Assert.Equal(DnsOutcome.Malformed, _names.Ask(C4, C3.ToString()).Outcome);

    [Fact]
    public void Other_prefixes_of_an_id_are_no_names() => _names.Ask(C4, "00c00003").IsNameError();

    [Fact]
    public void A_sandbox_resolves_only_through_networks_it_takes_part_in()
    {
        _names.Ask(C5, "container3").IsNameError();
        _names.Join(C5, NetworkId(2), Spec(2, 5, "container5"));
        _names.Ask(C5, "container3").IsNameError();
        _names.Join(C5, NetworkId(1), Spec(1, 5, "container5"));
        _names.Ask(C5, "container3").Is("172.25.3.3");
        _names.Leave(C5, NetworkId(1));
        _names.Ask(C5, "container3").IsNameError();
    }

    [Fact]
    public void A_link_to_a_container_that_does_not_exist_yet_resolves_once_it_does_and_follows_its_address()
    {
        _names.Ask(C4, "c5").IsNameError();
        _names.AddEndpoint(NetworkId(1), Endpoint(1, 5, "container5", "172.25.0.4"));
        _names.Ask(C4, "c5").Is("172.25.0.4");
        _names.Ask(C4, "c5.isolated_nw").Is("172.25.0.4");
        _names.AddEndpoint(NetworkId(1), Endpoint(1, 5, "container5", "172.25.9.9"));
        _names.Ask(C4, "c5").Is("172.25.9.9");
        _names.RemoveEndpoint(NetworkId(1), EndpointId(1, 5));
        _names.Ask(C4, "c5").IsNameError();
    }

    [Fact]
    public void A_link_is_private_to_the_container_that_has_it()
    {
        _names.AddEndpoint(NetworkId(1), Endpoint(1, 5, "container5", "172.25.0.4"));
        _names.Ask(C3, "c5").IsNameError();
    }

    [Fact]
    public void A_link_is_scoped_to_its_network()
    {
        _names.AddEndpoint(NetworkId(1), Endpoint(1, 5, "container5", "172.25.0.4"));
        _names.AddEndpoint(NetworkId(2), Endpoint(2, 5, "container5", "172.26.0.3"));
        _names.Join(C4, NetworkId(2), Spec(2, 4, "container4", "container5:foo"));
        _names.Ask(C4, "c5").Is("172.25.0.4");
        _names.Ask(C4, "foo").Is("172.26.0.3");
        _names.RemoveEndpoint(NetworkId(1), EndpointId(1, 5));
        _names.Ask(C4, "c5").IsNameError();
        _names.Ask(C4, "foo").Is("172.26.0.3");
        _names.Ask(C4, "container5").Is("172.26.0.3");
    }

    [Fact]
    public void A_link_may_name_its_target_by_id()
    {
        _names.Join(C3, NetworkId(1), Spec(1, 3, "container3", $"{C4.Short}:short", $"{C4}:full"));
        _names.Ask(C3, "short").Is("172.25.0.3");
        _names.Ask(C3, "full").Is("172.25.0.3");
    }

    [Fact]
    public void A_link_hides_a_container_of_the_same_name_but_only_while_its_target_is_there()
    {
        _names.Join(C4, NetworkId(1), Spec(1, 4, "container4", "container5:container3"));
        _names.Ask(C4, "container3").Is("172.25.3.3");
        _names.AddEndpoint(NetworkId(1), Endpoint(1, 5, "container5", "172.25.0.4"));
        _names.Ask(C4, "container3").Is("172.25.0.4");
    }

    [Fact]
    public void A_dotted_link_alias_without_a_target_is_not_asked_of_the_servers_above()
    {
        _names.Join(C4, NetworkId(1), Spec(1, 4, "container4", "container5:db.corp.example"));
        _names.Ask(C4, "db.corp.example").IsNameError();
        _names.Ask(C4, "www.corp.example").IsForwarded();
    }

    [Fact]
    public void Containers_that_share_an_alias_are_all_answered_first_attached_first()
    {
        _names.AddEndpoint(NetworkId(1), Endpoint(1, 7, "container7", "172.25.0.2", null, "app"));
        _names.Ask(C4, "app").Is("172.25.3.3", "172.25.0.2");
        _names.AddEndpoint(NetworkId(1), Endpoint(1, 3, "container3", "172.25.3.4", null, "app"));
        _names.Ask(C4, "app").Is("172.25.3.4", "172.25.0.2");
        _names.RemoveEndpoint(NetworkId(1), EndpointId(1, 3));
        _names.Ask(C4, "app").Is("172.25.0.2");
        _names.AddEndpoint(NetworkId(1), Endpoint(1, 3, "container3", "172.25.3.3", null, "app"));
        _names.Ask(C4, "app").Is("172.25.0.2", "172.25.3.3");
    }

    [Fact]
    public void A_name_in_several_networks_gives_all_addresses_in_the_order_of_joining()
    {
        _names.AddEndpoint(NetworkId(2), Endpoint(2, 3, "container3", "172.26.0.9"));
        _names.Join(C5, NetworkId(2), Spec(2, 5, "container5"));
        _names.Join(C5, NetworkId(1), Spec(1, 5, "container5"));
        _names.Join(C5, NetworkId(2), Spec(2, 5, "container5", "x:y")); // again: keeps its place
        _names.Ask(C5, "container3").Is("172.26.0.9", "172.25.3.3");
        _names.Ask(C5, "container3.isolated_nw").Is("172.25.3.3");
    }

    [Fact]
    public void A_known_name_without_an_address_of_the_family_is_no_error()
    {
        _names.Ask(C4, "container3", Aaaa).Is();
        _names.Ask(C4, "container3", Mx).Is();
        _names.AddEndpoint(NetworkId(1), Endpoint(1, 6, "six", "172.25.0.6", "fd00::6"));
        _names.Ask(C4, "six", Aaaa).Is("fd00::6");
        _names.Ask(C4, "six").Is("172.25.0.6");
        _names.Ask(C4, "six", Any).Is("172.25.0.6", "fd00::6");
    }

    [Fact]
    public void An_unknown_single_label_is_answered_here_and_an_unknown_dotted_name_above()
    {
        _names.Ask(C4, "nobody").IsNameError();
        _names.Ask(C4, "nobody", Aaaa).IsNameError();
        _names.Ask(C4, "nobody.isolated_nw").IsForwarded();
        _names.Ask(C4, "www.example.com").IsForwarded();
        _names.Ask(C4, "xisolated_nw").IsNameError();
    }

    [Fact]
    public void The_predefined_network_has_no_names_but_links_work_in_it()
    {
        _names.SetNetwork(Network(9, "bridge", "172.17.0.0/16", Endpoint(9, 1, "container1", "172.17.0.2", null, "alias")).Predefined());
        _names.Join(C5, NetworkId(9), Spec(9, 5, "container5"));
        _names.Ask(C5, "container1").IsNameError();
        _names.Ask(C5, "alias").IsNameError();
        _names.Ask(C5, Container(1).Short).IsNameError();
        _names.Ask(C5, "2.0.17.172.in-addr.arpa", Ptr).IsNameError();
        _names.Ask(C5, "www.example.com").IsForwarded();
        _names.Join(C5, NetworkId(9), Spec(9, 5, "container5", "container1:one"));
        _names.Ask(C5, "one").Is("172.17.0.2");
        _names.Ask(C5, "container1").Is("172.17.0.2");
        _names.Ask(C5, "alias").IsNameError();
    }

    [Fact]
    public void A_sandbox_without_a_way_out_has_none_through_DNS()
    {
        _names.SetNetwork(Network(8, "secret", "10.8.0.0/24", Endpoint(8, 3, "container3", "10.8.0.3")).Internal());
        _names.Join(C5, NetworkId(8), Spec(8, 5, "container5"));
        _names.Ask(C5, "container3").Is("10.8.0.3");
        _names.Ask(C5, "stolen-data.example.com").IsNameError();
        _names.Join(C5, NetworkId(2), Spec(2, 5, "container5"));
        _names.Ask(C5, "www.example.com").IsForwarded();
        _names.RemoveContainer(C5);
        _names.Ask(C5, "www.example.com").IsNameError();
    }

    [Fact]
    public void A_snapshot_replaces_all_that_was_known_of_the_network()
    {
        _names.SetNetwork(Network(1, "isolated_nw", "172.25.0.0/16", Endpoint(1, 4, "container4", "172.25.0.5")));
        _names.Ask(C4, "container3").IsNameError();
        _names.Ask(C4, "container4").Is("172.25.0.5");
        _names.Ask(C4, "3.3.25.172.in-addr.arpa", Ptr).IsNameError();
    }

    [Fact]
    public void Joining_may_come_before_the_snapshot_and_a_removed_network_may_come_back()
    {
        _names.RemoveNetwork(NetworkId(1));
        _names.Ask(C4, "container3").IsNameError();
        _names.AddEndpoint(NetworkId(1), Endpoint(1, 3, "container3", "172.25.3.3"));
        _names.Ask(C4, "container3").IsNameError();
        _names.SetNetwork(Network(1, "isolated_nw", "172.25.0.0/16", Endpoint(1, 3, "container3", "172.25.3.3")));
        _names.Ask(C4, "container3").Is("172.25.3.3");
    }
}
