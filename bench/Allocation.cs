using System.Diagnostics;
using System.Globalization;
using NetworkCluster.Addressing;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Serialization;

namespace NetworkCluster.Bench;

/// <summary>What an address costs in memory and time where no journal and no kernel is asked: the pool's own decisions and facts.</summary>
internal static class Allocation
{
    private const int Given = 50_000;
    private const int Rounds = 9;
    private static readonly HostId Host = HostId.Parse("bench");
    private static readonly EndpointSpec Wish = new()
    {
        Id = EndpointId.Parse(new string('e', 64)),
        Network = NetworkId.Parse(new string('a', 64)),
        NetworkName = "bench",
        Container = Containers.ContainerId.Parse(new string('c', 64)),
        ContainerName = "box",
        Host = Host,
    };

    public static void Run()
    {
        foreach (var subnet in (string[])["10.0.0.0/16", "10.0.0.0/8", "fd00::/64"]) Measure(subnet);
        Nearly();
        Full();
        Recovery();
    }

    private static void Measure(string subnet)
    {
        var id = Opened(subnet).State.Id;
        var wishes = Enumerable.Range(0, Given).Select(i => Allocate(id, i)).ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"addresses given out of {subnet}: {Given / Median(Once).TotalSeconds:0} a second, each decided and noted (no journal)"));

        TimeSpan Once()
        {
            var (pool, state) = Opened(subnet);
            var clock = Stopwatch.StartNew();
            foreach (var wish in wishes) Do(pool, state, wish);
            return clock.Elapsed;
        }
    }

    // As it is in a process that has run for a while: compiled to the end, and nothing of an earlier round in the way.
    private static TimeSpan Median(Func<TimeSpan> once)
    {
        var warm = Stopwatch.StartNew();
        while (warm.Elapsed < TimeSpan.FromSeconds(2)) once();
        return Enumerable.Range(0, Rounds).Select(_ =>
        {
            GC.Collect();
            return once();
        }).Order().ElementAt(Rounds / 2);
    }

    // What was just given back is given again: the pool stays 95 % full.
    private static void Nearly()
    {
        var (pool, state) = Opened("10.0.0.0/16");
        const int ids = 62_257;
        for (var i = 0; i < ids; i++) Do(pool, state, Allocate(state.Id, i));
        var random = new Random(1);
        var pairs = Enumerable.Range(0, Given).Select(_ => random.Next(ids)).Select(gone => (Release: new ReleaseAddress(state.Id, Wish.Network, AddressHandle.Of(Id(gone))), Again: Allocate(state.Id, gone))).ToArray();
        var spent = Median(() =>
        {
            var clock = Stopwatch.StartNew();
            foreach (var (release, again) in pairs)
            {
                Do(pool, state, release);
                Do(pool, state, again);
            }

            return clock.Elapsed;
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the same in a /16 that is 95 % full, each given back before: {Given / spent.TotalSeconds:0} pairs a second"));
    }

    private static void Full()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var set = new AddressSet(Subnet.Parse("10.0.0.0/8").LastOffset);
        for (uint offset = 0; offset < 1 << 24; offset++) set.Add(offset);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"which addresses of a full /8 are taken: {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1048576.0:0.0} MiB"));
        GC.KeepAlive(set);
    }

    private static void Recovery()
    {
        var (pool, state) = Opened("10.0.0.0/8");
        var facts = Enumerable.Range(0, Given).SelectMany(i => pool.Decide(state, Allocate(state.Id, i)).Events.Select(fact =>
        {
            pool.Evolve(state, fact);
            return (Manifest: Manifests.Of(fact.GetType())!, Bytes: System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(fact, fact.GetType(), MessageJson.Default));
        })).ToList();
        var clock = Stopwatch.StartNew();
        var again = facts.Aggregate(Opened("10.0.0.0/8").State, (before, fact) => pool.Evolve(before, (IEvent)System.Text.Json.JsonSerializer.Deserialize(fact.Bytes, Manifests.TypeOf(fact.Manifest)!, MessageJson.Default)!));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Given} facts of a pool read from their bytes and applied: {clock.Elapsed.TotalMilliseconds:0} ms (without the journal's own reading; {again.Count} held)"));
    }

    private static (PoolDecider Pool, PoolState State) Opened(string subnet)
    {
        var pool = new PoolDecider();
        var id = new PoolId(AddressSpaceId.Of(Host), Subnet.Parse(subnet));
        return (pool, pool.Evolve(pool.Empty(id.ToString()), new PoolOpened(id, Wish.Network, "bench")));
    }

    private static void Do(PoolDecider pool, PoolState state, IAddressed command)
    {
        foreach (var fact in pool.Decide(state, command).Events) pool.Evolve(state, fact);
    }

    /// <summary>The endpoint of that number asks for an address.</summary>
    public static AllocateAddress Allocate(PoolId pool, int number) => new(pool, null, new(Wish with { Id = Id(number) }, new(1), Running: true), []);

    /// <summary>The same in a network of one's own.</summary>
    public static AllocateAddress Allocate(NetworkSpec network, int number) => new(
        network.Pools[0].Id, null, new(Wish with { Id = Id(number), Network = network.Id, NetworkName = network.Name, ContainerName = $"container{number}" }, new(1), Running: true), []);

    /// <summary>That endpoint.</summary>
    public static EndpointId Id(int number) => EndpointId.Parse(number.ToString("x64", CultureInfo.InvariantCulture));
}
