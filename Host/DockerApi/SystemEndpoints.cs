using System.Runtime.InteropServices;
using NetworkCluster.Commands;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Containers;
using NetworkCluster.Drivers;
using NetworkCluster.Gateway;

namespace NetworkCluster.DockerApi;

/// <summary><c>/_ping</c>, <c>/version</c>, <c>/info</c>, and what an engine says that is in no swarm.</summary>
internal sealed class SystemEndpoints(IClusterGateway gateway, SwarmManners swarm, TimeProvider time)
{
    private const string Sandboxes = "WARNING: containers are network sandboxes with the host's file system; there are no images";

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods("/_ping", [HttpMethods.Get, HttpMethods.Head], Ping);
        endpoints.MapGet("/version", (HttpContext http) => http.WriteAsync(Version(), DockerJson.Plain.VersionDocument));
        endpoints.MapGet("/info", InfoAsync);
        // Clients that want networks across hosts make a swarm first, and leave it in the end. Ours are there without.
        endpoints.MapPost("/swarm/init", (HttpContext http) => swarm.TryEnter()
            ? http.WriteAsync(gateway.Host.ToString(), DockerJson.Plain.String)
            : throw new DockerRefusedException(StatusCodes.Status503ServiceUnavailable, "This node is already part of a swarm. Use \"docker swarm leave\" to leave this swarm and join another one."));
        endpoints.MapPost("/swarm/leave", (HttpContext http) => swarm.TryLeave()
            ? http.Empty(StatusCodes.Status200OK)
            : throw new DockerRefusedException(StatusCodes.Status503ServiceUnavailable, "This node is not part of a swarm"));
        foreach (var path in (ReadOnlySpan<string>)["/swarm", "/nodes", "/services", "/tasks", "/secrets", "/configs"])
        {
            endpoints.Map($"{path}/{{*rest}}", (HttpContext _) => throw new DockerRefusedException(
                StatusCodes.Status503ServiceUnavailable, "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again."));
        }
    }

    private static Task Ping(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-cache, no-store, must-revalidate";
        http.Response.Headers.Pragma = "no-cache";
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.ContentLength = 2;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.WriteAsync("OK", http.RequestAborted);
    }

    private static VersionDocument Version() => new()
    {
        Platform = new() { Name = "Akka.NetworkCluster" },
        Components =
        [
            new()
            {
                Name = "Engine",
                Version = DockerApi.Release,
                Details = new Dictionary<string, string>
                {
                    ["ApiVersion"] = $"{DockerVersion.Newest}", ["Arch"] = Architecture, ["Experimental"] = "false", ["KernelVersion"] = Kernel, ["MinAPIVersion"] = $"{DockerVersion.Oldest}", ["Os"] = "linux",
                },
            },
        ],
        Version = DockerApi.Release,
        ApiVersion = $"{DockerVersion.Newest}",
        MinAPIVersion = $"{DockerVersion.Oldest}",
        Arch = Architecture,
        KernelVersion = Kernel,
    };

    private async Task InfoAsync(HttpContext http)
    {
        var containers = (await gateway.AskAsync<ContainerList>(new ListContainers(gateway.Host), http.RequestAborted)).Containers;
        var running = containers.Count(container => container.Status == ContainerStatus.Running);
        await http.WriteAsync(new InfoDocument
        {
            ID = gateway.Host.ToString(),
            Containers = containers.Length,
            ContainersRunning = running,
            ContainersStopped = containers.Length - running,
            Plugins = new() { Network = [.. NetworkDrivers.All.Select(driver => driver.Name).Order(StringComparer.Ordinal)] },
            KernelVersion = Kernel,
            OperatingSystem = RuntimeInformation.OSDescription,
            Architecture = RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "aarch64" : "x86_64",
            NCPU = Environment.ProcessorCount,
            MemTotal = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            Name = gateway.Host.ToString(),
            ServerVersion = DockerApi.Release,
            SystemTime = Rfc3339.Text(time.GetUtcNow()),
            Warnings = [Sandboxes],
        }, DockerJson.Plain.InfoDocument);
    }

    /// <summary>The machine's, in Go's words.</summary>
    public static string Architecture => RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    private static string Kernel { get; } = File.Exists("/proc/sys/kernel/osrelease") ? File.ReadAllText("/proc/sys/kernel/osrelease").Trim() : "";
}
