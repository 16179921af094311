using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Hosts;

public sealed class HostTests
{
    private static readonly NetworkSpec Network = Some.Network(1, ["10.77.0.0/16"]);
    private static readonly NetworkSpec Other = Some.Network(2, ["10.78.0.0/16"]);
    private static readonly ContainerId Box = Some.ContainerId(1);

    [Fact]
    public void Each_process_is_a_new_life_and_joining_again_is_the_same_one()
    {
        var host = Host();
        Assert.Equal(1, host.Replies<HostWelcome>().Incarnation.Value);
        host.When(Join("a")).Journals();
        Assert.Equal(1, host.Replies<HostWelcome>().Incarnation.Value);
        host.When(Join("b")).Journals(nameof(HostJoined));
        Assert.Equal(2, host.Replies<HostWelcome>().Incarnation.Value);
    }

    [Fact]
    public void Nobody_commands_a_host_that_never_joined_or_is_lost()
    {
        new Scenario<HostState>(new HostDecider(), "host1").When(new StartContainer(Some.Host, Box)).Refuses<HostUnknown>();
        new Scenario<HostState>(new HostDecider(), "host1").When(new GetHost(Some.Host)).Refuses<HostUnknown>();
        var host = Host().When(new DeclareHostLost(Some.Host, "a", DateTimeOffset.UnixEpoch));
        host.Journals(nameof(HostLost));
        host.When(new StartContainer(Some.Host, Box)).Refuses<HostIsLost>();
        host.When(new DeclareHostLost(Some.Host, "a", DateTimeOffset.UnixEpoch)).DoesNothing();
    }

    [Fact]
    public void After_a_recovery_commands_wait_until_the_process_has_told_what_lives()
    {
        var host = Running().Recovered();
        Assert.Equal(new Incarnation(1), ((RejoinHost)host.Resumed().Single()).Incarnation);
        Assert.True(host.When(new StartContainer(Some.Host, Box)).Then.Defer);
        Assert.True(host.When(new AwaitHost(Some.Host, "a")).Then.Defer);
        host.When(Join("a", Box), new EndpointSettled(Wish(1), new(1), Some.Endpoint(1, Network, 2), null), new StartContainer(Some.Host, Box)).Replies<ContainerDone>();
        host.When(new AwaitHost(Some.Host, "a")).Replies<HostView>();
    }

    [Fact]
    public void The_wishes_of_many_stopped_containers_are_asked_for_by_and_by_and_a_start_does_not_wait_for_them()
    {
        const int atOnce = 32;
        const int many = (2 * atOnce) + 6;
        var host = new Scenario<HostState>(new HostDecider { WishesAtOnce = atOnce }, "host1").When(Join("a"));
        for (var number = 1; number <= many; number++)
        {
            var container = Some.Container(number);
            host.When(new CreateContainer(Some.Host, container, [WishOf(number)]), Agreed(number, 1));
        }

        host.Recovered().When(Join("b"));
        Assert.Empty(host.Then.Sends.OfType<AttachEndpoint>());
        Assert.Contains((HostDecider.WishesAgainAfter, new AskWishes(Some.Host)), host.Then.Timers);
        // Nobody waits for them, and what is done with them meanwhile need not wait.
        host.When(new AwaitHost(Some.Host, "b")).Replies<HostView>();
        host.When(new AskWishes(Some.Host));
        Assert.Equal(atOnce, host.Then.Orders.OfType<AttachEndpoint>().Count());
        host.When(Enumerable.Range(1, atOnce).Select(number => Agreed(number, 2)));
        host.When(new RemoveContainer(Some.Host, Some.ContainerId(many), Force: false)).Sends<UnbindEndpoint>();
        host.When(new EndpointOut(new(WishOf(many), new(2), Forget: true)), new SandboxStopped(Some.Host, Some.ContainerId(many), new(2), null)).Replies<ContainerDone>();

        host.When(new AskWishes(Some.Host));
        Assert.Equal(atOnce, host.Then.Orders.OfType<AttachEndpoint>().Count());
        Assert.Empty(host.Then.Sends);
        host.When(new AwaitHost(Some.Host, "b")).Replies<HostView>();
        // Not before all of them have been answered, one of them with no: that was never acknowledged.
        host.When(Enumerable.Range(atOnce + 1, atOnce - 1).Select(number => Agreed(number, 2)));
        host.When(new AskWishes(Some.Host));
        Assert.Empty(host.Then.Orders);
        Assert.Equal((HostDecider.WishesAgainAfter, (IAddressed)new AskWishes(Some.Host)), Assert.Single(host.Then.Timers));
        var last = 2 * atOnce;
        Assert.True(host.When(new EndpointSettled(WishOf(last), new(2), null, new NetworkNotFound("net1"))).Sends<UnbindEndpoint>().Forget);
        host.When(new EndpointOut(new(WishOf(last), new(2), Forget: true))).Journals(nameof(ContainerDisconnected));
        host.When(new AskWishes(Some.Host));
        Assert.Equal(5, host.Then.Orders.OfType<AttachEndpoint>().Count());
        host.When(Enumerable.Range(last + 1, 5).Select(number => Agreed(number, 2)));
        host.When(new AskWishes(Some.Host));
        Assert.Empty(host.Then.Orders);
        Assert.Empty(host.Then.Timers);
        host.When(new AskWishes(Some.Host)).DoesNothing();

        static EndpointSpec WishOf(int number) => Wish(number) with { Container = Some.ContainerId(number), ContainerName = Some.Container(number).Name };

        static EndpointSettled Agreed(int number, int life) => new(WishOf(number), new(life), null, null);
    }

    [Fact]
    public void Those_of_thousands_come_so_slowly_that_the_machine_is_others_meanwhile()
    {
        var host = Host();
        for (var number = 1; number <= HostDecider.ManyWishes + 3; number++)
        {
            var wish = Wish(number) with { Container = Some.ContainerId(number), ContainerName = Some.Container(number).Name };
            host.When(new CreateContainer(Some.Host, Some.Container(number), [wish]), new EndpointSettled(wish, new(1), null, null));
        }

        host.Recovered().When(Join("b"));
        Assert.Contains((HostDecider.ManyWishesAgainAfter, new AskWishes(Some.Host)), host.Then.Timers);
        // Two less.
        host.When(new AskWishes(Some.Host));
        Assert.Contains((HostDecider.ManyWishesAgainAfter, new AskWishes(Some.Host)), host.Then.Timers);
        host.When(host.Then.Orders.OfType<AttachEndpoint>().Select(asked => new EndpointSettled(asked.Endpoint, new(2), null, null))).When(new AskWishes(Some.Host));
        Assert.Contains((HostDecider.WishesAgainAfter, new AskWishes(Some.Host)), host.Then.Timers);
    }

    [Fact]
    public void When_it_was_started_and_when_it_stopped_last_is_kept_over_a_recovery()
    {
        var (first, stop, again) = (DateTimeOffset.UnixEpoch.AddMinutes(1), DateTimeOffset.UnixEpoch.AddMinutes(2), DateTimeOffset.UnixEpoch.AddMinutes(3));
        IAddressed[] starts = [new StartContainer(Some.Host, Box) { At = first }, Sandbox(), Settled(1, attached: true)];
        IAddressed[] stops = [.. starts, new StopContainer(Some.Host, Box), Out(1, forget: false), new SandboxStopped(Some.Host, Box, new(1), 137) { At = stop }];
        IAddressed[] startsAgain = [.. stops, new StartContainer(Some.Host, Box) { At = again }, Sandbox(), Settled(1, attached: true)];
        Assert.Equal((first, null), Times(starts));
        Assert.Equal((first, stop), Times(stops));
        Assert.Equal((again, stop), Times(startsAgain));

        static (DateTimeOffset?, DateTimeOffset?) Times(IAddressed[] messages)
        {
            var view = Created([Wish(1)]).When(messages).Recovered().State.Find(Box)!.View(Some.Host);
            return (view.StartedAt, view.FinishedAt);
        }
    }

    [Fact]
    public void A_drained_host_takes_no_containers_in_any_life_until_it_is_activated()
    {
        var host = Running().When(new DrainHost(Some.Host));
        host.Journals(nameof(HostDrained));
        Assert.True(host.Replies<HostView>().Drained);
        host.When(new DrainHost(Some.Host)).Journals();
        host.When(Create(2)).Refuses<HostIsDrained>();
        // What runs goes on, and may be stopped; what stopped stays so, over the next life too.
        Assert.Equal(1, host.When(new GetHost(Some.Host)).Replies<HostView>().Running);
        host.When(new StopContainer(Some.Host, Box), Out(1, forget: false), new SandboxStopped(Some.Host, Box, new(1), null)).Replies<ContainerDone>();
        host.When(new StartContainer(Some.Host, Box)).Refuses<HostIsDrained>();
        host.Recovered().When(Join("b"), new StartContainer(Some.Host, Box));
        host.When(new EndpointSettled(Wish(1), new(2), null, null)).When(new StartContainer(Some.Host, Box)).Refuses<HostIsDrained>();
        host.When(new ActivateHost(Some.Host)).Journals(nameof(HostActivated));
        host.When(new StartContainer(Some.Host, Box)).Sends<StartSandbox>();
        new Scenario<HostState>(new HostDecider(), "host1").When(new DrainHost(Some.Host)).Refuses<HostUnknown>();
    }

    [Fact]
    public void A_command_is_asked_to_end_before_its_networks_leave_and_who_has_less_patience_hurries_it()
    {
        var spec = Some.Container(1) with { Command = ["serve"], StopTimeout = 30, StopSignal = 2 };
        var host = Host().When(new CreateContainer(Some.Host, spec, [Wish(1)]), Settled(1, attached: false), new StartContainer(Some.Host, Box), Sandbox(), Settled(1, attached: true), new CommandStarted(Some.Host, Box, new(1), null));
        host.When(new StopContainer(Some.Host, Box)).Journals(nameof(ContainerStopping));
        Assert.Equal((TimeSpan.FromSeconds(30), 2), (host.Sends<EndCommand>().Patience, host.Sends<EndCommand>().Signal));
        Assert.Equal(HostDecider.OperationTimeout + TimeSpan.FromSeconds(30), Assert.Single(host.Then.Timers).Delay);
        // Others wait, and are heard all the same.
        host.When(new StopContainer(Some.Host, Box) { Patience = 1, Signal = 15 });
        Assert.True(host.Then.Defer);
        Assert.Equal(new EndCommand(Some.Host, Box, new(1), TimeSpan.FromSeconds(1), 15) { Hurries = true }, host.Then.Orders.Single());
        host.When(new RemoveContainer(Some.Host, Box, Force: true));
        Assert.Equal(TimeSpan.Zero, ((EndCommand)host.Then.Orders.Single()).Patience);
        foreach (var other in (IAddressed[])[new StartContainer(Some.Host, Box), new RenameContainer(Some.Host, Box, "web"), new ConnectContainer(Some.Host, Wish(2)), new DisconnectContainer(Some.Host, Box, Network.Id, Network.Name)]) host.When(other).Refuses<ContainerIsStopping>();
        host.When(new RemoveContainer(Some.Host, Box, Force: false)).Refuses<ContainerIsRunning>();
        // That it has ended is no news to anybody but us.
        Assert.True(host.When(new CommandExited(Some.Host, Box, new(1), 0)).Then.Defer);
        Assert.False(host.When(new CommandEnded(Some.Host, Box, new(1))).Sends<UnbindEndpoint>().Forget);
        host.When(new CommandEnded(Some.Host, Box, new(1))).DoesNothing();
        host.When(Out(1, forget: false), new SandboxStopped(Some.Host, Box, new(1), 0));
        Assert.Equal(0, host.Replies<ContainerDone>().Container.ExitCode);
    }

    [Fact]
    public void A_command_that_nobody_reports_the_end_of_ends_with_its_sandbox()
    {
        var host = Host().When(new CreateContainer(Some.Host, Some.Container(1) with { Command = ["serve"] }, []), new StartContainer(Some.Host, Box), Sandbox(), new CommandStarted(Some.Host, Box, new(1), null), new StopContainer(Some.Host, Box) { Patience = -1 });
        Assert.Equal(TimeSpan.FromDays(1), host.Sends<EndCommand>().Patience);
        host.When(new ExpireOperation(Some.Host, Box, host.State.Find(Box)!.Operation!.Number)).Sends<StopSandbox>();
    }

    [Fact]
    public void Who_asks_again_hears_what_was_done_the_first_time()
    {
        var host = Running();
        var disconnect = new DisconnectContainer(Some.Host, Box, Network.Id, Network.Name);
        host.When(disconnect, Out(1, forget: true)).Replies<ContainerDone>();
        host.When(disconnect with { Again = true }).Journals();
        Assert.Empty(host.Replies<ContainerDone>().Container.Endpoints);
        host.When(disconnect).Refuses<NotConnected>();

        var remove = new RemoveContainer(Some.Host, Box, Force: true);
        host.When(remove, new SandboxStopped(Some.Host, Box, new(1), null)).Replies<ContainerDone>();
        host.When(remove with { Again = true }).Journals();
        Assert.Equal(Box, host.Replies<ContainerDone>().Container.Spec.Id);
        host.When(remove).Refuses<ContainerNotFound>();
        // Nobody has removed that.
        host.When(new RemoveContainer(Some.Host, Some.ContainerId(7), Force: true) { Again = true }).Refuses<ContainerNotFound>();
    }

    [Fact]
    public void Who_asks_again_while_it_is_under_way_waits_and_has_what_may_be_lost_said_again()
    {
        var connect = new ConnectContainer(Some.Host, Wish(2, Other));
        var host = Running().When(connect);
        host.When(connect);
        Assert.True(host.Then is { Defer: true, Orders.IsEmpty: true });
        host.When(connect with { Again = true });
        Assert.True(host.Then.Defer);
        Assert.Equal(Some.EndpointId(2), ((AttachEndpoint)host.Then.Orders.Single()).Endpoint.Id);
        host.When(Settled(2, Other, attached: true)).Replies<ContainerDone>();

        host.When(new StopContainer(Some.Host, Box));
        host.When(new StopContainer(Some.Host, Box) { Again = true });
        Assert.Equal([false, false], host.Then.Orders.Select(order => ((UnbindEndpoint)order).Forget));
        host.When(Out(1, forget: false));
        host.When(new StopContainer(Some.Host, Box) { Again = true });
        Assert.Equal(Some.EndpointId(2), ((UnbindEndpoint)host.Then.Orders.Single()).Endpoint.Id);
        host.When(Out(2, forget: false, Other), new SandboxStopped(Some.Host, Box, new(1), null)).Replies<ContainerDone>();

        // One after the other, as it begins.
        host.When(new StartContainer(Some.Host, Box), Sandbox());
        host.When(new StartContainer(Some.Host, Box) { Again = true });
        Assert.Equal(Some.EndpointId(1), ((AttachEndpoint)host.Then.Orders.Single()).Endpoint.Id);

        host.When(Settled(1, attached: true), Settled(2, Other, attached: true), new RemoveContainer(Some.Host, Box, Force: true));
        host.When(new RemoveContainer(Some.Host, Box, Force: true) { Again = true });
        Assert.Equal([true, true], host.Then.Orders.Select(order => ((UnbindEndpoint)order).Forget));
    }

    [Fact]
    public void What_its_network_has_agreed_to_is_done_when_it_is_asked_for_again()
    {
        var host = Host().When(Create(1, Wish(1)), Settled(1));
        host.When(Create(1, Wish(1)) with { Again = true }).Journals();
        Assert.Equal((0, Box), (host.Then.Sends.Length, host.Replies<ContainerDone>().Container.Spec.Id));
        var connect = new ConnectContainer(Some.Host, Wish(2, Other));
        host.When(connect, Settled(2, Other)).Replies<ContainerDone>();
        host.When(connect with { Again = true }).Replies<ContainerDone>();
        Assert.Empty(host.Then.Sends);
    }

    [Fact]
    public void Asked_for_again_by_who_cannot_know_what_was_agreed_it_is_not_taken_back_because_nobody_answers()
    {
        var host = Host().When(Create(1, Wish(1)), Settled(1)).Recovered().When(Join("b"), new AskWishes(Some.Host));
        host.When(Expired(host), Create(1, Wish(1)) with { Again = true }).Sends<AttachEndpoint>();
        host.When(Expired(host)).Journals();
        Assert.IsType<OutcomeUnknown>(host.Replies<Rejected>().Reason);
        var connect = new ConnectContainer(Some.Host, Wish(2, Other));
        host.When(connect, Settled(2, Other));
        host = host.Recovered().When(Join("c"), new AskWishes(Some.Host));
        host.When(Expired(host), connect with { Again = true }).Sends<AttachEndpoint>();
        host.When(Expired(host)).Journals();
        Assert.Equal(2, host.State.Find(Box)!.Endpoints.Count);
        // What its network refuses is nobody's.
        host.When(connect with { Again = true }, Settled(2, Other, new NetworkNotFound("net2"))).Journals(nameof(ContainerDisconnecting));
    }

    [Fact]
    public void What_was_said_of_it_before_it_was_started_and_of_a_place_that_is_not_waited_for_changes_nothing()
    {
        var host = Created([Wish(1), Wish(2, Other)]).When(new StartContainer(Some.Host, Box), Sandbox());
        host.When(Settled(1)).DoesNothing();
        host.When(Settled(1, attached: true)).Sends<AttachEndpoint>();
        // Said again of one that has its place, and the kernel is in a mood.
        host.When(Settled(1, failure: new HostFault(Some.Host, "attach", "not now")));
        Assert.Null(host.State.Find(Box)!.Operation!.Failure);
        host.When(Settled(2, Other, attached: true)).Replies<ContainerDone>();
    }

    [Fact]
    public void A_container_that_is_being_removed_is_disconnected_from_nothing_and_not_said_to_have_stopped()
    {
        var host = Running().When(new RemoveContainer(Some.Host, Box, Force: true));
        host.When(Expired(host), new DisconnectContainer(Some.Host, Box, Network.Id, Network.Name)).Refuses<ContainerNotFound>();
        host.When(new StopContainer(Some.Host, Box)).Refuses<ContainerNotFound>();
    }

    [Fact]
    public void A_container_without_networks_is_there_at_once_and_the_same_create_again_is_the_same()
    {
        var host = Host().When(Create(1));
        host.Journals(nameof(ContainerCreated));
        Assert.Equal(ContainerStatus.Created, host.Replies<ContainerDone>().Container.Status);
        host.When(Create(1)).Journals();
        host.Replies<ContainerDone>();
        host.When(Create(2) with { Spec = Some.Container(2) with { Name = "c1" } });
        Assert.Equal(Box, host.Refuses<ContainerNameTaken>().Holder);
        host.When(Create(1) with { Spec = Some.Container(1) with { Name = "other" } }).Refuses<IdTaken>();
    }

    [Fact]
    public void A_container_that_makes_no_sense_is_refused_with_everything_that_is_wrong()
    {
        var spec = Some.Container(1) with { Name = "-", Hostname = "a b", Environment = ["=x", "A=b"] };
        Assert.Equal(3, Host().When(new CreateContainer(Some.Host, spec, [])).Refuses<InvalidRequest>().Problems.Length);
    }

    [Fact]
    public void A_create_with_networks_is_answered_when_they_have_agreed()
    {
        var host = Host().When(Create(1, Wish(1), Wish(2, Other)));
        host.Journals(nameof(ContainerCreated), nameof(ContainerConnected), nameof(ContainerConnected));
        Assert.All(host.Then.Sends, message => Assert.False(((AttachEndpoint)message).Running));
        Assert.Null(host.When(Settled(1)).Then.Reply);
        Assert.Equal(2, host.When(Settled(2, Other)).Replies<ContainerDone>().Container.Endpoints.Length);
    }

    [Fact]
    public void A_create_that_a_network_refuses_leaves_nothing_even_if_the_entity_dies_meanwhile()
    {
        var reason = new NetworkNotFound("net2");
        var host = Host().When(Create(1, Wish(1), Wish(2, Other)), Settled(1), Settled(2, Other, reason));
        host.Journals(nameof(ContainerRemoving));
        Assert.All(host.Then.Sends, message => Assert.True(((UnbindEndpoint)message).Forget));
        host.When(Out(1, forget: true)).Journals(nameof(ContainerDisconnected));
        host.When(Out(2, forget: true, Other)).Journals(nameof(ContainerDisconnected), nameof(ContainerRemoved));
        Assert.Equal(reason, host.Replies<Rejected>().Reason);
        host.When(Create(2) with { Spec = Some.Container(2) with { Name = "c1" } }).Replies<ContainerDone>();

        var dead = Host().When(Create(1, Wish(1)), Settled(1, Network, reason)).Recovered().When(Join("b"));
        Assert.True(dead.Sends<UnbindEndpoint>().Forget);
        dead.When(Out(1, forget: true)).Sends<StopSandbox>();
        dead.When(new SandboxStopped(Some.Host, Box, new(2), null)).Journals(nameof(ContainerRemoved));
    }

    [Fact]
    public void A_create_whose_endpoint_was_deleted_before_it_came_is_refused_and_leaves_nothing_even_when_its_network_hears_of_it_later()
    {
        var host = Host().When(Create(1, Wish(1)), Out(1, forget: true));
        Assert.True(host.Sends<UnbindEndpoint>().Forget);
        host.When(Out(1, forget: true));
        Assert.IsType<IdTaken>(host.Replies<Rejected>().Reason);
        Assert.Empty(host.State.Containers);
    }

    [Fact]
    public void The_same_network_twice_or_a_network_for_a_container_without_one_is_refused()
    {
        Host().When(Create(1, Wish(1), Wish(2))).Refuses<EndpointNameTaken>();
        Host().When(new CreateContainer(Some.Host, Some.Container(1, SandboxMode.Host), [Wish(1)])).Refuses<SandboxModeConflict>();
    }

    [Fact]
    public void A_container_of_the_host_or_none_network_is_in_that_one_alone_and_nobody_else_is()
    {
        const string Host = "container cannot be disconnected from host network or connected to host network";
        const string Shared = "container sharing network namespace with another container or host cannot be connected to any other network";
        const string Private = "container cannot be connected to multiple networks with one of the networks in private (none) mode";
        var (toHost, toNone) = (Wish(5) with { NetworkName = "host" }, Wish(6) with { NetworkName = "none" });
        foreach (var (mode, wishes, text) in new[]
        {
            (SandboxMode.Host, [Wish(1)], Shared), (SandboxMode.Host, [toHost, Wish(2, Other)], Shared), (SandboxMode.None, [Wish(1)], Private),
            (SandboxMode.Own, [toHost], Host), (SandboxMode.Own, new[] { Wish(2, Other), toNone }, Private),
        })
        {
            Assert.Equal(text, HostTests.Host().When(new CreateContainer(Some.Host, Some.Container(1, mode), [.. wishes])).Refuses<SandboxModeConflict>().Text);
        }

        foreach (var (mode, own, wish, text) in new[] { (SandboxMode.Host, toHost, Wish(1), Shared), (SandboxMode.None, toNone, Wish(1), Private), (SandboxMode.Host, toHost, toHost with { Id = Some.EndpointId(9) }, Host) })
        {
            var odd = HostTests.Host().When(new CreateContainer(Some.Host, Some.Container(1, mode), [own]));
            odd.Journals(nameof(ContainerCreated), nameof(ContainerConnected));
            odd.When(new EndpointSettled(own, new(1), null, null), new ConnectContainer(Some.Host, wish));
            Assert.Equal(text, odd.Refuses<SandboxModeConflict>().Text);
            odd.When(new DisconnectContainer(Some.Host, Box, own.Network, own.NetworkName));
            if (mode == SandboxMode.Host) Assert.Equal(Host, odd.Refuses<SandboxModeConflict>().Text);
            else odd.Journals(nameof(ContainerDisconnecting));
        }

        foreach (var (wish, text) in new[] { (toHost, Host), (toNone, Private) })
            Assert.Equal(text, HostTests.Host().When(Create(1), new ConnectContainer(Some.Host, wish)).Refuses<SandboxModeConflict>().Text);
    }

    [Fact]
    public void Who_has_left_the_network_none_may_go_elsewhere_or_back()
    {
        var toNone = Wish(6) with { NetworkName = "none" };
        foreach (var next in (EndpointSpec[])[Wish(1), toNone with { Id = Some.EndpointId(9) }])
        {
            var odd = Host().When(new CreateContainer(Some.Host, Some.Container(1, SandboxMode.None), [toNone]));
            odd.When(new EndpointSettled(toNone, new(1), null, null), new DisconnectContainer(Some.Host, Box, toNone.Network, toNone.NetworkName), new EndpointOut(new(toNone, new(1), true)), new ConnectContainer(Some.Host, next));
            odd.Journals(nameof(ContainerConnected));
            odd.When(new EndpointSettled(next, new(1), null, null), new ConnectContainer(Some.Host, next.NetworkName == "none" ? Wish(1) : toNone with { Id = Some.EndpointId(9) }));
            odd.Refuses<SandboxModeConflict>();
        }
    }

    [Fact]
    public void A_link_on_the_predefined_network_is_to_a_container_that_exists_and_runs_there()
    {
        var onBridge = Wish(2) with { NetworkName = "bridge", Container = Some.ContainerId(2), ContainerName = "c2", Settings = new() { Links = [new("c1", "db")] } };
        var create = new CreateContainer(Some.Host, Some.Container(2), [onBridge]);
        Assert.Equal("could not get container for c1: No such container: c1", Host().When(create).Refuses<LinkTargetNotFound>().Text);

        var host = Created([]).When(create, new EndpointSettled(onBridge, new(1), null, null));
        Assert.Equal("Cannot link to a non running container: /c1 AS /c2/db", host.When(new StartContainer(Some.Host, Some.ContainerId(2))).RefusesStart<LinkTargetNotRunning>().Text);
        host.When(new StartContainer(Some.Host, Box), Sandbox(), new StartContainer(Some.Host, Some.ContainerId(2)));
        Assert.Equal("Cannot link to /c1, as it does not belong to the default network", host.RefusesStart<LinkTargetNotRunning>().Text);
        host.When(new ConnectContainer(Some.Host, Wish(1) with { NetworkName = "bridge" }), Settled(1, attached: true), new StartContainer(Some.Host, Some.ContainerId(2))).Sends<StartSandbox>();

        // One that was removed since is no longer linked; and elsewhere a link is a name.
        Created([]).When(create, new EndpointSettled(onBridge, new(1), null, null), new RemoveContainer(Some.Host, Box, false), new SandboxStopped(Some.Host, Box, new(1), null),
            new StartContainer(Some.Host, Some.ContainerId(2))).Sends<StartSandbox>();
        Host().When(create with { Endpoints = [onBridge with { NetworkName = "net1" }] }).Sends<AttachEndpoint>();
    }

    [Fact]
    public void A_start_makes_the_sandbox_then_each_endpoint_in_order_then_runs_the_command()
    {
        var host = Created([Wish(1), Wish(2, Other)], command: ["run"]).When(new StartContainer(Some.Host, Box));
        host.Journals(nameof(ContainerStarted));
        host.Sends<StartSandbox>();
        Assert.Equal(Some.EndpointId(1), host.When(Sandbox()).Sends<AttachEndpoint>().Endpoint.Id);
        Assert.Equal(Some.EndpointId(2), host.When(Settled(1, attached: true)).Sends<AttachEndpoint>().Endpoint.Id);
        host.When(Settled(2, Other, attached: true)).Sends<RunCommand>();
        Assert.Null(host.Then.Reply);
        var view = host.When(new CommandStarted(Some.Host, Box, new(1), null)).Replies<ContainerDone>().Container;
        Assert.Equal(ContainerStatus.Running, view.Status);
        Assert.All(view.Endpoints, endpoint => Assert.NotNull(endpoint.Attached));
        host.When(new StartContainer(Some.Host, Box)).Replies<ContainerDone>();
    }

    [Fact]
    public void A_start_that_fails_anywhere_is_undone_and_answered_with_the_first_reason()
    {
        var fault = new HostFault(Some.Host, "a", "b");
        var host = Created([Wish(1)]).When(new StartContainer(Some.Host, Box), Sandbox(), Settled(1, Network, fault));
        host.Journals(nameof(ContainerStopping));
        Assert.False(host.Sends<UnbindEndpoint>().Forget);
        host.When(Out(1, forget: false)).Sends<StopSandbox>();
        host.When(new SandboxStopped(Some.Host, Box, new(1), null)).Journals(nameof(ContainerStopped));
        Assert.Equal(fault, host.Replies<Rejected>().Reason);
        Assert.Single(host.State.Find(Box)!.Endpoints);

        host.When(new StartContainer(Some.Host, Box), new SandboxStarted(Some.Host, Box, new(1), fault)).Journals(nameof(ContainerStopping));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_that_is_killed_was_not_stopped(bool runsCommand)
    {
        var host = Created([], command: runsCommand ? ["run"] : []).When(new StartContainer(Some.Host, Box), Sandbox(), new CommandStarted(Some.Host, Box, new(1), null));
        Assert.True(Assert.Single(host.When(new StopContainer(Some.Host, Box) { Patience = 0, Kill = true }).Then.Events.OfType<ContainerStopping>()).ByItself);
    }

    [Fact]
    public void One_whose_start_failed_is_as_it_was_before_with_the_reason_until_the_next_start()
    {
        var (start, at) = (new StartContainer(Some.Host, Box) { At = DateTimeOffset.UnixEpoch.AddHours(1) }, DateTimeOffset.UnixEpoch.AddHours(2));
        var missing = new CommandNotRunnable("nope", 127);
        var host = Created([], command: ["nope"]).When(start, Sandbox(), new CommandStarted(Some.Host, Box, new(1), missing)).Recovered().When(Join("b"), new SandboxStopped(Some.Host, Box, new(2), null));
        AssertView(ContainerStatus.Created, 127, null, null, new(missing.Text, 127));

        // Of one that has run before, that is known still.
        host.When(start, new SandboxStarted(Some.Host, Box, new(2), null), new CommandStarted(Some.Host, Box, new(2), null));
        AssertView(ContainerStatus.Running, null, start.At, null, null);
        host.When(new CommandExited(Some.Host, Box, new(2), 3), new SandboxStopped(Some.Host, Box, new(2), 3) { At = at });
        AssertView(ContainerStatus.Exited, 3, start.At, at, null);
        var fault = new HostFault(Some.Host, "a", "b");
        host.When(start with { At = at }, new SandboxStarted(Some.Host, Box, new(2), fault), new SandboxStopped(Some.Host, Box, new(2), null));
        AssertView(ContainerStatus.Exited, 128, start.At, at, new(fault.Text, 128));
        host.When(start with { At = at }, new SandboxStarted(Some.Host, Box, new(2), null));
        AssertView(ContainerStatus.Running, null, at, at, null);

        void AssertView(ContainerStatus status, int? exitCode, DateTimeOffset? started, DateTimeOffset? finished, StartFailure? failure)
        {
            var views = new[] { host.State, new Scenario<HostState>(new HostDecider(), Some.Host.ToString()).Given(new HostDecider().Compact(host.State)).State }.Select(state => state.Find(Box)!.View(Some.Host));
            Assert.All(views, view => Assert.Equal((status, exitCode, started, finished, failure), (view.Status, view.ExitCode, view.StartedAt, view.FinishedAt, view.Failure)));
        }
    }

    [Fact]
    public void One_that_is_started_again_before_the_end_of_a_start_that_failed_was_heard_of_is_as_it_was_before_both()
    {
        var (start, fault) = (new StartContainer(Some.Host, Box), new HostFault(Some.Host, "a", "b"));
        var host = Created([]).When(start, new SandboxStarted(Some.Host, Box, new(1), fault));
        host.When(host.Then.Timers.Single().Message).When(start, new SandboxStarted(Some.Host, Box, new(1), fault), new SandboxStopped(Some.Host, Box, new(1), null));
        Assert.Equal((ContainerPhase.Created, 128), (host.State.Find(Box)!.Phase, host.State.Find(Box)!.Failure!.ExitCode));
    }

    [Fact]
    public void One_that_goes_when_it_stops_goes_with_a_start_that_failed_and_the_reason_is_told_when_it_is_gone()
    {
        var create = Create(1, Wish(1)) is var made ? made with { Spec = made.Spec with { AutoRemove = true } } : made;
        var fault = new HostFault(Some.Host, "a", "b");
        var host = Host().When(create, Settled(1, Network), new StartContainer(Some.Host, Box), Sandbox(), Settled(1, Network, fault));
        host.Journals(nameof(ContainerRemoving));
        Assert.Null(host.Then.Reply);
        Assert.True(host.Sends<UnbindEndpoint>().Forget);
        Assert.True(host.When(Out(1, forget: true)).Sends<StopSandbox>().Forget);
        host.When(new SandboxStopped(Some.Host, Box, new(1), null)).Journals(nameof(ContainerRemoved));
        Assert.Equal(fault, host.Replies<Rejected>().Reason);

        // One whose start is refused before anything was done, too.
        ContainerPorts web = new() { Bindings = [new(null, 80, 80, new(80, PortProtocol.Tcp))] };
        create = Create(2);
        host = Host().When(create with { Spec = create.Spec with { Ports = web } }, new StartContainer(Some.Host, Some.ContainerId(2)));
        create = Create(1);
        host.When(create with { Spec = create.Spec with { Ports = web, AutoRemove = true } }, new StartContainer(Some.Host, Box)).Journals(nameof(ContainerRemoving));
        Assert.Null(host.Then.Reply);
        host.When(new SandboxStopped(Some.Host, Box, new(1), null)).Journals(nameof(ContainerRemoved));
        Assert.IsType<PortAllocated>(host.Replies<Rejected>().Reason);
    }

    [Fact]
    public void One_thing_at_a_time_is_done_with_a_container_and_others_go_on()
    {
        var host = Created([Wish(1)]).When(new StartContainer(Some.Host, Box));
        Assert.True(host.When(new StopContainer(Some.Host, Box)).Then.Defer);
        host.When(Create(2)).Replies<ContainerDone>();
    }

    [Fact]
    public void A_stop_keeps_the_wishes_and_ends_with_the_exit_code()
    {
        var host = Running().When(new StopContainer(Some.Host, Box));
        host.Journals(nameof(ContainerStopping));
        Assert.False(host.Sends<UnbindEndpoint>().Forget);
        Assert.False(host.When(Out(1, forget: false)).Sends<StopSandbox>().Forget);
        var view = host.When(new SandboxStopped(Some.Host, Box, new(1), 7)).Replies<ContainerDone>().Container;
        Assert.Equal((ContainerStatus.Exited, 7), (view.Status, view.ExitCode!.Value));
        Assert.Null(Assert.Single(view.Endpoints).Attached);
        host.When(new StopContainer(Some.Host, Box)).Replies<ContainerDone>();
    }

    [Fact]
    public void One_that_goes_when_it_has_stopped_goes_a_little_later_or_after_the_next_join()
    {
        var create = Create(1);
        var host = Host().When(create with { Spec = create.Spec with { AutoRemove = true } }, new StartContainer(Some.Host, Box), new SandboxStarted(Some.Host, Box, new(1), null), new StopContainer(Some.Host, Box));
        host.When(new SandboxStopped(Some.Host, Box, new(1), 0));
        var (delay, remove) = Assert.Single(host.Then.Timers);
        Assert.Equal((HostDecider.LastWords, new RemoveContainer(Some.Host, Box, Force: false)), (delay, remove));
        host.Recovered().When(Join("a"));
        Assert.Contains((HostDecider.LastWords, remove), host.Then.Timers);
        Assert.True(host.When(remove).Sends<StopSandbox>().Forget);
    }

    [Fact]
    public void A_running_container_is_removed_by_force_only()
    {
        var host = Running();
        host.When(new RemoveContainer(Some.Host, Box, Force: false)).Refuses<ContainerIsRunning>();
        host.When(new RemoveContainer(Some.Host, Box, Force: true)).Journals(nameof(ContainerRemoving));
        Assert.True(host.Sends<UnbindEndpoint>().Forget);
        Assert.True(host.When(Out(1, forget: true)).Sends<StopSandbox>().Forget);
        host.When(new SandboxStopped(Some.Host, Box, new(1), null)).Journals(nameof(ContainerRemoved));
        host.Replies<ContainerDone>();
        host.When(new RemoveContainer(Some.Host, Box, Force: true)).Refuses<ContainerNotFound>();
    }

    [Fact]
    public void Nothing_is_connected_to_a_container_whose_removal_goes_on()
    {
        var host = Created([Wish(1)]).When(new RemoveContainer(Some.Host, Box, Force: false));
        host.When(host.Then.Timers.Single().Message).Replies<Rejected>();
        host.When(new ConnectContainer(Some.Host, Wish(2, Other))).Refuses<ContainerNotFound>();
    }

    [Fact]
    public void A_connect_is_answered_when_the_endpoint_has_its_place()
    {
        var host = Running().When(new ConnectContainer(Some.Host, Wish(2, Other)));
        host.Journals(nameof(ContainerConnected));
        Assert.True(host.Sends<AttachEndpoint>().Running);
        Assert.NotNull(host.When(Settled(2, Other, attached: true)).Replies<ContainerDone>().Container.Endpoints[1].Attached);
        host.When(new ConnectContainer(Some.Host, Wish(2, Other))).Replies<ContainerDone>();
        host.Journals();
    }

    [Fact]
    public void A_connect_that_is_refused_leaves_nothing_even_if_the_entity_dies_meanwhile()
    {
        var host = Running().When(new ConnectContainer(Some.Host, Wish(2, Other)), Settled(2, Other, new NetworkNotFound("net2")));
        host.Journals(nameof(ContainerDisconnecting));
        Assert.True(host.Sends<UnbindEndpoint>().Forget);
        Assert.True(((UnbindEndpoint)host.Recovered().When(Join("b", Box)).Then.Sends[1]).Forget);
        host.When(Out(2, forget: true, Other)).Journals(nameof(ContainerDisconnected));
        Assert.Single(host.State.Find(Box)!.Endpoints);
    }

    [Fact]
    public void What_cannot_be_connected_is_refused()
    {
        var host = Running();
        Assert.Equal("net1", host.When(new ConnectContainer(Some.Host, Wish(3))).Refuses<EndpointNameTaken>().Network);
        host.When(new ConnectContainer(Some.Host, Wish(1, Other))).Refuses<IdTaken>();
        host.When(new ConnectContainer(Some.Host, Some.Endpoint(3, Network, 3, container: 9).Spec)).Refuses<ContainerNotFound>();
        foreach (var mode in new[] { SandboxMode.Host, SandboxMode.None })
        {
            var own = Wish(5) with { NetworkName = mode == SandboxMode.Host ? "host" : "none" };
            var odd = Host().When(new CreateContainer(Some.Host, Some.Container(1, mode), [own]), new EndpointSettled(own, new(1), null, null), new ConnectContainer(Some.Host, Wish(1)));
            odd.Refuses<SandboxModeConflict>();
        }
    }

    [Fact]
    public void A_disconnect_is_noted_first_and_recovery_goes_on_with_it()
    {
        var host = Running().When(new DisconnectContainer(Some.Host, Box, Network.Id, "net1"));
        host.Journals(nameof(ContainerDisconnecting));
        Assert.True(host.Sends<UnbindEndpoint>().Forget);
        Assert.True(host.Recovered().When(Join("b", Box)).Sends<UnbindEndpoint>().Forget);
        host.When(Out(1, forget: true)).Journals(nameof(ContainerDisconnected));
        host.When(new DisconnectContainer(Some.Host, Box, Network.Id, "net1")).Refuses<NotConnected>();
        host.When(new DisconnectContainer(Some.Host, Some.ContainerId(9), Network.Id, "net1")).Refuses<ContainerNotFound>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_disconnect_that_was_not_answered_in_time_is_done_when_the_endpoint_is_out_and_not_before(bool again)
    {
        var disconnect = new DisconnectContainer(Some.Host, Box, Network.Id, Network.Name);
        var host = Running().When(disconnect);
        Assert.IsType<OutcomeUnknown>(host.When(Expired(host)).Replies<Rejected>().Reason);
        host.When(disconnect with { Again = again }).Journals();
        Assert.True(host.Sends<UnbindEndpoint>().Forget);
        Assert.Null(host.Then.Reply);
        Assert.Empty(host.When(Out(1, forget: true)).Replies<ContainerDone>().Container.Endpoints);
    }

    [Fact]
    public void A_new_life_adopts_what_lives_and_ends_what_does_not()
    {
        var host = Running().When(Create(2), new StartContainer(Some.Host, Some.ContainerId(2)), new SandboxStarted(Some.Host, Some.ContainerId(2), new(1), null)).Recovered();
        host.When(Join("b", Box)).Journals(nameof(HostJoined), nameof(ContainerStopping));
        Assert.Equal(Box, Assert.Single(host.Replies<HostWelcome>().Running).Spec.Id);
        Assert.Equal((true, new Incarnation(2)), (((AttachEndpoint)host.Then.Sends[0]).Running, ((AttachEndpoint)host.Then.Sends[0]).Incarnation));
        Assert.Equal(Some.ContainerId(2), Assert.IsType<StopSandbox>(host.Then.Sends[1]).Container);
    }

    [Fact]
    public void A_lost_hosts_endpoints_give_their_places_back_without_asking_its_kernel()
    {
        var host = Running().When(new DeclareHostLost(Some.Host, "a", DateTimeOffset.UnixEpoch));
        Assert.True(host.Sends<UnbindEndpoint>() is { HostLost: true, Forget: false });
        Assert.True(host.When(new GetHost(Some.Host)).Replies<HostView>().Lost);
    }

    [Fact]
    public void What_a_lost_host_has_is_told_again_until_it_is_out_also_after_a_recovery()
    {
        var host = Running().When(new DeclareHostLost(Some.Host, "a", DateTimeOffset.UnixEpoch));
        Assert.True(host.When(Timer(host)).Sends<UnbindEndpoint>().HostLost);
        host.Recovered().When(host.Resumed());
        Assert.True(host.Sends<UnbindEndpoint>().HostLost);
        var last = Timer(host);
        host.When(Out(1, forget: false)).Journals();
        Assert.Empty(host.When(last).Then.Sends);
        Assert.Empty(host.Resumed());
        // Back in a new life, what the old one was told to do is over.
        host.When(last, Join("b", Box)).Sends<AttachEndpoint>();
        Assert.Empty(host.When(last).Then.Sends);
    }

    [Fact]
    public void What_nobody_answered_and_cannot_be_undone_is_carried_on_when_others_have_had_their_turn()
    {
        var host = Running().When(new DisconnectContainer(Some.Host, Box, Network.Id, "net1"));
        host.When(Timer(host));
        Assert.IsType<OutcomeUnknown>(host.Replies<Rejected>().Reason);
        host.When(Timer(host)).Journals();
        Assert.True(Assert.IsType<UnbindEndpoint>(Assert.Single(host.Then.Orders)).Forget);
        var last = Timer(host);
        host.When(Out(1, forget: true)).Journals(nameof(ContainerDisconnected));
        host.When(last).DoesNothing();

        var stopping = Running().When(new StopContainer(Some.Host, Box));
        stopping.When(Timer(stopping));
        stopping.When(Timer(stopping));
        Assert.IsType<UnbindEndpoint>(Assert.Single(stopping.Then.Orders));
        stopping.When(Out(1, forget: false));
        stopping.Sends<StopSandbox>();
    }

    [Fact]
    public void An_endpoint_that_was_given_up_late_gets_its_place_again()
    {
        var host = Running().When(Out(1, forget: false));
        host.When(Timer(host)).Journals();
        Assert.True(Assert.IsType<AttachEndpoint>(Assert.Single(host.Then.Orders)).Running);
    }

    [Fact]
    public void What_was_interrupted_is_not_the_answer_to_another_question()
    {
        var host = Running().When(new StopContainer(Some.Host, Box)).Recovered().When(Join("a", Box), Out(1, forget: false), new SandboxStopped(Some.Host, Box, new(1), null));
        Assert.IsType<OutcomeUnknown>(host.Replies<Rejected>().Reason);
        host.When(new StopContainer(Some.Host, Box)).Replies<ContainerDone>();
    }

    [Fact]
    public void Late_answers_of_another_step_or_life_change_nothing()
    {
        var host = Running().When(new StopContainer(Some.Host, Box));
        host.When(Sandbox()).DoesNothing();
        host.When(Out(1, forget: false), new SandboxStopped(Some.Host, Box, new(9), null)).DoesNothing();
        host.When(new SandboxStopped(Some.Host, Box, new(1), null), new StartContainer(Some.Host, Box), Sandbox(), Out(1, forget: false)).DoesNothing();
        host.When(new CommandExited(Some.Host, Some.ContainerId(9), new(1), 0)).DoesNothing();
    }

    [Fact]
    public void The_late_end_of_a_stop_is_not_the_end_of_a_disconnect()
    {
        var host = Running().When(new StopContainer(Some.Host, Box));
        host.When(host.Then.Timers.Single().Message, new DisconnectContainer(Some.Host, Box, Network.Id, Network.Name));
        host.When(Out(1, forget: false)).DoesNothing();
        host.When(Out(1, forget: true)).Replies<ContainerDone>();
    }

    [Fact]
    public void An_endpoint_that_took_its_place_after_it_was_told_to_leave_is_told_again()
    {
        var host = Running().When(new StopContainer(Some.Host, Box), Settled(1, attached: true));
        host.Journals();
        Assert.False(host.Sends<UnbindEndpoint>().Forget);
        host.When(Out(1, forget: false), new SandboxStopped(Some.Host, Box, new(1), null), Settled(1, attached: true));
        Assert.False(host.Sends<UnbindEndpoint>().Forget);
        host.When(Settled(9, attached: true));
        Assert.True(host.Sends<UnbindEndpoint>().Forget);
        host.When(Settled(1)).DoesNothing();
    }

    [Fact]
    public void An_operation_without_an_answer_is_undone_and_its_own_late_time_out_does_nothing()
    {
        var host = Running().When(new ConnectContainer(Some.Host, Wish(2, Other)));
        var (delay, expire) = Assert.Single(host.Then.Timers);
        Assert.Equal(HostDecider.OperationTimeout, delay);
        host.When(expire).Journals(nameof(ContainerDisconnecting));
        host.When(expire).DoesNothing();
        Assert.IsType<OutcomeUnknown>(host.When(Out(2, forget: true, Other)).Replies<Rejected>().Reason);
    }

    [Fact]
    public void A_command_that_ends_by_itself_stops_its_container()
    {
        var host = Running().When(new CommandExited(Some.Host, Box, new(1), 3));
        host.Journals(nameof(ContainerStopping));
        host.When(Out(1, forget: false), new SandboxStopped(Some.Host, Box, new(1), 3)).Journals(nameof(ContainerStopped));
    }

    [Fact]
    public void Containers_are_found_by_id_then_name_then_unique_prefix()
    {
        var host = Host().When(Create(0x10), Create(0x11));
        Assert.Equal("c16", Found(Some.ContainerId(0x10).ToString()));
        Assert.Equal("c17", Found("c17"));
        Assert.Equal("c17", Found("/c17"));
        Assert.Equal("c17", Found("00000011"));
        host.When(new FindContainer(Some.Host, "0000001")).Refuses<AmbiguousName>();
        host.When(new FindContainer(Some.Host, "nope")).Refuses<ContainerNotFound>();
        Assert.Equal(["c16", "c17"], host.When(new ListContainers(Some.Host)).Replies<ContainerList>().Containers.Select(container => container.Spec.Name));

        string Found(string text) => host.When(new FindContainer(Some.Host, text)).Replies<ContainerView>().Spec.Name;
    }

    // What the entity's clock brings next.
    private static IAddressed Timer(Scenario<HostState> host) => Assert.Single(host.Then.Timers).Message;

    private static Scenario<HostState> Host() => new Scenario<HostState>(new HostDecider(), "host1").When(Join("a"));

    private static Scenario<HostState> Created(EndpointSpec[] wishes, string[]? command = null) => Host().When(
        [new CreateContainer(Some.Host, Some.Container(1) with { Command = [.. command ?? []] }, [.. wishes]), .. wishes.Select(wish => new EndpointSettled(wish, new(1), null, null))]);

    private static Scenario<HostState> Running() => Created([Wish(1)]).When(new StartContainer(Some.Host, Box), Sandbox(), Settled(1, attached: true));

    private static JoinHost Join(string token, params ContainerId[] alive) => new(Some.Host, token, [.. alive], DateTimeOffset.UnixEpoch);

    private static CreateContainer Create(int number, params EndpointSpec[] wishes) => new(Some.Host, Some.Container(number), [.. wishes]);

    private static EndpointSpec Wish(int number, NetworkSpec? network = null) => Some.Endpoint(number, network ?? Network, number + 1, container: 1).Spec;

    private static ExpireOperation Expired(Scenario<HostState> host) => new(Some.Host, Box, host.State.Find(Box)!.Operation!.Number);

    private static SandboxStarted Sandbox() => new(Some.Host, Box, new(1), null);

    private static EndpointSettled Settled(int number, NetworkSpec? network = null, Rejection? failure = null, bool attached = false) =>
        new(Wish(number, network), new(1), attached ? Some.Endpoint(number, network ?? Network, number + 1, container: 1) : null, failure);

    private static EndpointOut Out(int number, bool forget, NetworkSpec? network = null) => new(new(Wish(number, network), new(1), forget));
}
