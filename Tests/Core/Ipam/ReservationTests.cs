using CsCheck;
using NetworkCluster.Addressing;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Ipam;

/// <summary>Addresses kept for an owner: the address space notes them, the pool keeps them. Containers are called c1, c2 and so on.</summary>
public sealed class ReservationTests
{
    private static readonly NetworkSpec Network = Some.Network(1, ["10.0.0.0/29"]);
    private static readonly PoolId PoolId = Network.Pools[0].Id;
    private static readonly AddressSpaceId Space = AddressSpaceId.Of(Some.Host);
    private static readonly DateTimeOffset Noon = DateTimeOffset.UnixEpoch.AddHours(12);

    [Fact]
    public void A_kept_address_goes_to_its_owner_alone_with_or_without_being_asked_for_and_is_kept_on_when_the_owner_leaves()
    {
        var pool = Pool().When(new KeepAddress(Kept("10.0.0.2", "c7")));
        pool.Journals(nameof(AddressKept));
        Assert.Null(pool.Sends<KeepSettled>().Refusal);
        Assert.Equal("10.0.0.3", Given(pool.When(Ask(1))));
        Assert.Equal("c7, for whom it is reserved", Assert.IsType<AddressInUse>(pool.When(Ask(2, "10.0.0.2")).Sends<CompleteAttach>().Refusal).Holder);
        Assert.Equal("10.0.0.2", Given(pool.When(Ask(7))));
        Assert.Equal("10.0.0.2 c7 c7", Row(pool));
        pool.When(Release(7));
        Assert.Equal("10.0.0.2 reserved for c7 c7", Row(pool));
        Assert.Equal("10.0.0.4", Given(pool.When(Ask(2))));
        Assert.Equal("10.0.0.2", Given(pool.Recovered().When(Ask(7, "10.0.0.2"))));
    }

    [Fact]
    public void Dropped_it_is_free_again_unless_somebody_has_it()
    {
        var pool = Pool().When(new KeepAddress(Kept("10.0.0.2", "c7")), new DropAddress(Kept("10.0.0.2", "c7")));
        pool.Journals(nameof(AddressDropped));
        pool.When(new DropAddress(Kept("10.0.0.2", "c7"))).Journals();
        pool.Sends<DropSettled>();
        pool.When(new KeepAddress(Kept("10.0.0.2", "c7")), Ask(7), new DropAddress(Kept("10.0.0.2", "c7")));
        Assert.Equal("10.0.0.3", Given(pool.When(Ask(1))));
        Assert.Equal("10.0.0.2", Given(pool.When(Release(7), Ask(2))));
    }

    [Fact]
    public void A_late_drop_of_an_earlier_reservation_changes_nothing()
    {
        var pool = Pool().When(new KeepAddress(Kept("10.0.0.2", "c7", Noon)), new KeepAddress(Kept("10.0.0.2", "c7", Noon.AddHours(1))), new DropAddress(Kept("10.0.0.2", "c7", Noon)));
        pool.Journals();
        Assert.Equal("10.0.0.3", Given(pool.When(Ask(1))));
    }

    [Theory]
    [InlineData("10.0.0.0", "10.0.0.0/29 as its network address")]
    [InlineData("10.0.0.1", "the gateway of net1")]
    [InlineData("10.0.0.2", "c1")]
    [InlineData("10.0.0.5", "c5, for whom it is reserved")]
    public void What_somebody_else_has_is_not_kept(string address, string holder)
    {
        var pool = Pool().When(Ask(1), new KeepAddress(Kept("10.0.0.5", "c5")), new KeepAddress(Kept(address, "c7")));
        pool.Journals();
        Assert.Equal(holder, Assert.IsType<AddressInUse>(pool.Sends<KeepSettled>().Refusal).Holder);
        pool.When(new KeepAddress(Kept("10.0.0.2", "c1"))).Journals(nameof(AddressKept));
        pool.When(new KeepAddress(Kept("10.0.0.2", "c1"))).Journals();
        Assert.IsType<NetworkNotFound>(pool.When(new ClosePool(new(Network), 0), new KeepAddress(Kept("10.0.0.2", "c1"))).Sends<KeepSettled>().Refusal);
    }

    [Fact]
    public void A_reservation_is_noted_first_and_answered_when_the_pool_keeps_it()
    {
        var space = TheSpace().When(Reserve("10.0.0.2", "db"));
        space.Journals(nameof(ReservationNoted));
        Assert.Null(space.Then.Reply);
        var keep = space.Sends<KeepAddress>();
        Assert.Equal(keep, Assert.IsType<KeepAddress>(Assert.Single(space.Recovered().Resumed())));
        space.When(new KeepSettled(keep.Reservation, null)).Journals(nameof(ReservationKept));
        Assert.Equal(keep.Reservation, space.Replies<ReservationMade>().Reservation);
        Assert.Empty(space.Recovered().Resumed());
        space.When(Reserve("10.0.0.2", "db")).Journals();
        space.Replies<ReservationMade>();
        Assert.Equal("db, for whom it is reserved", space.When(Reserve("10.0.0.2", "web")).Refuses<AddressInUse>().Holder);
    }

    [Fact]
    public void What_the_pool_refuses_is_noted_no_more()
    {
        var space = TheSpace().When(Reserve("10.0.0.2", "db"));
        var refusal = new AddressInUse(InetAddress.Parse("10.0.0.2"), "c1");
        space.When(new KeepSettled(space.Sends<KeepAddress>().Reservation, refusal)).Journals(nameof(ReservationEnded));
        Assert.Equal(refusal, space.Replies<Rejected>().Reason);
        space.When(Reserve("10.0.0.2", "web")).Journals(nameof(ReservationNoted));
    }

    [Fact]
    public void What_the_pool_keeps_when_it_is_asked_twice_and_has_refused_it_first_is_given_back()
    {
        var space = TheSpace().When(Reserve("10.0.0.2", "db"));
        var kept = space.Sends<KeepAddress>().Reservation;
        space.When(new KeepSettled(kept, new AddressInUse(kept.Address, "c1")));
        Assert.Equal(kept, space.When(new KeepSettled(kept, null)).Sends<DropAddress>().Reservation);
        space.Journals();
    }

    [Fact]
    public void At_its_end_it_is_given_back_by_itself_and_who_dies_meanwhile_only_delays_it()
    {
        var space = TheSpace().When(Reserve("10.0.0.2", "db", Noon));
        var kept = space.Sends<KeepAddress>().Reservation;
        space.When(new KeepSettled(kept, null), new ExpireReservations(Space, Noon.AddSeconds(-1))).DoesNothing();
        Assert.Equal(kept, space.When(new ExpireReservations(Space, Noon)).Sends<DropAddress>().Reservation);
        space.Journals(nameof(ReservationEnding));
        Assert.Equal(kept, Assert.IsType<DropAddress>(Assert.Single(space.Recovered().Resumed())).Reservation);
        Assert.Equal(kept, space.When(new ExpireReservations(Space, Noon.AddDays(1))).Sends<DropAddress>().Reservation);
        space.Journals();
        space.When(new DropSettled(kept)).Journals(nameof(ReservationEnded));
        space.When(new ExpireReservations(Space, Noon.AddDays(1))).DoesNothing();
    }

    [Fact]
    public void Reserved_again_its_end_moves_and_a_late_answer_about_the_first_end_changes_nothing()
    {
        var space = TheSpace().When(Reserve("10.0.0.2", "db", Noon));
        var first = space.Sends<KeepAddress>().Reservation;
        space.When(new KeepSettled(first, null), new ExpireReservations(Space, Noon), Reserve("10.0.0.2", "db", Noon.AddHours(1)));
        var second = space.Sends<KeepAddress>().Reservation;
        space.When(new DropSettled(first)).Journals();
        space.When(new KeepSettled(first, null)).Journals();
        space.When(new KeepSettled(second, null)).Journals(nameof(ReservationKept));
        space.When(new ExpireReservations(Space, Noon.AddMinutes(1))).DoesNothing();
    }

    [Fact]
    public void Ended_and_made_again_in_one_breath_it_stays_and_an_answer_to_the_end_changes_nothing()
    {
        var space = TheSpace().When(Reserve("10.0.0.2", "db"));
        var kept = space.Sends<KeepAddress>().Reservation;
        space.When(new KeepSettled(kept, null), new EndReservation(Space, Network.Id, kept.Address), Reserve("10.0.0.2", "db"));
        space.Journals(nameof(ReservationNoted));
        space.When(new DropSettled(kept)).Journals();
        space.When(new KeepSettled(kept, null)).Journals(nameof(ReservationKept));
        // And the other way round: an end that overtakes the answer to the beginning.
        space.When(new EndReservation(Space, Network.Id, kept.Address), Reserve("10.0.0.2", "db"), new EndReservation(Space, Network.Id, kept.Address), new KeepSettled(kept, null));
        space.Journals();
        space.When(new DropSettled(kept)).Journals(nameof(ReservationEnded));
    }

    [Fact]
    public void What_is_lost_on_the_way_is_told_again_at_the_next_tick()
    {
        var space = TheSpace().When(Reserve("10.0.0.2", "db"));
        var kept = space.Sends<KeepAddress>().Reservation;
        Assert.Equal(kept, space.When(new ExpireReservations(Space, Noon)).Sends<KeepAddress>().Reservation);
        space.When(new KeepSettled(kept, null), new EndReservation(Space, Network.Id, kept.Address));
        Assert.Equal(kept, space.When(new ExpireReservations(Space, Noon)).Sends<DropAddress>().Reservation);
        space.Journals();
    }

    [Fact]
    public void It_is_ended_by_hand_and_goes_with_its_network()
    {
        var space = TheSpace().When(Reserve("10.0.0.2", "db"));
        var kept = space.Sends<KeepAddress>().Reservation;
        space.When(new KeepSettled(kept, null));
        Assert.Equal(kept, space.When(new EndReservation(Space, Network.Id, kept.Address)).Sends<DropAddress>().Reservation);
        space.Journals(nameof(ReservationEnding));
        space.When(new DropSettled(kept)).Replies<ReservationGone>();
        space.When(new EndReservation(Space, Network.Id, kept.Address)).Refuses<NotReserved>();
        Assert.Equal(kept.Address, space.When(new EndReservation(Space, Network.Id, kept.Address) { Again = true }).Replies<ReservationGone>().Reservation.Address);

        space = TheSpace().When(Reserve("10.0.0.2", "db"), new KeepSettled(kept, null), new RemoveNetwork(Space, Network.Id), new UnregisterNetwork(Network, null));
        Assert.Empty(space.State.Reservations);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        TheSpace().When(Reserve("10.9.0.2", "db")).Refuses<AddressOutsideNetwork>();
        TheSpace().When(Reserve("10.0.0.2", " ")).Refuses<InvalidRequest>();
        TheSpace().When(new ReserveAddress(Space, Some.NetworkId(9), InetAddress.Parse("10.0.0.2"), "db", null)).Refuses<NetworkNotFound>();
    }

    [Fact]
    public void Whatever_is_kept_dropped_taken_and_given_back_nobody_gets_what_is_kept_for_another() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[1, 6], Gen.Int[0, 7]).Array[1, 80].Sample(steps =>
        {
            var decider = new PoolDecider();
            var state = decider.Decide(decider.Empty(PoolId.ToString()), new OpenPool(Network, 0)).Events.Aggregate(decider.Empty(PoolId.ToString()), decider.Evolve);
            var (kept, held) = (new Dictionary<InetAddress, string>(), new Dictionary<int, InetAddress>());
            foreach (var (what, who, offset) in steps)
            {
                var address = Network.Pools[0].Id.Subnet.Address.Plus((UInt128)offset);
                switch (what)
                {
                    case 0:
                        if (((KeepSettled)Do(new KeepAddress(Kept(address.ToString(), $"c{who}")))).Refusal is null) kept[address] = $"c{who}";
                        break;
                    case 1:
                        Do(new DropAddress(Kept(address.ToString(), $"c{who}")));
                        if (kept.GetValueOrDefault(address) == $"c{who}") kept.Remove(address);
                        break;
                    case 2:
                        var decision = decider.Decide(state, Release(who));
                        state = decision.Events.Aggregate(state, decider.Evolve);
                        held.Remove(who);
                        break;
                    default:
                        var answer = (CompleteAttach)Do(Ask(who, what == 3 ? address.ToString() : null));
                        if (answer.Address is { } given)
                        {
                            Assert.True(kept.GetValueOrDefault(given, $"c{who}") == $"c{who}");
                            Assert.DoesNotContain(held, other => other.Key != who && other.Value == given);
                            held[who] = given;
                        }

                        break;
                }

                Assert.Equal(kept.OrderBy(one => one.Key).Select(one => (one.Key, one.Value)), state.Kept.Select(one => (one.Address, one.Owner)));
                var again = decider.Compact(state).Aggregate(decider.Empty(PoolId.ToString()), decider.Evolve);
                Assert.Equal(state.Held, again.Held);
                Assert.Equal(state.LowestFree(), again.LowestFree());
            }

            IAddressed Do(IAddressed message)
            {
                var decision = decider.Decide(state, message);
                state = decision.Events.Aggregate(state, decider.Evolve);
                return decision.Sends.Single();
            }
        });

    private static Scenario<PoolState> Pool() => new Scenario<PoolState>(new PoolDecider(), PoolId.ToString()).When(new OpenPool(Network, 0));

    private static Scenario<AddressSpaceState> TheSpace() => new Scenario<AddressSpaceState>(new AddressSpaceDecider(), Space.ToString()).Given(new NetworkRegistered(Network), new NetworkConfirmed(Network.Id));

    private static Reservation Kept(string address, string owner, DateTimeOffset? until = null) => new(Network.Id, PoolId, InetAddress.Parse(address), owner, until);

    private static ReserveAddress Reserve(string address, string owner, DateTimeOffset? until = null) => new(Space, Network.Id, InetAddress.Parse(address), owner, until);

    private static AllocateAddress Ask(int number, string? address = null) =>
        new(PoolId, address is null ? null : InetAddress.Parse(address), new(Some.Endpoint(number, Network, 2).Spec, new Incarnation(1), Running: true), []);

    private static ReleaseAddress Release(int number) => new(PoolId, Network.Id, AddressHandle.Of(Some.EndpointId(number)));

    private static string Given(Scenario<PoolState> pool) => pool.Sends<CompleteAttach>().Address.ToString()!;

    private static string Row(Scenario<PoolState> pool) => pool.State.Held.Where(held => held.Owner is not null).Select(held => $"{held.Address} {held.HolderName} {held.Owner}").Single();
}
