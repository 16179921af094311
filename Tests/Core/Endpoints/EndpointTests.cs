using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Endpoints;

public sealed class EndpointTests
{
    private static readonly NetworkSpec Network = Some.Network(1, ["10.77.0.0/16"]);
    private static readonly AttachedEndpoint Facts = Some.Endpoint(1, Network, 2);

    [Fact]
    public void A_wish_is_configured_once_and_the_host_is_told_each_time()
    {
        var endpoint = Endpoint().When(new ConfigureEndpoint(Facts));
        endpoint.Journals(nameof(EndpointConfigured));
        endpoint.Sends<Containers.EndpointSettled>();
        endpoint.When(new ConfigureEndpoint(Facts)).Journals();
        endpoint.Sends<Containers.EndpointSettled>();
    }

    [Fact]
    public void A_place_goes_into_the_kernel_and_the_host_is_told_when_it_is_there()
    {
        var endpoint = Endpoint().When(Bind(1));
        endpoint.Journals(nameof(EndpointBound));
        endpoint.Sends<ProgramEndpoint>();
        endpoint.When(new EndpointApplied(Bind(1))).Journals(nameof(EndpointProgrammed));
        Assert.Equal(Facts, endpoint.Sends<Containers.EndpointSettled>().Attached);
        endpoint.When(new EndpointApplied(Bind(1))).Journals();
        endpoint.Sends<Containers.EndpointSettled>();
    }

    [Fact]
    public void The_same_place_again_is_programmed_again_without_a_fact()
    {
        var endpoint = Endpoint().When(Bind(1), new EndpointApplied(Bind(1)), Bind(1));
        endpoint.Journals();
        endpoint.Sends<ProgramEndpoint>();
    }

    [Fact]
    public void What_the_kernel_refuses_is_noted_and_told()
    {
        var fault = new HostFault(Some.Host, "a", "b");
        var endpoint = Endpoint().When(Bind(1), new EndpointApplied(Bind(1), fault));
        endpoint.Journals(nameof(EndpointFailed));
        Assert.Equal(fault, endpoint.Sends<Containers.EndpointSettled>().Failure);
        Assert.Equal(EndpointPhase.Failed, endpoint.Recovered().When(new GetEndpoint(Facts.Id)).Replies<EndpointView>().Phase);
        endpoint.When(Bind(1)).Journals(nameof(EndpointBound));
    }

    [Fact]
    public void An_earlier_life_changes_nothing()
    {
        var endpoint = Endpoint().When(Bind(1), Bind(2)).Recovered();
        endpoint.When(Bind(1)).DoesNothing();
        endpoint.When(new EndpointApplied(Bind(1))).DoesNothing();
        endpoint.When(new EndpointApplied(Bind(1), new HostFault(Some.Host, "a", "b"))).DoesNothing();
        endpoint.When(Unbind(1, forget: true)).DoesNothing();
        endpoint.When(new EndpointWithdrawn(Unbind(1, forget: true))).DoesNothing();
        endpoint.When(Unbind(1, forget: false) with { HostLost = true }).DoesNothing();
        Assert.Equal((EndpointPhase.Attached, new Incarnation(2)), (endpoint.State.Phase!.Value, endpoint.State.Incarnation));
    }

    [Fact]
    public void The_kernel_and_the_host_are_told_before_the_journal_has_the_facts()
    {
        Assert.True(Endpoint().When(Bind(1)).Then.SendsFirst);
        Assert.True(Endpoint().When(Bind(1), new EndpointApplied(Bind(1))).Then.SendsFirst);
        Assert.False(Endpoint().When(Bind(1), new EndpointApplied(Bind(1), new HostFault(Some.Host, "a", "b"))).Then.SendsFirst);
    }

    [Fact]
    public void Leaving_asks_the_kernel_first_and_gives_the_place_back_when_it_is_out()
    {
        var endpoint = Endpoint().When(Bind(1), new EndpointApplied(Bind(1)), Unbind(1, forget: false));
        endpoint.Journals();
        var withdrawal = endpoint.Sends<WithdrawEndpoint>().Withdrawal;
        endpoint.When(new EndpointWithdrawn(withdrawal)).Journals(nameof(EndpointUnbound));
        endpoint.Sends<DetachEndpoint>();
        endpoint.When(new EndpointWithdrawn(withdrawal)).Journals();
        endpoint.Sends<DetachEndpoint>();
    }

    [Fact]
    public void A_lost_hosts_kernel_is_not_asked()
    {
        var endpoint = Endpoint().When(Bind(1), new EndpointApplied(Bind(1)), Unbind(1, forget: false) with { HostLost = true });
        endpoint.Journals(nameof(EndpointUnbound));
        endpoint.Sends<DetachEndpoint>();
    }

    [Fact]
    public void What_was_deleted_does_not_come_back_even_if_it_was_never_known()
    {
        var endpoint = Endpoint().When(new EndpointWithdrawn(Unbind(1, forget: true)));
        endpoint.Journals(nameof(EndpointDeleted));
        endpoint.Recovered().When(Bind(1)).Journals();
        Assert.True(endpoint.Sends<DetachEndpoint>().Withdrawal.Forget);
        endpoint.When(new ConfigureEndpoint(Facts)).Journals();
        Assert.True(endpoint.Sends<DetachEndpoint>().Withdrawal.Forget);
        endpoint.When(new EndpointApplied(Bind(1))).DoesNothing();
    }

    [Fact]
    public void Nobody_knows_an_endpoint_that_never_was() => Endpoint().When(new GetEndpoint(Facts.Id)).Refuses<InvalidRequest>();

    [Fact]
    public void A_snapshot_of_every_phase_gives_the_same_view()
    {
        foreach (var messages in new IAddressed[][]
        {
            [new ConfigureEndpoint(Facts)],
            [Bind(3)],
            [Bind(3), new EndpointApplied(Bind(3))],
            [Bind(3), new EndpointApplied(Bind(3), new HostFault(Some.Host, "a", "b"))],
            [Bind(3), new EndpointWithdrawn(Unbind(3, forget: false))],
            [Bind(3), new EndpointWithdrawn(Unbind(3, forget: true))],
        })
        {
            var endpoint = Endpoint().When(messages);
            var before = endpoint.When(new GetEndpoint(Facts.Id)).Replies<EndpointView>();
            var after = endpoint.Recovered().When(new GetEndpoint(Facts.Id)).Replies<EndpointView>();
            Assert.Equal(Scenario<EndpointState>.Text([before]), Scenario<EndpointState>.Text([after]));
        }
    }

    private static Scenario<EndpointState> Endpoint() => new(new EndpointDecider(), Facts.Id.ToString());

    private static BindEndpoint Bind(long life) => new(Facts, new(life), Network, 1);

    private static UnbindEndpoint Unbind(long life, bool forget) => new(Facts.Spec, new(life), forget);
}
