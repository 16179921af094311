using CsCheck;
using NetworkCluster.Addressing;
using NetworkCluster.Ipam;
using Xunit;

namespace NetworkCluster.Tests.Core.Ipam.Vectors;

/// <summary>Section 10: what holds after every step of any history. Row 10.7, death between request and reply, is what the simulated worlds are for.</summary>
public sealed class Section10Invariants
{
    private static readonly string[] Shapes = ["10.0.0.0/28", "10.0.0.0/28 10.0.0.8/29", "10.0.0.0/31", "10.0.0.7/32", "fd00::/125", "fd00::/127", "fd00::/124 fd00::c/126"];

    [Fact]
    public void Of_a_pool() => Gen.Select(Gen.Int[0, Shapes.Length - 1], Gen.Bool, Gen.Select(Gen.Int[0, 3], Gen.Int[1, 12], Gen.Int[0, 15]).Array[1, 80]).Sample((shape, hasGateway, steps) =>
    {
        var parts = Shapes[shape].Split(' ');
        var subnet = Subnet.Parse(parts[0]);
        var first = AddressRange.Pickable(new(default, subnet)).First;
        var pool = new PoolRun(parts[0], parts.ElementAtOrDefault(1), hasGateway ? subnet.Address.Plus(first).ToString() : null);
        foreach (var (what, who, offset) in steps)
        {
            var before = pool.Journal.Count;
            var held = pool.State.AddressOf(AddressHandle.Of(Support.Some.EndpointId(who)));
            if (what == 0)
            {
                pool.Release(who);
                Assert.Equal(held is null, pool.Journal.Count == before); // 10.6
                if (held is { } freed) Assert.Equal(freed, pool.Ask(who, freed.ToString())); // 10.2
                pool.Release(who);
            }
            else
            {
                var given = pool.Ask(who, what == 1 ? subnet.Address.Plus((UInt128)offset).ToString() : null);
                if (given is null && pool.Refusal is PoolExhausted) Assert.Equal((UInt128)0, pool.Usage.Free); // 10.3
                else if (what > 1 && held is null) Assert.NotNull(given);
            }

            var addresses = pool.State.Held.Select(one => one.Address).ToList();
            Assert.Equal(addresses.Count, addresses.Distinct().Count()); // 10.1
            Assert.All(addresses, address => Assert.True(subnet.Contains(address) && !AddressRange.IsSubnetsOwn(subnet, address)));
            Assert.Equal(pool.State.Held, pool.Replayed.Held); // 10.5
            Assert.Equal(pool.Usage, PoolUsage.Of(pool.Id, Recount(pool.Journal))); // 10.4
        }
    });

    [Fact]
    public void Of_an_address_space() => Gen.Select(Gen.Int[0, 4], Gen.Int[0, 63], Gen.Int[23, 30]).Array[1, 60].Sample(steps =>
    {
        var space = new SpaceRun("10.0.0.0/26:28; 10.1.0.0/24:26; fd00::/62:64") { Routes = [Subnet.Parse("10.1.0.64/27")], Elsewhere = [new(Subnet.Parse("10.0.0.16/28"), "other")] };
        foreach (var (what, place, prefix) in steps)
        {
            var (before, facts) = (space.Taken.Order().ToList(), space.Journal.Count);
            if (what == 0 && before.Count > 0)
            {
                space.Remove(before[place % before.Count].ToString());
            }
            else
            {
                var (pools, refusal) = what switch
                {
                    1 => space.Create(null, false, SpaceRun.Pool(Subnet.Around(new((UInt128)(0x0A000000 + (place * 32)), false), prefix).ToString())),
                    2 => space.Create(null, false, SpaceRun.Pool($"0.0.0.0/{prefix}")),
                    3 => space.Create(null, true),
                    _ => space.Create(),
                };
                Assert.Equal(refusal is null, pools.Length > 0);
                if (refusal is not null) Assert.Equal((before, facts), (space.Taken.Order().ToList(), space.Journal.Count), new Same()); // nothing leaks
                Assert.DoesNotContain(pools, pool => space.Routes.Any(pool.Id.Subnet.Overlaps) || (!pool.UserGiven && space.Elsewhere.Any(other => other.Subnet.Overlaps(pool.Id.Subnet))));
            }

            var taken = space.Taken.ToList();
            for (var i = 0; i < taken.Count; i++) for (var j = 0; j < i; j++) Assert.False(taken[i].Overlaps(taken[j])); // 10.1
            var again = new AddressSpaceDecider();
            var replayed = space.Journal.Aggregate(again.Empty("host1"), again.Evolve);
            foreach (var probe in taken) Assert.Equal(space.State.Subnets.InTheWayOf(probe), replayed.Subnets.InTheWayOf(probe)); // 10.5
        }
    });

    private static HashSet<InetAddress> Recount(IEnumerable<IEvent> journal)
    {
        var held = new HashSet<InetAddress>();
        foreach (var fact in journal)
        {
            if (fact is AddressAllocated allocated) Assert.True(held.Add(allocated.Address));
            if (fact is AddressReleased released) Assert.True(held.Remove(released.Address));
        }

        return held;
    }

    private sealed class Same : IEqualityComparer<(List<Subnet> Taken, int Facts)>
    {
        public bool Equals((List<Subnet> Taken, int Facts) x, (List<Subnet> Taken, int Facts) y) => x.Facts == y.Facts && x.Taken.SequenceEqual(y.Taken);

        public int GetHashCode((List<Subnet> Taken, int Facts) obj) => obj.Facts;
    }
}
