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
    [InlineData("docker-api.tcp.address=0.0.0.0:2376", "network-cluster.docker-api.tcp.ca: with network-cluster.docker-api.tcp.address it is needed: without TLS on both sides anybody could command the host")]
    [InlineData("cluster.seeds=[\"seeds.example\"]", "network-cluster.cluster.seeds: 'seeds.example' is not address:port")]
    [InlineData("cluster.seeds=[\"seeds.example:0\"]", "network-cluster.cluster.seeds: 'seeds.example:0' is not name:port")]
    [InlineData("cluster.seeds=[{\"a\":1}]", "network-cluster.cluster.seeds: '[{\"a\":1}]' is not a list as [\"a\", \"b\"]")]
    [InlineData("cluster.seeds=[]]", "network-cluster.cluster.seeds: '[]]' is not a list as [\"a\", \"b\"]")]
    [InlineData("cluster.seeds=[\"a:1\",,\"b:1\"]", "network-cluster.cluster.seeds: '[\"a:1\",,\"b:1\"]' is not a list")]
    [InlineData("cluster.seeds=[\"a:1]", "network-cluster.cluster.seeds: '[\"a:1]' is not a list")]
    [InlineData("cluster.seeds=[a:1", "network-cluster.cluster.seeds: '\"[a:1\"' is not a list")]
    [InlineData("access.admins=[alice=1]", "network-cluster.access.admins: '[alice=1]' is not a list as [\"a\", \"b\"]: what has brackets, quotation marks or = in it stands in quotation marks")]
    [InlineData("operations.port=9110", "network-cluster.operations.port: 127.0.0.1:9110 is taken by network-cluster.pbm.port (127.0.0.1:9110)")]
    [InlineData("docker-api.tcp.address=0.0.0.0:9180", "network-cluster.docker-api.tcp.address: 0.0.0.0:9180 is taken by network-cluster.operations.port (127.0.0.1:9180)")]
    [InlineData("journal.connection-string=Data Source=/other.db", "network-cluster.journal.connection-string: the journal on sqlite is journal.db in network-cluster.data-directory, and nowhere else")]
    [InlineData("journal.connection-string=Host=db;Username=nwc", "If it is that of PostgreSQL, start with --config hocon/cluster.conf, which sets network-cluster.journal.provider=postgresql")]
    [InlineData("pbm=9110", "network-cluster.pbm is not one setting but many: '9110'")]
    public void What_cannot_be_understood_is_named_with_what_would_be(string setting, string problem) =>
        Assert.Contains(problem, Assert.Throws<ConfigurationProblemException>(() => DefaultPoolSettingsTests.Settings($"network-cluster.{setting}")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("akka.persistence.journal.sql.circuit-breaker.call-timeout=xx", "akka.persistence.journal.sql.circuit-breaker.call-timeout: 'xx' cannot be its value, which is ")]
    [InlineData("akka.cluster.gossip-interval=soon", "akka.cluster.gossip-interval: 'soon' cannot be its value, which is ")]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size=large", "akka.remote.dot-netty.tcp.maximum-frame-size: 'large' cannot be its value")]
    [InlineData("akka.log-dead-letters=perhaps", "akka.log-dead-letters: 'perhaps' cannot be its value")]
    [InlineData("akka.clsuter.gossip-interval=1s", "there is no setting akka.clsuter.gossip-interval; did you mean akka.cluster.gossip-interval?")]
    [InlineData("akka.journal=1s", "there is no setting akka.journal: Akka has akka.actor, ")]
    public void So_are_Akkas_own(string setting, string problem) =>
        Assert.Contains(problem, Assert.Throws<ConfigurationProblemException>(() => DefaultPoolSettingsTests.Settings(setting)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("akka.cluster.gossip-interval=500ms")]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size=256KiB")]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size=128000b")]
    [InlineData("akka.log-dead-letters=off")]
    [InlineData("akka.cluster.split-brain-resolver.stable-after=20 s")]
    [InlineData("akka.persistence.journal.sql.circuit-breaker.max-failures=3")]
    [InlineData("akka.stream.materializer.max-input-buffer-size=32")]
    [InlineData("akka.loglevel=DEBUG")]
    [InlineData("akka.actor.default-dispatcher.executor=fork-join-executor")]
    public void What_Akka_takes_is_taken(string setting) => Assert.NotNull(DefaultPoolSettingsTests.Settings(setting));

    [Theory]
    [InlineData("Host=db;Pasword=sesame", "'pasword' is no part of a connection to PostgreSQL; did you mean Password?")]
    [InlineData("Data Source=/var/lib/journal.db", "'data source' is no part of a connection to PostgreSQL but of SQLite's: Host=... names the server")]
    [InlineData("Host=db;Port=abc", "port: 'abc' cannot be its value")]
    [InlineData("Username=nwc;Password=sesame", "it names no Host: the database's server is meant")]
    [InlineData("sesame", "it cannot be read: it is written as Host=db;")]
    public void A_connection_string_is_read_before_anybody_connects(string text, string problem)
    {
        var wrong = Assert.Throws<ConfigurationProblemException>(() => DefaultPoolSettingsTests.Settings("network-cluster.journal.provider=postgresql", "network-cluster.cluster.address=10.9.0.1", $"network-cluster.journal.connection-string={text}"));
        Assert.StartsWith($"network-cluster.journal.connection-string: {problem}", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pbm.port=9111", "there is no setting pbm.port: say network-cluster.pbm.port")]
    [InlineData("netwrok-cluster.pbm.port=9111", "there is no setting netwrok-cluster.pbm.port; did you mean network-cluster.pbm.port?")]
    [InlineData("network_cluster.pbm.port=9111", "there is no setting network_cluster.pbm.port; did you mean network-cluster.pbm.port?")]
    [InlineData("Network-Cluster.pbm.port=9111", "there is no setting Network-Cluster.pbm.port; did you mean network-cluster.pbm.port?")]
    [InlineData("network-cluster.pbm.prot=1", "there is no setting network-cluster.pbm.prot; did you mean network-cluster.pbm.port?")]
    [InlineData("network-cluster.operations.prot=1", "there is no setting network-cluster.operations.prot; did you mean network-cluster.operations.port?")]
    [InlineData("network-cluster.dns.upstraem=1", "there is no setting network-cluster.dns.upstraem; did you mean network-cluster.dns.upstream?")]
    [InlineData("network-cluster.pmb.prot=1", "there is no setting network-cluster.pmb.prot; did you mean network-cluster.pbm.port?")]
    [InlineData("network-cluster.tls.cert=1", "there is no setting network-cluster.tls.cert; did you mean network-cluster.tls.certificate?")]
    [InlineData("network-cluster.mtu=1400", "there is no setting network-cluster.mtu; did you mean network-cluster.dataplane.mtu?")]
    [InlineData("network-cluster.pbm.colour=1", "there is no setting network-cluster.pbm.colour; network-cluster.pbm has address, port, tls")]
    [InlineData("network-cluster.loglevel=Debug", "there is no setting network-cluster.loglevel; did you mean network-cluster.log-level?")]
    [InlineData("network-cluster.xyzzy=1", "there is no setting network-cluster.xyzzy")]
    [InlineData("nothing=1", "there is no setting nothing: settings begin with network-cluster or akka (all of them: hocon/akka.conf)")]
    [InlineData("a{b=1", "--set takes path=value, as network-cluster.pbm.port=9110: 'a{b' is not the path of a setting")]
    [InlineData("\"=1", "--set takes path=value, as network-cluster.pbm.port=9110: '\"' is not the path of a setting")]
    public void A_path_that_leads_nowhere_is_refused_with_the_one_that_was_meant(string setting, string problem) =>
        Assert.Equal(problem, Assert.Throws<ConfigurationProblemException>(() => DefaultPoolSettingsTests.Settings(setting)).Message);

    [Theory]
    [InlineData("NETWORK_CLUSTER_PBM__PORT", "9111", "there is no setting for NETWORK_CLUSTER_PBM__PORT in the environment")]
    [InlineData("NETWORK_CLUSTER__PBM__PROT", "9111", "there is no setting network-cluster.pbm.prot; did you mean network-cluster.pbm.port?")]
    [InlineData("NETWORK_CLUSTER__CLUSTER__SEEDS", "[a=1]", "network-cluster.cluster.seeds: '[a=1]' is not a list")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "not-a-url", "OTEL_EXPORTER_OTLP_ENDPOINT in the environment: 'not-a-url' is not where traces can be sent to: http://ADDRESS:PORT or https://ADDRESS:PORT")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "localhost:4318", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT in the environment: 'localhost:4318'")]
    public void So_is_a_variable(string name, string value, string problem) =>
        Assert.StartsWith(problem, Assert.Throws<ConfigurationProblemException>(() => DefaultPoolSettingsTests.FromEnvironment((name, value))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "smoke", "OTEL_EXPORTER_OTLP_PROTOCOL in the environment: 'smoke' is none of grpc, http/protobuf")]
    [InlineData("OTEL_TRACES_SAMPLER", "nonsense", "OTEL_TRACES_SAMPLER in the environment: 'nonsense' is none of always_on, ")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "x", "OTEL_TRACES_SAMPLER_ARG in the environment: 'x' is no number from 0 to 1")]
    public void So_is_what_traces_are_told_where_they_are_sent_somewhere(string name, string value, string problem)
    {
        Assert.StartsWith(problem, Assert.Throws<ConfigurationProblemException>(() => DefaultPoolSettingsTests.FromEnvironment((name, value), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318"))).Message, StringComparison.Ordinal);
        DefaultPoolSettingsTests.FromEnvironment((name, value));
    }

    [Fact]
    public void What_Kubernetes_tells_a_pod_of_a_service_is_no_setting() => Assert.Equal(9112, DefaultPoolSettingsTests.FromEnvironment(
        ("NETWORK_CLUSTER_SERVICE_HOST", "10.0.0.1"), ("NETWORK_CLUSTER_SERVICE_PORT_PBM", "9110"), ("NETWORK_CLUSTER_PORT", "tcp://10.0.0.1:9110"), ("NETWORK_CLUSTER_PORT_9110_TCP_ADDR", "10.0.0.1"), ("NETWORK_CLUSTER__PBM__PORT", "9112")).Pbm.Port);

    [Theory]
    [InlineData("http://10.9.0.9:4318")]
    [InlineData("https://[fd00::9]:4318/v1/traces")]
    [InlineData("")]
    public void Traces_are_sent_where_an_address_says(string endpoint) => Assert.NotNull(DefaultPoolSettingsTests.FromEnvironment(("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)));

    [Theory]
    [InlineData("[10.9.0.1, \"fd00::2\"]", "10.9.0.1:53 [fd00::2]:53")]
    [InlineData("[10.9.0.1:5353,[fd00::2]:53, ]", "10.9.0.1:5353 [fd00::2]:53")]
    [InlineData("[ ]", "")]
    public void Lists_are_understood_as_everybody_types_them(string list, string servers) =>
        Assert.Equal(servers, string.Join(' ', DefaultPoolSettingsTests.Settings($"network-cluster.dns.upstream={list}").DnsUpstream));

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
    [InlineData("pbm.port = 9111", "there is no setting pbm.port: say network-cluster.pbm.port")]
    [InlineData("network-cluster.cluster.seeds = [{ a = 1 }]", "network-cluster.cluster.seeds: ")]
    [InlineData("network-cluster.cluster.seeds = [10.9.0.1:4053, 10.9.0.2:4053]", "FILE: ")]
    [InlineData("network-cluster.access.admins = [alice=1]", "FILE: ")]
    [InlineData("network-cluster.nope = 1", "there is no setting network-cluster.nope")]
    [InlineData("network-cluster.dataplane.wrongest = 1", "there is no setting network-cluster.dataplane.wrongest; network-cluster.dataplane has ")]
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
    public void A_directory_is_no_file()
    {
        var wrong = Assert.Throws<ConfigurationProblemException>(() => DefaultPoolSettingsTests.FromFile(AppContext.BaseDirectory));
        Assert.StartsWith($"{AppContext.BaseDirectory}: it is a directory", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_that_does_not_exist_hides_nothing_else_that_is_wrong()
    {
        var wrong = Assert.Throws<ConfigurationProblemException>(() => DefaultPoolSettingsTests.Settings("network-cluster.pbm.prot=1", "network-cluster.dataplane.mtu=10"));
        Assert.Equal(2, wrong.Problems.Count);
        Assert.StartsWith("there is no setting network-cluster.pbm.prot", wrong.Problems[0], StringComparison.Ordinal);
        Assert.StartsWith("network-cluster.dataplane.mtu: '10'", wrong.Problems[1], StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "network-cluster { dns = 5, log-level = loud }");
        try
        {
            Assert.Equal(
                [
                    "--set takes path=value, not 'nothing'",
                    "network-cluster.dns is not one setting but many: one value cannot stand for all of them",
                    "there is no setting network-cluster.pbm.port.x; did you mean network-cluster.pbm.port?",
                    "network-cluster.pbm is not one setting but many: '3' cannot stand for all of them",
                    "akka.actor.provider is cluster in every host: 'remote' cannot be",
                    "network-cluster.dataplane.mtu: '10' is not a number from 576 to 65535",
                ],
                Wrong([path], "network-cluster.pbm=3", "network-cluster.dataplane.mtu=10", "nothing", "network-cluster.pbm.port.x=1", "akka.actor.provider=remote").Take(6));
            Assert.StartsWith("network-cluster.log-level: 'loud'", Wrong([path])[1], StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }

        Assert.Equal(["/nowhere/a.conf", "/nowhere/b.conf", "--set takes path=value, not 'nothing'"], Wrong(["/nowhere/a.conf", "/nowhere/b.conf"], "nothing").Select(problem => problem.Split(": Could")[0]));
    }

    private static IReadOnlyList<string> Wrong(string[] files, params string[] settings) => Assert.Throws<ConfigurationProblemException>(() => DefaultPoolSettingsTests.FromFiles(files, settings)).Problems;
}
