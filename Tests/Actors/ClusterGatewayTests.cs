using Akka.Actor;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Logging.Abstractions;
using NetworkCluster.Entities;
using NetworkCluster.Gateway;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors;

/// <summary>What an edge hears when messages, or their answers, are lost.</summary>
public sealed class ClusterGatewayTests() : TestKit(EntityKit.Config)
{
    private readonly NetworkSpec _network = Some.Network(1, ["10.0.0.0/16"]);

    [Fact]
    public async Task What_is_not_answered_is_said_again_and_says_so()
    {
        var (space, gateway) = Gateway();
        var remove = new RemoveNetwork(_network.Space, _network.Id);
        var answer = gateway.SendAsync(remove);
        var first = await space.ExpectMsgAsync<RemoveNetwork>();
        Assert.Equal(remove with { Number = first.Number }, first);
        // Its outcome is unknown: whoever is asked next may know it.
        space.Reply(new Rejected(new OutcomeUnknown("the journal did not answer")));
        Assert.Equal(first with { Again = true }, await space.ExpectMsgAsync<RemoveNetwork>());
        space.Reply(new NetworkRemoved(_network.Id));
        Assert.IsType<NetworkRemoved>(await answer);
    }

    [Fact]
    public async Task The_first_one_may_still_be_answered()
    {
        var (space, gateway) = Gateway();
        var question = gateway.SendAsync(new ListNetworks(_network.Space));
        await space.ExpectMsgAsync<ListNetworks>();
        var asked = space.LastSender;
        await space.ExpectMsgAsync<ListNetworks>();
        asked.Tell(new NetworkList([_network]));
        Assert.Single(Assert.IsType<NetworkList>(await question).Networks);
    }

    [Fact]
    public async Task That_nothing_is_done_about_one_says_nothing_about_the_others()
    {
        var (space, gateway) = Gateway();
        foreach (var reason in (Rejection[])[new JournalUnavailable(DateTimeOffset.UnixEpoch, "it is away"), new IdTaken("of one that was begun and undone")])
        {
            var asked = gateway.SendAsync(new RemoveNetwork(_network.Space, _network.Id));
            await space.ExpectMsgAsync<RemoveNetwork>();
            await space.ExpectMsgAsync<RemoveNetwork>();
            space.Reply(new Rejected(reason));
            Assert.IsType<OutcomeUnknown>(Assert.IsType<Rejected>(await asked).Reason);
        }

        // The second one waits at an entity that comes back, and may be done when it is there.
        var twice = gateway.SendAsync(new RemoveNetwork(_network.Space, _network.Id));
        await space.ExpectMsgAsync<RemoveNetwork>();
        var first = space.LastSender;
        await space.ExpectMsgAsync<RemoveNetwork>();
        first.Tell(new Rejected(new JournalUnavailable(DateTimeOffset.UnixEpoch, "its disk is full")));
        Assert.IsType<OutcomeUnknown>(Assert.IsType<Rejected>(await twice).Reason);

        var answer = gateway.SendAsync(new RemoveNetwork(_network.Space, _network.Id));
        await space.ExpectMsgAsync<RemoveNetwork>();
        space.Reply(new Rejected(new JournalUnavailable(DateTimeOffset.UnixEpoch, "it is away")));
        Assert.IsType<JournalUnavailable>(Assert.IsType<Rejected>(await answer).Reason);
    }

    [Fact]
    public async Task What_is_unknown_while_the_journal_takes_no_writes_is_known_when_it_does_again()
    {
        var journal = new JournalHealth();
        var (space, gateway) = Gateway(journal);
        journal.Watch();
        journal.Deny("its disk is full", DateTimeOffset.UnixEpoch);
        var answer = gateway.SendAsync(new RemoveNetwork(_network.Space, _network.Id));
        await space.ExpectMsgAsync<RemoveNetwork>();
        space.Reply(new Rejected(new OutcomeUnknown("nobody answered")));
        await space.ExpectMsgAsync<RemoveNetwork>();
        space.Reply(new Rejected(new JournalUnavailable(DateTimeOffset.UnixEpoch, "its disk is full")));
        Assert.Equal("the outcome is unknown: nobody answered; what has begun is carried on when the journal takes writes again (its disk is full); look whether it was done before you ask again", Assert.IsType<Rejected>(await answer).Reason.Text);
    }

    private (Akka.TestKit.TestProbe Space, ClusterGateway Gateway) Gateway(JournalHealth? journal = null)
    {
        var (space, router) = (CreateTestProbe(), new EntityRouter());
        router.Register(EntityKind.AddressSpace, space.Ref);
        return (space, new(Some.Host, router, ([], []), _ => Task.FromResult<System.Collections.Immutable.ImmutableArray<NetworkCluster.Addressing.Subnet>>([]), journal ?? new(), NullLogger.Instance));
    }
}
