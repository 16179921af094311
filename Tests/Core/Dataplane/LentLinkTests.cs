using NetworkCluster.Dataplane;
using NetworkCluster.Drivers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Dataplane;

public sealed class LentLinkTests
{
    private static readonly HostContext Host = new(new Naming());
    private static readonly NetworkSpec Network = Some.Network(1, ["172.25.0.0/16"]);
    private static readonly AttachedEndpoint Endpoint = Some.Endpoint(1, Network, 5) is var endpoint ? endpoint with { Spec = endpoint.Spec with { Lent = true } } : null!;
    private static readonly LinkName Lent = LinkName.OnHost(Host.Naming.LentLink(Endpoint.Id)), Own = LinkName.OnHost(Host.Naming.HostLink(Endpoint.Id));
    private static readonly Wanted Wanted = new BridgeDriver().Network(Network, Host).With(new BridgeDriver().Endpoint(Network, Endpoint, Lent, Host));
    private static readonly FoundHost Empty = FoundHost.Nothing with { Elements = [] };

    [Fact]
    public void The_other_end_waits_on_the_host_without_an_address_and_nobody_is_told()
    {
        var steps = Plan.Between(Wanted, Empty, Host.Naming);
        var made = Assert.Single(steps.OfType<AddVeth>());
        Assert.Equal((Lent, Endpoint.Mac), (made.Peer, (Addressing.MacAddress?)made.PeerMac));
        Assert.DoesNotContain(steps, step => step is Announce or AwaitCarrier || (step is SetUp up && up.Link == Lent) || (step is AddAddress added && added.Address.Link == Lent));
        Assert.Empty(Plan.Between(Wanted, Empty.After(steps), Host.Naming));
    }

    [Fact]
    public void When_it_has_been_fetched_nothing_is_amiss_and_our_end_is_repaired_all_the_same()
    {
        var made = Empty.After(Plan.Between(Wanted, Empty, Host.Naming));
        var fetched = made with { Host = made.Host with { Links = made.Host.Links.Remove(Lent.Name) } };
        Assert.Empty(Plan.Between(Wanted, fetched, Host.Naming));
        var loose = fetched with { Host = fetched.Host with { Links = fetched.Host.Links.SetItem(Own.Name, fetched.Host.Links[Own.Name] with { Master = null }) } };
        Assert.Equal(Own, Assert.IsType<SetMaster>(Assert.Single(Plan.Between(Wanted, loose, Host.Naming))).Link);
    }

    [Fact]
    public void Only_our_end_is_taken_away()
    {
        var made = Empty.After(Plan.Between(Wanted, Empty, Host.Naming));
        var part = new BridgeDriver().Endpoint(Network, Endpoint, Lent, Host);
        Assert.Equal([Own], Plan.Removal(part, made, Host.Naming).OfType<Retire>().Select(step => step.Link));
    }
}
