using NetworkCluster.Configuration;
using Xunit;

namespace NetworkCluster.Tests.Host.Configuration;

public sealed class WrongSettingsTests
{
    [Theory]
    [InlineData("pbm.port=abc", "network-cluster.pbm.port: 'abc' is not a number from 0 to 65535")]
    [InlineData("pbm.port=70000", "network-cluster.pbm.port: '70000' is not a number from 0 to 65535")]
    [InlineData("pbm.address=here", "network-cluster.pbm.address")]
    [InlineData("dataplane.mtu=10", "network-cluster.dataplane.mtu: '10' is not a number from 576 to 65535")]
    [InlineData("dataplane.reconcile-every=soon", "network-cluster.dataplane.reconcile-every: 'soon' is not a duration")]
    [InlineData("dataplane.reconcile-every=1ms", "network-cluster.dataplane.reconcile-every: at least 1s")]
    [InlineData("dns.ttl=2h", "network-cluster.dns.ttl: from 0s to 1h")]
    [InlineData("dns.upstream=[nonsense]", "network-cluster.dns.upstream: 'nonsense' is not an address")]
    [InlineData("log-level=loud", "network-cluster.log-level: 'loud' is not one of trace, debug, information")]
    [InlineData("dataplane.mode=7", "network-cluster.dataplane.mode: '7' is not one of auto, linux, simulated")]
    [InlineData("ipam.default-pools.local=x", "network-cluster.ipam.default-pools.local: 'x' is not a list")]
    [InlineData("docker-api.tcp.address=nowhere", "network-cluster.docker-api.tcp.address: 'nowhere' is not address:port")]
    [InlineData("docker-api.tcp.address=0.0.0.0:2376", "network-cluster.docker-api.tcp.ca: with docker-api.tcp.address it is needed: without TLS on both sides anybody could command the host")]
    [InlineData("cluster.seeds=[\"seeds.example\"]", "network-cluster.cluster.seeds: 'seeds.example' is not address:port")]
    [InlineData("cluster.seeds=[\"seeds.example:0\"]", "network-cluster.cluster.seeds: 'seeds.example:0' is not name:port")]
    [InlineData("pbm=9110", "network-cluster.pbm is not one setting but many: '9110'")]
    public void What_cannot_be_understood_is_named_with_what_would_be(string setting, string problem) =>
        Assert.Contains(problem, Assert.Throws<ConfigurationProblemException>(() => DefaultPoolSettingsTests.Settings($"network-cluster.{setting}")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("network-cluster={", "network-cluster is not one setting but many: '{'")]
    [InlineData("akka.actor=5", "akka.actor is not one setting but many: '5'")]
    [InlineData("akka.actor.provider=remote", "akka.actor.provider is cluster in every host: 'remote' cannot be")]
    [InlineData("akka.persistence.journal.plugin=none", "akka.persistence.journal.plugin is akka.persistence.journal.sql in every host: 'none' cannot be")]
    public void What_everything_stands_on_stays(string setting, string problem) =>
        Assert.Equal(problem + (problem.EndsWith('\'') ? " cannot stand for all of them" : ""), Assert.Throws<ConfigurationProblemException>(() => DefaultPoolSettingsTests.Settings(setting)).Message);

    [Theory]
    [InlineData("network-cluster = 5", "network-cluster is not one setting but many: one value cannot stand for all of them")]
    [InlineData("akka.actor = no", "akka.actor is not one setting but many: one value cannot stand for all of them")]
    [InlineData("include \"other.conf\"", "FILE: it cannot be read; include is not supported, give each file with --config")]
    [InlineData("a = ${?x}", "FILE: optional substitutions (${?...}) are not supported")]
    [InlineData("network-cluster.nope = 1", "there is no setting network-cluster.nope")]
    [InlineData("network-cluster.dataplane.nope = 1", "there is no setting network-cluster.dataplane.nope; did you mean network-cluster.dataplane.")]
    public void A_file_that_makes_no_sense_is_named(string text, string problem)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, text);
        try
        {
            var wrong = Assert.Throws<ConfigurationProblemException>(() => DefaultPoolSettingsTests.FromFile(path));
            Assert.StartsWith(problem.Replace("FILE", path, StringComparison.Ordinal), wrong.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_setting_that_does_not_exist_hides_nothing_else_that_is_wrong()
    {
        var wrong = Assert.Throws<ConfigurationProblemException>(() => DefaultPoolSettingsTests.Settings("network-cluster.pbm.prot=1", "network-cluster.dataplane.mtu=10"));
        Assert.Equal(2, wrong.Problems.Count);
        Assert.StartsWith("there is no setting network-cluster.pbm.prot", wrong.Problems[0], StringComparison.Ordinal);
        Assert.StartsWith("network-cluster.dataplane.mtu: '10'", wrong.Problems[1], StringComparison.Ordinal);
    }
}
