using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Networks;

public sealed class NetworkHistoryTests
{
    private static readonly NetworkSpec Spec = Some.Network(1, ["10.77.0.0/16"]);

    private static readonly JournaledFact[] Facts = Minutes(
        new NetworkCreated(Spec),
        new EndpointAttached(Some.Endpoint(1, Spec, 2), 1),
        new EndpointReserved(Some.Endpoint(2, Spec, 9), 1),
        new EndpointAttached(Some.Endpoint(2, Spec, 3), 2),
        new EndpointReserved(Some.Endpoint(1, Spec, 2) with { IPv4 = null, IPv4Prefix = 0 }, 3),
        new EndpointDetached(Some.EndpointId(2), 4),
        new EndpointDetached(Some.EndpointId(7), 4),
        new EndpointDetached(Some.EndpointId(1), 4),
        new NetworkDeleted(Spec.Id));

    [Fact]
    public void Each_fact_is_a_line_with_the_addresses_until_then() => Assert.Equal(
        [
            "0 Created",
            "1 Connected c1 10.77.0.2",
            "2 Configured c2 10.77.0.9",
            "3 Connected c2 10.77.0.3",
            "4 Stopped c1 10.77.0.2",
            "5 Disconnected c2 10.77.0.3",
            "7 Disconnected c1 ",
            "8 Removed",
        ],
        NetworkHistory.Of(Facts).Select(entry => $"{entry.At.Minute} {entry.Change}{(entry.Endpoint is { } endpoint ? $" {endpoint.Spec.ContainerName} {endpoint.IPv4}" : "")}"));

    [Fact]
    public void A_change_has_the_network_as_it_was_and_as_it_is()
    {
        var after = Spec with { Name = "frontend" };
        var entry = NetworkHistory.Of(Minutes(new NetworkCreated(Spec), new NetworkChanged(after, 1))).Last();
        Assert.Equal((NetworkChange.Changed, Spec.Name, "frontend"), (entry.Change, entry.Before?.Name, entry.Network.Name));
    }

    [Theory]
    [InlineData(-1, null)]
    [InlineData(0, "")]
    [InlineData(1, "c1")]
    [InlineData(3, "c1 c2")]
    [InlineData(4, "c2")]
    [InlineData(5, "")]
    [InlineData(8, null)]
    [InlineData(99, null)]
    public void At_a_time_it_has_who_was_connected_then(int minute, string? containers)
    {
        var view = NetworkHistory.At(Facts, DateTimeOffset.UnixEpoch.AddMinutes(minute));
        Assert.Equal(containers, view is null ? null : string.Join(' ', view.Endpoints.Select(endpoint => endpoint.Spec.ContainerName)));
    }

    [Fact]
    public void A_name_is_who_had_it_at_that_time_and_all_who_ever_had_it_have_a_history()
    {
        var (old, other, now) = (Spec with { Name = "web" }, Some.Network(2, []) with { Name = "db" }, Some.Network(3, []) with { Name = "web" });
        var facts = Minutes(new NetworkRegistered(old), new NetworkConfirmed(old.Id), new NetworkRegistered(other), new NetworkRemovalStarted(old.Id), new NetworkUnregistered(old.Id), new NetworkRegistered(now));
        Assert.Equal(old.Id, Who(1));
        Assert.Null(Who(4));
        Assert.Equal(now.Id, Who(5));
        Assert.Equal([old.Id, now.Id], NetworkHistory.Ever(facts, "web").Select(network => network.Id));
        Assert.Equal([old.Id], NetworkHistory.Ever(facts, old.Id.ToString()).Select(network => network.Id));
        Assert.Equal([old.Id, other.Id, now.Id], NetworkHistory.Ever(facts, "0000000").Select(network => network.Id));
        Assert.Empty(NetworkHistory.Ever(facts, "nobody"));
        Assert.Empty(NetworkHistory.Ever(facts, ""));

        NetworkId? Who(int minute) => (NetworkHistory.FindAt(AddressSpaceId.Of(Some.Host), facts, DateTimeOffset.UnixEpoch.AddMinutes(minute), "web") as NetworkSummary)?.Spec.Id;
    }

    private static JournaledFact[] Minutes(params IEvent[] facts) => [.. facts.Select((fact, i) => new JournaledFact(DateTimeOffset.UnixEpoch.AddMinutes(i), fact))];
}
