using Akka.Actor;
using Akka.TestKit.Xunit2;
using NetworkCluster.Addressing;
using NetworkCluster.Entities;
using NetworkCluster.Gateway;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors;

/// <summary>What an edge hears when a message is lost.</summary>
public sealed class ClusterGatewayTests() : TestKit(EntityKit.Config)
{
    private readonly NetworkSpec _network = Some.Network(1, ["10.0.0.0/16"]);

    [Fact]
    public async Task What_is_the_same_command_when_it_is_said_twice_is_said_again()
    {
        var (space, gateway) = Gateway();
        var request = new NetworkRequest { Id = _network.Id, Name = _network.Name, Created = _network.Created, Host = Some.Host, Pools = [new() { Subnet = Subnet.Parse("10.0.0.0/16") }] };
        var answer = gateway.CreateNetworkAsync(request);
        var first = await space.ExpectMsgAsync<CreateNetwork>();
        Assert.Equal(first.Request.Id, (await space.ExpectMsgAsync<CreateNetwork>()).Request.Id);
        space.Reply(new NetworkSummary(_network));
        Assert.Equal(_network.Id, Assert.IsType<NetworkSummary>(await answer).Spec.Id);

        var question = gateway.SendAsync(new ListNetworks(_network.Space));
        await space.ExpectMsgAsync<ListNetworks>();
        var asked = space.LastSender;
        await space.ExpectMsgAsync<ListNetworks>();
        // The first may still be answered.
        asked.Tell(new NetworkList([_network]));
        Assert.Single(Assert.IsType<NetworkList>(await question).Networks);
    }

    [Fact]
    public async Task A_removal_is_said_once()
    {
        var (space, gateway) = Gateway();
        var answer = gateway.SendAsync(new RemoveNetwork(_network.Space, _network.Id));
        await space.ExpectMsgAsync<RemoveNetwork>();
        Assert.IsType<OutcomeUnknown>(Assert.IsType<Rejected>(await answer).Reason);
        await space.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));
    }

    private (Akka.TestKit.TestProbe Space, ClusterGateway Gateway) Gateway()
    {
        var (space, router) = (CreateTestProbe(), new EntityRouter());
        router.Register(EntityKind.AddressSpace, space.Ref);
        return (space, new(Some.Host, router, ([], []), _ => Task.FromResult<System.Collections.Immutable.ImmutableArray<Subnet>>([])));
    }
}
