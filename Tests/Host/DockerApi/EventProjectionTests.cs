using NetworkCluster.Containers;
using NetworkCluster.Commands.Events;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Host.Commands;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Host.DockerApi;

public sealed class EventProjectionTests
{
    private static readonly EntityKey Host = new(EntityKind.Host, "host1");
    private static readonly EntityKey Network = new(EntityKind.Network, Some.NetworkId(1).ToString());
    private static readonly NetworkSpec Spec = Some.Network(1, ["10.0.0.0/24"]);

    private readonly FakeJournal _journal = new();

    [Fact]
    public async Task A_network_and_who_is_in_it()
    {
        var endpoint = Some.Endpoint(7, Spec, 2);
        Happens(Network, new NetworkCreated(Spec), new EndpointReserved(endpoint, 1), new EndpointAttached(endpoint, 2), new EndpointAttached(endpoint, 3), new EndpointReserved(endpoint, 4));
        Happens(Network, new EndpointAttached(endpoint, 5), new EndpointDetached(endpoint.Id, 6), new NetworkDeleted(Spec.Id));
        Assert.Equal("create connect disconnect connect disconnect destroy", await TellAsync(0));
        Assert.Equal($"container={Some.ContainerId(7)} name=net1 type=bridge", Words((await EventsAsync(0))[1]));
    }

    [Fact]
    public async Task A_container_that_is_stopped_and_one_that_ends()
    {
        var id = Some.ContainerId(1);
        Happens(Host, new ContainerCreated(Some.Container(1)), new ContainerStarted(id), new ContainerStopping(id), new ContainerStopped(id, null));
        Happens(Host, new ContainerStarted(id), new ContainerStopping(id) { ByItself = true }, new ContainerStopped(id, 3));
        Happens(Host, new ContainerStarted(id), new ContainerRemoving(id), new ContainerRemoved(id));
        Assert.Equal("create start die stop start die start die destroy", await TellAsync(0));
        Assert.Equal(["exitCode=137 image=host name=c1", "exitCode=3 image=host name=c1", "exitCode=137 image=host name=c1"], (await EventsAsync(0)).Where(happened => happened.Action == "die").Select(Words));
    }

    [Fact]
    public async Task A_start_that_fails_is_one_that_died_at_once()
    {
        var (id, missing) = (Some.ContainerId(1), new StartFailure("", 127));
        Happens(Host, new ContainerCreated(Some.Container(1)), new ContainerStarted(id), new ContainerStopping(id) { Failure = missing }, new ContainerStopped(id, null));
        Happens(Host, new ContainerStopped(id, null) { Failure = missing });
        Happens(Host, new ContainerStarted(id), new ContainerRemoving(id) { Failure = missing }, new ContainerRemoved(id));
        Assert.Equal("create start die start die destroy", await TellAsync(0));
        Assert.All((await EventsAsync(0)).Where(happened => happened.Action == "die"), died => Assert.Equal("127", died.Attributes["exitCode"]));
    }

    [Fact]
    public async Task Whoever_comes_in_the_middle_knows_the_names()
    {
        var endpoint = Some.Endpoint(7, Spec, 2);
        Happens(Network, new NetworkCreated(Spec), new EndpointAttached(endpoint, 1));
        Happens(Host, new ContainerCreated(Some.Container(1)), new ContainerStarted(Some.ContainerId(1)));
        Happens(Network, new NetworkChanged(Spec with { Name = "other" }, 2), new EndpointDetached(endpoint.Id, 3));
        Happens(Host, new ContainerRemoving(Some.ContainerId(1)), new ContainerRemoved(Some.ContainerId(1)));
        Assert.Equal("update disconnect die destroy", await TellAsync(4));
        Assert.Equal(["other", "other", "c1", "c1"], (await EventsAsync(4)).Select(happened => happened.Attributes["name"]));
    }

    [Fact]
    public async Task Pools_endpoints_and_address_spaces_are_nobodys_news()
    {
        Happens(new(EntityKind.AddressSpace, "global"), new NetworkRegistered(Spec));
        Happens(new(EntityKind.Pool, "x"), new PoolClosed(Spec.Pools[0].Id));
        Assert.Equal("", await TellAsync(0));
    }

    private void Happens(EntityKey entity, params IEvent[] facts)
    {
        foreach (var fact in facts) _journal.Facts.Add((entity, new(DateTimeOffset.UnixEpoch, fact) { Number = _journal.Facts.Count(before => before.Entity == entity) + 1 }));
    }

    private async Task<string> TellAsync(int after) => string.Join(' ', (await EventsAsync(after)).Select(happened => happened.Action));

    private async Task<List<Happening>> EventsAsync(int after)
    {
        var projection = new EventProjection(_journal);
        var told = new List<Happening>();
        foreach (var (entity, fact) in _journal.Facts.Skip(after)) told.AddRange(await projection.ApplyAsync(entity, fact, default));
        return told;
    }

    private static string Words(Happening happened) => string.Join(' ', happened.Attributes.Select(attribute => $"{attribute.Key}={attribute.Value}"));
}
