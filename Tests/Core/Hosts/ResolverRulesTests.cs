using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Hosts;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Hosts;

public sealed class ResolverRulesTests
{
    private static readonly ContainerResolver Good = new()
    {
        Servers = [InetAddress.Parse("192.0.2.53"), InetAddress.Parse("2001:db8::53")],
        Search = ["corp.example", "_x.local"],
        Options = ["ndots:2", "rotate"],
        Hosts = [new("db", InetAddress.Parse("10.0.0.5")), new("db.corp.example", InetAddress.Parse("fd00::5"))],
    };

    [Fact]
    public void What_resolv_conf_and_hosts_take_is_taken() => Assert.Empty(Problems(Good));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.53")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.251")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::fb")]
    public void A_server_that_the_host_cannot_ask_for_it_is_refused_by_name(string server) =>
        Assert.StartsWith($"invalid DNS server {server}:", Assert.Single(Problems(Good with { Servers = [InetAddress.Parse(server)] })), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a..b")]
    [InlineData("a\nnameserver 6.6.6.6")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234")]
    public void Words_that_would_say_something_else_in_the_file_are_refused(string word)
    {
        Assert.Equal($"invalid DNS search domain '{word}'", Assert.Single(Problems(Good with { Search = [word] })));
        Assert.StartsWith($"invalid extra host '{word}'", Assert.Single(Problems(Good with { Hosts = [new(word, InetAddress.Parse("10.0.0.5"))] })), StringComparison.Ordinal);
        if (word.Length is 0 or > 64 || word.AsSpan().ContainsAny(' ', '\n')) Assert.StartsWith($"invalid DNS option '{word}'", Assert.Single(Problems(Good with { Options = [word] })), StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        Assert.Equal(
            ["17 DNS servers (at most 16)", "DNS search domain '.' means none, and stands alone"],
            Problems(Good with { Servers = [.. Enumerable.Repeat(InetAddress.Parse("192.0.2.53"), 17)], Search = [".", "corp.example"] }));
        Assert.StartsWith("conflicting options: a container on the network host", Assert.Single(Problems(Good, SandboxMode.Host)), StringComparison.Ordinal);
        Assert.StartsWith("conflicting options: a container on the network none", Assert.Single(Problems(Good, SandboxMode.None)), StringComparison.Ordinal);
        Assert.Empty(Problems(new() { Hosts = Good.Hosts }, SandboxMode.None));
    }

    private static string[] Problems(ContainerResolver resolver, SandboxMode mode = SandboxMode.Own) => [.. ContainerRules.Problems(Some.Container(1) with { Resolver = resolver, Mode = mode })];
}
