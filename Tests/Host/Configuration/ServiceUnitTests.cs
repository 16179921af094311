using System.Xml.Linq;
using NetworkCluster.Tests.Kubernetes;
using Xunit;

namespace NetworkCluster.Tests.Host.Configuration;

public sealed class ServiceUnitTests
{
    // Each gives the service mounts of its own, or needs them.
    private static readonly string[] OwnMounts =
    [
        "BindPaths", "BindReadOnlyPaths", "DynamicUser", "ExecPaths", "InaccessiblePaths", "MountFlags", "MountImages", "NoExecPaths", "PrivateDevices", "PrivateIPC", "PrivateMounts", "PrivateNetwork", "PrivateTmp",
        "PrivateUsers", "ProcSubset", "ProtectControlGroups", "ProtectHome", "ProtectHostname", "ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables", "ProtectProc", "ProtectSystem", "ReadOnlyPaths",
        "ReadWritePaths", "RootDirectory", "RootImage", "TemporaryFileSystem",
    ];

    private static readonly ILookup<string, string> Settings = File.ReadAllLines(Path.Combine(Manifests.Sources, "hocon", "network-cluster.service"))
        .Where(line => !line.StartsWith('#') && line.Contains('=', StringComparison.Ordinal)).ToLookup(line => line[..line.IndexOf('=', StringComparison.Ordinal)], line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]);

    [Fact]
    public void It_starts_what_the_project_makes() => Assert.Equal(
        $"{XDocument.Load(Path.Combine(Manifests.Sources, "Host", "Host.csproj")).Descendants("AssemblyName").Single().Value}.dll", Path.GetFileName(Assert.Single(Settings["ExecStart"])));

    [Fact]
    public void Containers_outlive_its_end()
    {
        Assert.Equal("process", Assert.Single(Settings["KillMode"]));
        Assert.All(OwnMounts, option => Assert.Empty(Settings[option]));
    }

    [Fact]
    public void It_may_what_an_agent_in_Kubernetes_may()
    {
        var may = Settings["CapabilityBoundingSet"].SelectMany(line => line.Split(' ')).ToHashSet();
        Assert.All(Deployed.HostOf(Deployed.Of("base").Named(Deployed.Agent)).SecurityContext.Capabilities.Add, capability => Assert.Contains($"CAP_{capability}", may));
        // Machine code is made while it runs.
        Assert.Empty(Settings["MemoryDenyWriteExecute"]);
    }
}
