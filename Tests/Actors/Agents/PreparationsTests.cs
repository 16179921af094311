using NetworkCluster.Agents;
using NetworkCluster.Endpoints;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors.Agents;

public sealed class PreparationsTests
{
    private readonly Preparations _preparations = new();

    [Fact]
    public void One_is_under_way_for_an_endpoint_until_it_is_said()
    {
        var preparation = _preparations.Begin(Bind(1));
        Assert.Null(_preparations.Begin(Bind(1)));
        Assert.NotNull(_preparations.Begin(Bind(2)));
        Assert.Same(preparation, _preparations.End(Bind(1)));
        Assert.False(_preparations.IsLate(preparation!));
        Assert.NotNull(_preparations.Begin(Bind(1)));
    }

    [Fact]
    public void What_is_said_otherwise_ends_it_and_is_not_it()
    {
        Assert.NotNull(_preparations.Begin(Bind(1)));
        Assert.Null(_preparations.End(Bind(1) with { Revision = 2 }));
        Assert.NotNull(_preparations.Begin(Bind(1)));
        // Its container's name is nothing to the kernel.
        var renamed = Bind(1).Endpoint with { Spec = Bind(1).Endpoint.Spec with { ContainerName = "renamed" } };
        Assert.NotNull(_preparations.End(Bind(1) with { Endpoint = renamed }));
    }

    [Fact]
    public void It_is_late_once_and_one_that_came_after_it_is_another()
    {
        var preparation = _preparations.Begin(Bind(1))!;
        Assert.True(_preparations.IsLate(preparation));
        Assert.False(_preparations.IsLate(preparation));
        var next = _preparations.Begin(Bind(1))!;
        Assert.False(_preparations.IsLate(preparation));
        Assert.True(_preparations.IsLate(next));
    }

    [Fact]
    public void Who_leaves_or_whose_container_ends_is_not_prepared_any_more()
    {
        var (one, two) = (_preparations.Begin(Bind(1))!, _preparations.Begin(Bind(2))!);
        _preparations.End(one.Bind.Endpoint.Id);
        Assert.False(_preparations.IsLate(one));
        _preparations.End(two.Bind.Endpoint.Spec.Container);
        Assert.False(_preparations.IsLate(two));
    }

    private static BindEndpoint Bind(int number)
    {
        var network = Some.Network(1, ["10.0.0.0/16"]);
        return new(Some.Endpoint(number, network, number + 1, number), new(1), network, 1) { Placed = 1 };
    }
}
