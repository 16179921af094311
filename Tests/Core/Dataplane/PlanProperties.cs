using System.Collections.Immutable;
using CsCheck;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;
using NetworkCluster.Drivers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Dataplane;

/// <summary>The laws of plans, against a kernel that is a pure function. Hosts are disturbed at random before the plan.</summary>
public sealed class PlanProperties
{
    private static readonly Naming Naming = new();
    private static readonly HostContext Host = new(Naming, Vtep: InetAddress.Parse("192.0.2.1"));
    private static readonly FoundHost Empty = FoundHost.Nothing with { Elements = [] };

    private sealed record World(ImmutableArray<NetworkSpec> Networks, ImmutableArray<(AttachedEndpoint Endpoint, int Network, string Link)> Endpoints)
    {
        public Wanted Wanted
        {
            get
            {
                var (networks, endpoints) = (Networks, Endpoints);
                var all = networks.Aggregate(Wanted.Nothing, (w, n) => w.With(DriverOf(n).Network(n, Host)));
                // On every other host one endpoint, at an address that depends on the host.
                foreach (var network in networks.Where(n => n.Scope == NetworkScope.Global))
                {
                    for (var other = 1; other <= 3; other++) all = all.With(DriverOf(network).Remote(network, Some.Remote(100 + other, network, 100 + other, $"192.0.2.{10 + other}"), Host));
                }

                foreach (var group in endpoints.GroupBy(e => e.Endpoint.Spec.Container))
                {
                    var name = Naming.Sandbox(group.Key);
                    foreach (var (endpoint, network, link) in group) all = all.With(DriverOf(networks[network]).Endpoint(networks[network], endpoint, new LinkName(new Netns(name), link), Host));
                    all = all.With(SandboxShape.Describe(new WantedSandbox(name, group.Key), "c", [.. group.Select(e => new SandboxEndpoint(e.Link, [e.Endpoint.IPv4!.Value], e.Endpoint.GatewayIPv4, e.Endpoint.GatewayIPv6))], Ports(group.Key), []));
                }

                return all;
            }
        }
    }

    private static INetworkDriver DriverOf(NetworkSpec network) => NetworkDrivers.Find(network.Driver)!;

    /// <summary>Every container publishes one port of its own; what it leads to depends on the container's networks.</summary>
    private static ImmutableArray<PublishedPort> Ports(ContainerId container) => [new(new(null, 8000 + int.Parse(container.ToString().AsSpan(0, 8), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture), PortProtocol.Tcp), 80)];

    private static readonly Gen<World> Worlds =
        from flags in Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[1200, 1500], Gen.Bool).Array[1, 3]
        let networks = flags.Select((f, n) => Network(n + 1, f.Item3 ? [$"10.{n + 1}.0.0/16", $"fd0{n + 1}::/64"] : [$"10.{n + 1}.0.0/16"], f.Item1, f.Item4, f.Item5) with { Internal = f.Item2 }).ToImmutableArray()
        from places in Gen.Select(Gen.Int[0, networks.Length - 1], Gen.Int[1, 3]).Array[0, 6]
        select new World(networks, [.. places.Select((p, i) => (Some.Endpoint(i + 1, networks[p.Item1], i + 2, p.Item2), p.Item1, $"eth{i}"))]);

    private static NetworkSpec Network(int number, string[] subnets, bool talk, int mtuBytes, bool global) => global
        ? Some.Overlay(number, subnets, (BridgeDriver.Mtu, $"{mtuBytes}"))
        : Some.Network(number, subnets, (BridgeDriver.InterContainer, talk ? "true" : "false"), (BridgeDriver.Mtu, $"{mtuBytes}"));

    /// <summary>What may happen to a host behind our back, by a number that picks the victim.</summary>
    private static readonly Gen<Func<FoundHost, FoundHost>[]> Disturbances = Gen.OneOf<Func<FoundHost, FoundHost>>(
        Gen.Int[0, 99].Select<int, Func<FoundHost, FoundHost>>(n => h => Pick(h.Host.Links.Keys, n) is { } name ? h.After(new DeleteLink(LinkName.OnHost(name))) : h),
        Gen.Int[0, 99].Select<int, Func<FoundHost, FoundHost>>(n => h => Pick(h.Host.Links.Keys, n) is { } name ? h.After(new SetUp(LinkName.OnHost(name), false)) : h),
        Gen.Int[0, 99].Select<int, Func<FoundHost, FoundHost>>(n => h => Pick(h.Host.Links.Keys, n) is { } name ? h.After(new SetMtu(LinkName.OnHost(name), 1000 + n)) : h),
        Gen.Int[0, 99].Select<int, Func<FoundHost, FoundHost>>(n => h => Pick(h.Host.Links.Keys, n) is { } name ? h.After(new SetAlias(LinkName.OnHost(name), "")) : h),
        Gen.Int[0, 99].Select<int, Func<FoundHost, FoundHost>>(n => h => Pick(h.Sandboxes.Keys, n) is { } name ? h.After(new DeleteSandbox(name)) : h),
        Gen.Int[0, 99].Select<int, Func<FoundHost, FoundHost>>(n => h => Pick(h.Sandboxes.Keys, n) is { } name ? EachLink(h, name) : h),
        Gen.Int[0, 99].Select<int, Func<FoundHost, FoundHost>>(n => h => Pick(h.Host.Links.Keys, n) is { } name ? h.After(new SetMac(LinkName.OnHost(name), new MacAddress(0x0200_0000_0000UL + (ulong)n))) : h),
        Gen.Int[0, 99].Select<int, Func<FoundHost, FoundHost>>(n => h => h with { Host = h.Host with { Forwardings = [.. h.Host.Forwardings.Skip(n % 3).Select(f => n % 2 == 0 ? f : f with { Vtep = InetAddress.Parse("192.0.2.99") })] } }),
        Gen.Int[0, 99].Select<int, Func<FoundHost, FoundHost>>(n => h => h with { Host = h.Host with { Neighbours = [.. h.Host.Neighbours.Skip(n % 3).Select(f => n % 2 == 0 ? f : f with { Address = f.Address.Plus(50) })] } }),
        Gen.Int[0, 99].Select<int, Func<FoundHost, FoundHost>>(n => h => h with { Mappings = n % 2 == 0 ? [] : [.. h.Mappings.Select(m => m with { TargetPort = n })] }),
        Gen.Int[0, 99].Select<int, Func<FoundHost, FoundHost>>(n => h => n % 2 == 0 ? h with { Elements = null, Mappings = [] } : h with { Elements = [.. (h.Elements ?? []).Skip(1)] })).Array[0, 4];

    [Fact]
    public void Applying_a_plan_makes_the_next_one_empty_whatever_happened_before() => Gen.Select(Worlds, Disturbances).Sample((world, disturbances) =>
    {
        var host = disturbances.Aggregate(Empty.After(Plan.Between(world.Wanted, Empty, Naming)), (h, d) => d(h));
        var repaired = host.After(Plan.Between(world.Wanted, host, Naming));
        Assert.Empty(Plan.Between(world.Wanted, repaired, Naming).Select(s => s.ToString()));
    });

    [Fact]
    public void Stopping_anywhere_in_a_plan_leaves_a_host_from_which_the_next_plan_finishes() => Gen.Select(Worlds, Disturbances, Gen.Int[0, 60]).Sample((world, disturbances, stop) =>
    {
        var host = disturbances.Aggregate(Empty.After(Plan.Between(world.Wanted, Empty, Naming)), (h, d) => d(h));
        var stopped = host.After(Plan.Between(world.Wanted, host, Naming).Take(stop));
        var finished = stopped.After(Plan.Between(world.Wanted, stopped, Naming));
        Assert.Empty(Plan.Between(world.Wanted, finished, Naming).Select(s => s.ToString()));
    });

    [Fact]
    public void With_a_bridge_that_another_world_has_left_a_plan_comes_to_the_same() => Gen.Select(Worlds, Worlds, Gen.Int[0, 60]).Sample((before, world, stop) =>
    {
        var host = Empty.After(Plan.Between(before.Wanted, Empty, Naming));
        host = host.After(Plan.Removal(before.Wanted, host, Naming)).After(new DeleteGroup(Naming.ReaperGroup));
        var spare = host.Host.Links.Values.FirstOrDefault(link => link.Group == Naming.BridgeReaperGroup)?.Name;
        var plan = Plan.Between(world.Wanted, host, Naming, spare);
        Assert.Equal(spare is null || !world.Wanted.Links.Any(link => link is WantedBridge) ? 0 : 1, plan.OfType<Reuse>().Count());
        var made = host.After(plan);
        Assert.Empty(Plan.Between(world.Wanted, made, Naming).Select(s => s.ToString()));
        // Whoever comes to it in the middle finishes without.
        var stopped = host.After(plan.Take(stop));
        Assert.Empty(Plan.Between(world.Wanted, stopped.After(Plan.Between(world.Wanted, stopped, Naming)), Naming).Select(s => s.ToString()));
    });

    private static FoundHost Reaped(FoundHost host) => host.Host.Links.Values.Select(link => link.Group).Where(Naming.IsReaperGroup).Distinct().Aggregate(host, (reaped, group) => reaped.After(new DeleteGroup(group)));

    [Fact]
    public void Removing_everything_and_reaping_leaves_an_empty_host() => Worlds.Sample(world =>
    {
        var host = Empty.After(Plan.Between(world.Wanted, Empty, Naming));
        var after = Reaped(host.After(Plan.Removal(world.Wanted, host, Naming)));
        Assert.Empty(after.Host.Links);
        Assert.Empty(after.Host.Addresses);
        Assert.Empty(after.Host.Forwardings);
        Assert.Empty(after.Host.Neighbours);
        Assert.Empty(after.Sandboxes);
        Assert.Empty(after.Elements!);
        Assert.Empty(after.Mappings);
        Assert.Empty(Plan.Removal(world.Wanted, after, Naming));
    });

    [Fact]
    public void A_sweep_leaves_what_is_named_and_what_is_foreign_exactly_as_it_was() => Gen.Select(Worlds, Gen.Int[0, 7], Gen.Int[0, 63]).Sample((world, keptNetworks, keptEndpoints) =>
    {
        var foreign = Foreign(Empty);
        var host = foreign.After(Plan.Between(world.Wanted, foreign, Naming));
        var networks = world.Networks.Where((_, i) => (keptNetworks >> i & 1) == 1).Select(n => n.Id).ToHashSet();
        var endpoints = world.Endpoints.Where((_, i) => (keptEndpoints >> i & 1) == 1).Select(e => e.Endpoint.Id).ToHashSet();
        var sandboxes = world.Endpoints.Where(e => endpoints.Contains(e.Endpoint.Id)).Select(e => e.Endpoint.Spec.Container).ToHashSet();

        var ports = sandboxes.SelectMany(id => Ports(id).AsEnumerable()).SelectMany(port => MappingKey.Of(port.Host)).ToHashSet();

        var swept = host.After(Plan.Sweep(host, Naming, networks, sandboxes, endpoints, ports));
        // Bridges are out of service, and left to the reaper.
        Assert.All(swept.Host.Links.Values.Where(l => Naming.IsReaperGroup(l.Group)), l => Assert.Equal((Naming.BridgeReaperGroup, false), (l.Group, l.Up)));
        var after = Reaped(swept);

        var names = networks.Select(Naming.Bridge).Concat(world.Networks.Where(n => n.Scope == NetworkScope.Global && networks.Contains(n.Id)).Select(n => Naming.Tunnel(n.Id))).Concat(endpoints.Select(Naming.HostLink)).Concat(foreign.Host.Links.Keys).Order(StringComparer.Ordinal);
        Assert.Equal(names, after.Host.Links.Keys.Order(StringComparer.Ordinal));
        Assert.All(foreign.Host.Links, l => Assert.Equal(l.Value, after.Host.Links[l.Key]));
        Assert.Equal(sandboxes.Select(Naming.Sandbox).Append("operator").Order(StringComparer.Ordinal), after.Sandboxes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(host.Mappings.Where(m => ports.Contains(m.Key)).Order(ByText), after.Mappings.Order(ByText));
        Assert.Empty(Plan.Sweep(after, Naming, networks, sandboxes, endpoints, ports));
    });

    [Fact]
    public void A_foreign_link_in_a_wanted_place_is_named_and_no_step_touches_it() => Gen.Select(Worlds, Gen.Int[0, 99]).Sample((world, pick) =>
    {
        var name = Pick(world.Wanted.Links.Select(l => l.Name), pick)!;
        var host = Empty with { Host = FoundNetns.Empty with { Links = FoundNetns.Empty.Links.Add(name, new FoundLink { Index = 1, Name = name, Kind = "bridge", Alias = "the operator's" }) } };

        Assert.Contains(LinkName.OnHost(name), Plan.Foreign(world.Wanted, host));
        foreach (var steps in (ImmutableArray<Step>[])[Plan.Between(world.Wanted, host, Naming), Plan.Removal(world.Wanted, host, Naming)])
            Assert.DoesNotContain(steps, s => s.ToString().Split(' ', '"').Contains(name));
    });

    private static readonly Comparer<PortMapping> ByText = Comparer<PortMapping>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));

    private static FoundHost Foreign(FoundHost host) => host with
    {
        Host = host.Host with
        {
            Links = host.Host.Links
                .Add("docker0", new FoundLink { Index = 501, Name = "docker0", Kind = "bridge", Up = true })
                .Add("nwc-0123456789", new FoundLink { Index = 502, Name = "nwc-0123456789", Kind = "bridge", Alias = "not ours" })
                .Add("nwv0123456789a", new FoundLink { Index = 503, Name = "nwv0123456789a", Kind = "dummy" })
                .Add("tagged", new FoundLink { Index = 504, Name = "tagged", Kind = "bridge", Group = Naming.Group, Alias = "nwd:network:" + Some.Hex(9, 'a') + ":" }),
        },
        Sandboxes = host.Sandboxes.Add("operator", new FoundSandbox("operator", null, FoundNetns.Empty)),
    };

    private static FoundHost EachLink(FoundHost host, string sandbox) => host.In(new Netns(sandbox)).Links.Keys
        .Aggregate(host, (h, link) => h.After(new SetUp(new LinkName(new Netns(sandbox), link), false)));

    private static string? Pick(IEnumerable<string> names, int n) => names.Order(StringComparer.Ordinal).ToList() is { Count: > 0 } list ? list[n % list.Count] : null;
}
