using System.Collections.Immutable;
using NetworkCluster.Agents;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors.Agents;

public sealed class HostNetworkingTests : IAsyncDisposable
{
    private static readonly NetworkSpec One = Some.Network(1, ["10.1.0.0/16"]);
    private static readonly NetworkSpec Two = Some.Network(2, ["10.2.0.0/16"]);

    private readonly List<string> _printed = [];
    private readonly SimulatedDataplane _simulated;

    public HostNetworkingTests() => _simulated = new SimulatedDataplane(_printed.Add);

    public ValueTask DisposeAsync() => _simulated.DisposeAsync();

    [Fact]
    public async Task Doing_everything_again_is_a_success_without_a_step()
    {
        var networking = await StartAsync(_simulated);
        for (var round = 0; round < 2; round++)
        {
            await networking.EnsureNetworkAsync(One, default);
            await networking.StartSandboxAsync(Some.Container(1), default);
            await networking.AttachAsync(One, Some.Endpoint(1, One, 2), default);
            if (round == 0) _printed.Clear();
        }

        await networking.ReconcileAsync(default);
        Assert.Empty(_printed);
        for (var round = 0; round < 2; round++)
        {
            await networking.DetachAsync(Some.EndpointId(1), default);
            await networking.StopSandboxAsync(Some.ContainerId(1), default);
            await networking.RemoveNetworkAsync(One.Id, default);
            if (round == 0) await networking.DisposeAsync();
            if (round == 0) _printed.Clear();
        }

        Assert.Empty(_printed);
        Assert.Empty(_simulated.Host.Host.Links);
        Assert.Empty(_simulated.Host.Sandboxes);
        Assert.Empty(_simulated.Host.Elements!);
    }

    [Fact]
    public async Task An_attach_that_fails_after_any_step_leaves_the_host_as_it_was_and_works_when_asked_again()
    {
        for (var stop = 0; stop < 10; stop++)
        {
            var simulated = new SimulatedDataplane(_ => { });
            var failing = new FailingDataplane(simulated);
            var networking = await StartAsync(failing);
            await networking.EnsureNetworkAsync(One, default);
            await networking.EnsureNetworkAsync(Two, default);
            await networking.StartSandboxAsync(Some.Container(1), default);
            await networking.AttachAsync(Two, Some.Endpoint(2, Two, 2, container: 1), default);
            var before = Lines(simulated.Host);

            failing.StopAfter(stop, times: 2);
            var steps = await Record.ExceptionAsync(() => networking.AttachAsync(One, Some.Endpoint(1, One, 2), default));
            if (failing.Failed > 0 && steps is not null)
            {
                Assert.IsType<DataplaneException>(steps);
                simulated.Disturb(h => h.After(new DeleteGroup(new Naming().ReaperGroup)));
                Assert.Equal(before, Lines(simulated.Host));
            }

            await networking.AttachAsync(One, Some.Endpoint(1, One, 2), default);
            Assert.True(simulated.Host.Find(new LinkName(new Netns(new Naming().Sandbox(Some.ContainerId(1))), "eth1")) is { Up: true });
        }
    }

    [Fact]
    public async Task A_first_attach_that_finds_the_name_in_use_takes_the_next()
    {
        var networking = await StartAsync(_simulated);
        await networking.StartSandboxAsync(Some.Container(1), default);
        _simulated.Disturb(h => h with
        {
            Sandboxes = h.Sandboxes.ToImmutableDictionary(s => s.Key, s => s.Value with
            {
                Inside = s.Value.Inside! with { Links = s.Value.Inside.Links.Add("eth0", new FoundLink { Index = 9, Name = "eth0", Kind = "macvlan" }) },
            }),
        });

        await networking.AttachAsync(One, Some.Endpoint(1, One, 2), default);

        Assert.Contains(_printed, l => l.Contains("peer name eth1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cancelled_attach_is_forgotten()
    {
        var networking = await StartAsync(_simulated);
        await networking.EnsureNetworkAsync(One, default);
        await networking.StartSandboxAsync(Some.Container(1), default);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => networking.AttachAsync(One, Some.Endpoint(1, One, 2), new CancellationToken(true)));
        _printed.Clear();
        await networking.ReconcileAsync(default);
        Assert.Empty(_printed);
    }

    [Fact]
    public async Task Attaching_before_the_sandbox_is_started_is_refused()
    {
        var networking = await StartAsync(_simulated);
        var fault = await Assert.ThrowsAsync<DataplaneException>(() => networking.AttachAsync(One, Some.Endpoint(1, One, 2), default));
        Assert.Contains("not started", fault.Cause);
    }

    [Fact]
    public async Task A_container_in_the_hosts_namespace_gets_no_link_and_its_stop_ends_nothing()
    {
        var networking = await StartAsync(_simulated);
        var host = Some.Network(9, []) with { Driver = "host", Predefined = true };
        _printed.Clear();
        var sandbox = await networking.StartSandboxAsync(Some.Container(1, SandboxMode.Host), default);
        await networking.AttachAsync(host, Some.Endpoint(1, host, 0), default);
        await networking.StopSandboxAsync(Some.ContainerId(1), default);
        // Only that it is there: nothing else would say so to the next life.
        Assert.Equal([$"touch on-host/{Some.ContainerId(1)}", $"rm -f on-host/{Some.ContainerId(1)}"], _printed);
        Assert.Equal($"/proc/{Environment.ProcessId}/ns/net", sandbox.Path);
    }

    [Fact]
    public async Task The_next_life_puts_the_rules_of_living_bridges_into_the_new_table_at_once()
    {
        var first = await StartAsync(_simulated);
        await first.EnsureNetworkAsync(One with { Internal = true }, default);
        await first.EnsureNetworkAsync(Two, default);
        var elements = _simulated.Host.Elements!;
        await StartAsync(_simulated);
        Assert.Equal(Order(elements), Order(_simulated.Host.Elements!));
    }

    [Fact]
    public async Task A_sweep_passes_the_default_route_of_an_adopted_sandbox_on()
    {
        var first = await StartAsync(_simulated);
        await first.StartSandboxAsync(Some.Container(1), default);
        await first.AttachAsync(One, Some.Endpoint(1, One, 2), default);
        await first.AttachAsync(Two, Some.Endpoint(2, Two, 2, container: 1), default);

        var second = await StartAsync(_simulated);
        await second.StartSandboxAsync(Some.Container(1), default);
        await second.AttachAsync(Two, Some.Endpoint(2, Two, 2, container: 1), default);
        await second.SweepAsync(new HashSet<NetworkId>(), new HashSet<ContainerId>(), new HashSet<EndpointId>(), default);

        var netns = new Netns(new Naming().Sandbox(Some.ContainerId(1)));
        Assert.Equal([Route.Default(netns, Two.Pools[0].Gateway!.Value, "eth1")], _simulated.Host.In(netns).Routes);
        Assert.DoesNotContain("10.1.0.2", _simulated.Host.In(netns).Files["hosts"]);
    }

    private static async Task<HostNetworking> StartAsync(IDataplane dataplane)
    {
        var networking = new HostNetworking(dataplane, new HostNetworkingOptions());
        await networking.StartAsync(default);
        return networking;
    }

    private static IEnumerable<string> Order(IEnumerable<SetElement> elements) => elements.Select(e => $"{e.Set} {e}").Order(StringComparer.Ordinal);

    private static string Lines(FoundHost host) => string.Join('\n',
        new[] { host.Host }.Concat(host.Sandboxes.OrderBy(s => s.Key).Select(s => s.Value.Inside!)).SelectMany(n =>
            n.Links.Values.Select(l => $"{l with { Index = 0, PeerIndex = 0 }}")
                .Concat(n.Addresses.Select(a => $"{a}")).Concat(n.Routes.Select(r => $"{r}")).Concat(n.Files.Select(f => $"{f}")).Order(StringComparer.Ordinal)));

    /// <summary>Applies some steps of a call and fails then, some times.</summary>
    private sealed class FailingDataplane(SimulatedDataplane inner) : IDataplane
    {
        private int _after;
        private int _times;

        public int Failed { get; private set; }

        public void StopAfter(int steps, int times) => (_after, _times) = (steps, times);

        public Task<FoundHost> ObserveAsync(CancellationToken cancel) => inner.ObserveAsync(cancel);

        public Task<FoundHost> ObserveAsync(HostPart part, CancellationToken cancel) => inner.ObserveAsync(part, cancel);

        public System.Threading.Channels.ChannelReader<Loss> Losses => inner.Losses;

        public Task<ImmutableHashSet<Route>> RoutesAsync(CancellationToken cancel) => inner.RoutesAsync(cancel);

        public async Task ApplyAsync(ImmutableArray<Step> steps, CancellationToken cancel)
        {
            if (_times == 0 || steps.Length <= _after || steps.Any(s => s is DeleteGroup))
            {
                await inner.ApplyAsync(steps, cancel);
                return;
            }

            _times--;
            Failed++;
            await inner.ApplyAsync(steps[.._after], cancel);
            throw new DataplaneException(steps[_after].ToString(), "No space left on device");
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
