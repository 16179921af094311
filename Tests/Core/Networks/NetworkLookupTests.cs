using System.Globalization;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Networks;

public sealed class NetworkLookupTests
{
    private const string None = "none";

    /// <summary>What each space answers: a network's number and name, several, or none.</summary>
    [Theory]
    [InlineData("web", "1 web", None, "1 web")]
    [InlineData("web", None, "2 web", "2 web")]
    [InlineData("web", None, None, "network web not found")]
    [InlineData("00000001", "1 web", "2 00000001", "2 00000001")]
    [InlineData("00000002", "1 00000002", "2 web", "1 00000002")]
    [InlineData("00000002", "many", "2 00000002", "2 00000002")]
    [InlineData("web", "1 web", "2 web", "network web is ambiguous (2 matches found based on name: web (00000001aaaa), web (00000002aaaa, global))")]
    [InlineData("0000000", "1 web", "2 db", "network 0000000 is ambiguous (2 matches found based on ID prefix: web (00000001aaaa), db (00000002aaaa, global))")]
    [InlineData("0000000", "many", "2 db", "network 0000000 is ambiguous (3 matches found based on ID prefix: x (1), y (2), db (00000002aaaa, global))")]
    [InlineData("0000000", "many", None, "network 0000000 is ambiguous (2 matches found based on ID prefix: x (1), y (2))")]
    public void Full_id_then_name_then_prefix_in_either_space(string text, string local, string global, string expected)
    {
        var answer = NetworkLookup.Choose(text, Reply(text, local, NetworkScope.Local), Reply(text, global, NetworkScope.Global));
        Assert.Equal(expected, answer switch
        {
            NetworkSummary { Spec: var spec } => $"{int.Parse(spec.Id.ToString()[..8], NumberStyles.HexNumber, CultureInfo.InvariantCulture)} {spec.Name}",
            Rejected { Reason: var reason } => reason.Text,
            _ => answer.ToString(),
        });
    }

    [Fact]
    public void A_full_id_comes_before_a_network_of_that_name()
    {
        var id = Some.NetworkId(2).ToString();
        Assert.Equal(id, Assert.IsType<NetworkSummary>(NetworkLookup.Choose(id, Reply(id, $"1 {id}", NetworkScope.Local), Reply(id, "2 web", NetworkScope.Global))).Spec.Id.ToString());
    }

    [Fact]
    public void A_space_that_does_not_answer_leaves_it_unknown()
    {
        var unknown = new Rejected(new OutcomeUnknown("space"));
        Assert.Same(unknown, NetworkLookup.Choose("web", unknown, Reply("web", "1 web", NetworkScope.Global)));
        Assert.Same(unknown, NetworkLookup.Choose("web", Reply("web", "1 web", NetworkScope.Local), unknown));
    }

    private static IReply Reply(string text, string answer, NetworkScope scope) => answer switch
    {
        None => new Rejected(new NetworkNotFound(text)),
        "many" => new Rejected(new AmbiguousName("network", text, ["x (1)", "y (2)"])),
        _ => new NetworkSummary(Some.Network(int.Parse(answer.Split(' ')[0], CultureInfo.InvariantCulture), []) with { Name = answer.Split(' ')[1], Scope = scope }),
    };
}
