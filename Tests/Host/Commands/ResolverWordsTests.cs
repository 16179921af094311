using NetworkCluster.Addressing;
using NetworkCluster.Commands;
using NetworkCluster.Commands.Containers;
using Xunit;

namespace NetworkCluster.Tests.Host.Commands;

public sealed class ResolverWordsTests
{
    [Fact]
    public async Task Words_of_both_kinds_are_read_and_the_host_has_an_address()
    {
        var resolver = await ResolverWords.OfAsync(["192.0.2.53"], ["corp.example"], ["ndots:2"], ["a:10.0.0.1", "b=fd00::1", "c:[fd00::2]", "d:host-gateway", "e:fd00::3"], () => Task.FromResult(InetAddress.Parse("172.17.0.1")));
        Assert.Equal("a 10.0.0.1, b fd00::1, c fd00::2, d 172.17.0.1, e fd00::3", string.Join(", ", resolver!.Hosts.Select(host => $"{host.Name} {host.Address}")));
        Assert.Equal(("192.0.2.53", "corp.example", "ndots:2"), ($"{resolver.Servers[0]}", resolver.Search[0], resolver.Options[0]));
        Assert.Null(await ResolverWords.OfAsync([], [], [], [], () => throw new InvalidOperationException("nobody wants it")));
    }

    [Theory]
    [InlineData("a", "bad format for add-host: \"a\"")]
    [InlineData(":1.2.3.4", "bad format for add-host: \":1.2.3.4\"")]
    [InlineData("a:", "bad format for add-host: \"a:\"")]
    [InlineData("a:1.2.3", "invalid IP address in add-host: \"1.2.3\"")]
    public async Task What_makes_no_sense_is_refused_in_Dockers_words(string word, string problem) =>
        Assert.Equal(problem, (await Assert.ThrowsAsync<UsageException>(() => ResolverWords.OfAsync([], [], [], [word], () => throw new InvalidOperationException()))).Message);
}
