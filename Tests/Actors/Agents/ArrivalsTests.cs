using Akka.Actor;
using NetworkCluster.Agents;
using NetworkCluster.Dns;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors.Agents;

/// <summary>When it may be said that an endpoint is there: the kernel has it, its names are known, this host reaches the others, and the others reach it.</summary>
public sealed class ArrivalsTests
{
    private static readonly NetworkSpec Network = Some.Overlay(1, ["10.71.0.0/24"]);
    private static readonly HostId Two = HostId.Parse("host2", null);
    private static readonly AttachedEndpoint Ours = Some.Endpoint(1, Network, 2);

    private readonly KnownViews _views = new(Some.Host, new NameTable());
    private readonly Arrivals _arrivals;

    public ArrivalsTests() => _arrivals = new(_views);

    [Fact]
    public void It_waits_for_the_view_for_our_own_reach_and_for_each_host_that_took_part_before()
    {
        var bind = Bind(revision: 4);
        _arrivals.Expect(bind);
        Assert.False(_arrivals.Arrived(bind, ActorRefs.Nobody));
        _views.Take(new NetworkView(Network, 4, [Some.Remote(2, Network, 3, "192.0.2.2"), Ours]));
        Assert.Empty(_arrivals.Seen(Network.Id));
        Assert.Empty(_arrivals.ReachedBy(new(Ours.Id, Some.Host, Two)));
        Assert.Empty(_arrivals.Reaches(Network.Id, 3));
        Assert.Equal(bind, Assert.Single(_arrivals.Reaches(Network.Id, 4)).Bind);
        Assert.Empty(_arrivals.Reaches(Network.Id, 4));
    }

    [Fact]
    public void Another_host_may_be_quicker_than_the_way_to_us_but_what_it_said_of_an_earlier_place_does_not_count()
    {
        _views.Take(new NetworkView(Network, 4, [Some.Remote(2, Network, 3, "192.0.2.2"), Ours]));
        _arrivals.Reaches(Network.Id, 4);
        Assert.Empty(_arrivals.ReachedBy(new(Ours.Id, Some.Host, Two) { Revision = 3 }));
        _arrivals.Expect(Bind(revision: 4));
        Assert.False(_arrivals.Arrived(Bind(revision: 4), ActorRefs.Nobody));
        _arrivals.Forget(Ours.Id);

        Assert.Empty(_arrivals.ReachedBy(new(Ours.Id, Some.Host, Two) { Revision = 4 }));
        _arrivals.Expect(Bind(revision: 4));
        Assert.True(_arrivals.Arrived(Bind(revision: 4), ActorRefs.Nobody));
    }

    [Fact]
    public void Who_came_after_it_is_not_waited_for_and_who_does_not_say_so_not_for_ever()
    {
        var bind = Bind(revision: 1);
        _arrivals.Expect(bind);
        _views.Take(new NetworkView(Network, 1, [Ours]));
        _views.Take(new ViewChanged(Network, 2, Some.Remote(2, Network, 3, "192.0.2.2"), null, Some.Host));
        _arrivals.Reaches(Network.Id, 2);
        Assert.True(_arrivals.Arrived(bind, ActorRefs.Nobody));

        var next = Bind(revision: 3);
        _views.Take(new ViewChanged(Network, 3, Ours, null, Some.Host));
        _arrivals.Expect(next);
        _arrivals.Reaches(Network.Id, 3);
        Assert.False(_arrivals.Arrived(next, ActorRefs.Nobody));
        Assert.Single(_arrivals.GiveUp(Ours.Id));
    }

    [Fact]
    public void What_has_lost_its_place_while_it_came_is_not_waited_for()
    {
        var bind = Bind(revision: 4);
        _arrivals.Expect(bind);
        Assert.False(_arrivals.Arrived(bind, ActorRefs.Nobody));
        Assert.Empty(_arrivals.Seen(new NetworkView(Network, 3, [])));
        Assert.Equal(bind, Assert.Single(_arrivals.Seen(new NetworkView(Network, 5, []))).Bind);
    }

    private static BindEndpoint Bind(long revision) => new(Ours, new(1), Network, revision) { IsNews = true };
}
