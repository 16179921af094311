using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>What one host knows and another asks for may be large.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class LargeAnswersTests
{
    private const int Networks = 60;
    private static readonly string Long = new('x', 20_000);

    [KernelFact]
    public async Task A_list_of_more_than_a_million_characters_is_the_same_at_every_host()
    {
        await using var underlay = await Underlay.StartAsync("la", 3);
        for (var network = 0; network < Networks; network++) await underlay.Hosts[network % 3].Operator.DoneAsync("network", "create", ("network", $"net{network}"), ("driver", "overlay"), ("label", $"about={Long}"));
        foreach (var host in underlay.Hosts)
        {
            var listed = await host.Operator.RunAsync("network", "ls", ("filter", "driver=overlay"));
            Assert.True(listed.Done, listed.Error);
            Assert.Equal(Networks, listed.Rows.Length);
        }
    }
}
