using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>Docker.DotNet, unchanged, at the real process's socket.</summary>
[Trait("Category", "Kernel")]
public sealed class DockerDotNetTests : IAsyncLifetime, IDisposable
{
    private readonly HostUnderTest _host = new("dnt");
    private readonly DockerClientConfiguration _configuration;
    private readonly DockerClient _docker;

    public DockerDotNetTests()
    {
        _configuration = new(new Uri($"unix://{_host.DockerSocket}"));
        _docker = _configuration.CreateClient();
    }

    public Task InitializeAsync() => _host.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    public void Dispose()
    {
        _docker.Dispose();
        _configuration.Dispose();
    }

    [KernelFact]
    public async Task Networks_have_all_their_settings_and_end_with_typed_errors()
    {
        var made = await _docker.Networks.CreateNetworkAsync(new()
        {
            Name = "typed",
            Driver = "bridge",
            Internal = true,
            Labels = new Dictionary<string, string> { ["tier"] = "front" },
            Options = new Dictionary<string, string> { ["com.docker.network.driver.mtu"] = "1400" },
            IPAM = new() { Driver = "default", Config = [new() { Subnet = "10.71.0.0/16", IPRange = "10.71.4.0/24", Gateway = "10.71.0.9", AuxAddress = new Dictionary<string, string> { ["router"] = "10.71.4.0" } }] },
        });
        Assert.Equal(64, made.ID.Length);
        var network = await _docker.Networks.InspectNetworkAsync("typed");
        Assert.Equal((made.ID, "typed", "bridge", "local", true, "1400", "front"), (network.ID, network.Name, network.Driver, network.Scope, network.Internal, network.Options["com.docker.network.driver.mtu"], network.Labels["tier"]));
        var pool = Assert.Single(network.IPAM.Config);
        Assert.Equal(("10.71.0.0/16", "10.71.4.0/24", "10.71.0.9", "10.71.4.0"), (pool.Subnet, pool.IPRange, pool.Gateway, pool.AuxAddress["router"]));

        var labelled = await _docker.Networks.ListNetworksAsync(new() { Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { ["tier=front"] = true } } });
        Assert.Equal(made.ID, Assert.Single(labelled).ID);
        Assert.Equal(["bridge", "host", "none", "typed"], (await _docker.Networks.ListNetworksAsync()).Select(listed => listed.Name).Order());

        var overlap = await Assert.ThrowsAsync<DockerApiException>(() => _docker.Networks.CreateNetworkAsync(new() { Name = "over", IPAM = new() { Config = [new() { Subnet = "10.71.8.0/24" }] } }));
        Assert.Equal(HttpStatusCode.Forbidden, overlap.StatusCode);
        Assert.Contains("overlaps 10.71.0.0/16 of network typed", overlap.ResponseBody, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DockerNetworkNotFoundException>(() => _docker.Networks.InspectNetworkAsync("over"));

        Assert.Equal(["typed"], (await _docker.Networks.PruneNetworksAsync()).NetworksDeleted);
        await _docker.Networks.CreateNetworkAsync(new() { Name = "typed" });
        await _docker.Networks.DeleteNetworkAsync("typed");
        await Assert.ThrowsAsync<DockerNetworkNotFoundException>(() => _docker.Networks.DeleteNetworkAsync("typed"));
    }

    [KernelFact]
    public async Task Containers_live_from_create_to_remove_with_streams_and_events()
    {
        var (told, watching) = (new List<string>(), new CancellationTokenSource());
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = _docker.System.MonitorEventsAsync(new(), new Heard<Message>(message =>
        {
            lock (told) told.Add($"{message.Type} {message.Action} {message.Actor.Attributes["name"]}");
            if (message is { Type: "network", Action: "destroy" }) gone.TrySetResult();
        }), watching.Token);

        var network = (await _docker.Networks.CreateNetworkAsync(new() { Name = "life", IPAM = new() { Config = [new() { Subnet = "10.72.0.0/24" }] } })).ID;
        var container = (await _docker.Containers.CreateContainerAsync(new()
        {
            Name = "box",
            Image = "busybox",
            Hostname = "inside",
            Env = ["COLOUR=red"],
            Cmd = ["sh", "-c", "echo $COLOUR; exec sleep 1000"],
            ExposedPorts = new Dictionary<string, EmptyStruct> { ["80/tcp"] = default },
            HostConfig = new() { NetworkMode = "life", PortBindings = new Dictionary<string, IList<PortBinding>> { ["80/tcp"] = [new() { HostIP = "127.0.0.1", HostPort = "18072" }] } },
            NetworkingConfig = new() { EndpointsConfig = new Dictionary<string, EndpointSettings> { ["life"] = new() { IPAMConfig = new() { IPv4Address = "10.72.0.7" }, Aliases = ["alias"] } } },
        })).ID;
        Assert.True(await _docker.Containers.StartContainerAsync(container, new()));
        Assert.False(await _docker.Containers.StartContainerAsync(container, new()));

        var seen = await _docker.Containers.InspectContainerAsync("box");
        Assert.Equal((container, "/box", "running", true, "inside", "busybox", "life"), (seen.ID, seen.Name, seen.State.Status, seen.State.Running, seen.Config.Hostname, seen.Config.Image, seen.HostConfig.NetworkMode));
        Assert.Equal(("10.72.0.7", "10.72.0.1", 24L, network), (seen.NetworkSettings.Networks["life"].IPAddress, seen.NetworkSettings.Networks["life"].Gateway, seen.NetworkSettings.Networks["life"].IPPrefixLen, seen.NetworkSettings.Networks["life"].NetworkID));
        Assert.Equal("18072", Assert.Single(seen.NetworkSettings.Ports["80/tcp"]).HostPort);
        var listed = Assert.Single(await _docker.Containers.ListContainersAsync(new()));
        Assert.Equal(("/box", "running", (ushort)18072), (Assert.Single(listed.Names), listed.State, Assert.Single(listed.Ports).PublicPort));

        var exec = await _docker.Exec.ExecCreateContainerAsync("box", new() { Cmd = ["sh", "-c", "ping -c1 -W2 alias | grep -o '1 received'; echo err >&2; exit 7"], AttachStdout = true, AttachStderr = true });
        using (var streams = await _docker.Exec.StartAndAttachContainerExecAsync(exec.ID, tty: false))
        {
            Assert.Equal(("1 received\n", "err\n"), await streams.ReadOutputToEndAsync(CancellationToken.None));
        }

        Assert.Equal((false, 7L), await EndedAsync(exec.ID));
        using (var logs = await _docker.Containers.GetContainerLogsAsync("box", tty: false, new() { ShowStdout = true, ShowStderr = true })) Assert.Equal("red\n", (await logs.ReadOutputToEndAsync(CancellationToken.None)).stdout);

        await _docker.Networks.ConnectNetworkAsync("bridge", new() { Container = "box" });
        await _docker.Networks.DisconnectNetworkAsync("bridge", new() { Container = "box" });
        await Assert.ThrowsAsync<DockerApiException>(() => _docker.Networks.DeleteNetworkAsync("life"));
        var waits = _docker.Containers.WaitContainerAsync("box");
        Assert.True(await _docker.Containers.StopContainerAsync("box", new()));
        Assert.Equal(143, (await waits).StatusCode);
        await _docker.Containers.RemoveContainerAsync("box", new() { Force = true });
        await Assert.ThrowsAsync<DockerContainerNotFoundException>(() => _docker.Containers.InspectContainerAsync("box"));
        await _docker.Networks.DeleteNetworkAsync("life");

        await gone.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await watching.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch);
        Assert.Equal(
            ["network create life", "container create box", "container start box", "network connect life", "network connect bridge", "network disconnect bridge", "network disconnect life", "container die box", "container stop box", "container destroy box", "network destroy life"],
            told);
        watching.Dispose();
    }

    // The client is told of the output's end before the engine has the exit code.
    private async Task<(bool Running, long ExitCode)> EndedAsync(string exec)
    {
        while (true)
        {
            var state = await _docker.Exec.InspectContainerExecAsync(exec);
            if (!state.Running) return (state.Running, state.ExitCode);
        }
    }

    private sealed class Heard<T>(Action<T> hear) : IProgress<T>
    {
        public void Report(T value) => hear(value);
    }
}
