using System.Collections;
using System.Runtime.CompilerServices;
using NetworkCluster.Configuration;
using Xunit;

namespace NetworkCluster.Tests.Host.Configuration;

public sealed class DefaultPoolSettingsTests
{
    [Fact]
    public void Without_a_setting_they_are_Dockers_and_unique_local_ones()
    {
        var settings = Settings();
        Assert.Equal(["172.17.0.0/16:16", "172.18.0.0/16:16"], settings.LocalPools.Take(2).Select(pool => $"{pool.Base}:{pool.Size}"));
        Assert.Equal("10.0.0.0/8:24", settings.GlobalPools.Select(pool => $"{pool.Base}:{pool.Size}").First());
        Assert.All(settings.LocalPools.Concat(settings.GlobalPools).Where(pool => pool.Base.IsIPv6), pool => Assert.StartsWith("fd", pool.Base.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Any_list_is_taken_in_its_order() => Assert.Equal(
        ["175.30.0.0/16:16", "175.33.0.0/16:24", "10.0.0.0/31:31", "fd00::/48:64"],
        Settings("""network-cluster.ipam.default-pools.local=["175.30.0.0/16:16", "175.33.0.0/16:24", "10.0.0.0/31:31", "fd00::/48:64"]""").LocalPools.Select(pool => $"{pool.Base}:{pool.Size}"));

    [Fact]
    public void All_unique_local_addresses_are_one_block_for_a_machine_and_a_scope_and_another_for_others()
    {
        var pools = Settings("""network-cluster.ipam.default-pools.local=["fd00::/8:64"]""", """network-cluster.ipam.default-pools.global=["fd00::/8:56"]""");
        var (local, global) = (Assert.Single(pools.LocalPools), Assert.Single(pools.GlobalPools));
        Assert.Equal((48, 64, 48, 56), (local.Base.Prefix, local.Size, global.Base.Prefix, global.Size));
        Assert.NotEqual(local.Base, global.Base);
        Assert.Equal(local, Assert.Single(Settings("""network-cluster.ipam.default-pools.local=["fd00::/8:64"]""").LocalPools));
        var machines = Enumerable.Range(0, 200).Select(machine => UniqueLocal.Of("local", $"{machine}")).ToHashSet();
        Assert.Equal(200, machines.Count);
        Assert.All(machines, block => Assert.True(UniqueLocal.All.Contains(block) && block.Prefix == 48));
    }

    [Theory]
    [InlineData("172.17.0.0/12:16", "is not block:size")]
    [InlineData("172.16.0.0/12", "is not block:size")]
    [InlineData("172.16.0.0/12:8", "is not block:size")]
    [InlineData("172.16.0.0/12:33", "is not block:size")]
    [InlineData("fd00::/48:129", "is not block:size")]
    [InlineData("nonsense:16", "is not block:size")]
    [InlineData("fd00::/8:47", "at least 48")]
    [InlineData("127.0.0.0/8:16", "loopback")]
    [InlineData("0.0.0.0/0:16", "every address")]
    [InlineData("fe80::/10:64", "link-local")]
    public void What_no_subnet_can_come_from_is_refused_at_start_and_named(string pool, string why)
    {
        var problem = Assert.Throws<ConfigurationProblemException>(() => Settings($"""network-cluster.ipam.default-pools.global=["{pool}"]""")).Message;
        Assert.Contains($"network-cluster.ipam.default-pools.global: '{pool}'", problem, StringComparison.Ordinal);
        Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    internal static HostSettings Settings(params string[] settings) => HostSettings.From(LayeredConfig.Load([Base()], new Hashtable(), settings));

    internal static HostSettings FromEnvironment(params (string Name, string Value)[] variables) => HostSettings.From(LayeredConfig.Load([Base()], new Hashtable(variables.ToDictionary(one => one.Name, one => one.Value)), []));

    internal static HostSettings FromFile(string path) => FromFiles([path]);

    internal static HostSettings FromFiles(string[] paths, params string[] settings) => HostSettings.From(LayeredConfig.Load([Base(), .. paths], new Hashtable(), settings));

    private static string Base([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "hocon", "akka.conf");
}
