using System.Collections.Immutable;
using Akka.Actor;
using NetworkCluster.Hosts;
using NetworkCluster.Membership;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors;

/// <summary>Two halves of a cluster, which have nothing in common but the journal.</summary>
public sealed class WitnessTests : TwoNodes
{
    private const int Rounds = 20;

    [Fact]
    public async Task Of_two_halves_that_ask_at_once_one_goes_on()
    {
        var witnesses = Nodes.Select(node => node.System.ActorOf(Props.Create(() => new Witness()))).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            ImmutableArray<string>[] halves = [[$"a#{round}", $"b#{round}"], [$"c#{round}", $"d#{round}"]];
            var granted = await Task.WhenAll(AskAsync(0, halves), AskAsync(1, halves));
            Assert.Single(granted, true);
            // So it stays, whoever is asked.
            Assert.Equal(granted, await Task.WhenAll(AskAsync(0, halves, witness: 1), AskAsync(1, halves, witness: 0)));
        }

        async Task<bool> AskAsync(int half, ImmutableArray<string>[] halves, int? witness = null) =>
            (await witnesses[witness ?? half].Ask<WitnessAnswer>(new AskWitness(halves[half], halves[1 - half]), TimeSpan.FromSeconds(20))).Granted;
    }
}
