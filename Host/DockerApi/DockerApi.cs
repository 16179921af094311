using System.Reflection;
using NetworkCluster.Access;
using NetworkCluster.Commands;
using NetworkCluster.Commands.Containers;
using NetworkCluster.Entities;
using NetworkCluster.Gateway;
using NetworkCluster.Hosting;

namespace NetworkCluster.DockerApi;

/// <summary>
/// The part of Docker's Engine API that networks need, versions 1.24 to 1.47, for the docker command line and every client library. It parses, sends one message and prints; what may
/// be is decided behind it. What is not served is answered with 404 where Docker has no such path either, and otherwise with 501.
/// </summary>
internal static class DockerApi
{
    /// <summary>What stands where Docker names its release.</summary>
    public static readonly string Release = typeof(DockerApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Serves everything that comes over the socket; nothing else of the process is reached there.</summary>
    public static void MapDocker(this WebApplication app, IClusterGateway gateway, IContainerProcesses processes, (JournalHealth Health, IJournalFeed Feed, IJournalReader Reader) journal, Random random, TimeProvider time)
    {
        var swarm = new SwarmManners();
        var (directory, names, places) = (new NetworkDirectory(gateway), new RandomNames(random), new StreamPlaces());
        var streams = new StreamEndpoints(gateway, directory, processes, places, time);
        var containers = new ContainerEndpoints(gateway, directory, new ContainerCreator(gateway, directory, names, time), streams, processes, names, time);
        var execs = new ExecEndpoints(directory, processes, places);
        app.Services.GetRequiredService<HijackedRequests>().Serve = request => DockerVersion.Strip(request.Path).Path.Split('/') switch
        {
            ["", "exec", var id, "start"] => execs.StartAsync(Uri.UnescapeDataString(id), request),
            ["", "containers", var id, "attach"] => streams.AttachAsync(Uri.UnescapeDataString(id), request),
            _ => throw new DockerRefusedException(StatusCodes.Status404NotFound, "page not found"),
        };
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("NetworkCluster.DockerApi");
        app.MapWhen(http => http.Features.Get<DockerSocket.Mark>() is not null, branch =>
        {
            branch.Use((http, next) => TracedAsync(http, () => http.GuardAsync(() => BeginAsync(http, journal.Health, next), log)));
            branch.UseRouting();
            branch.UseEndpoints(endpoints =>
            {
                new SystemEndpoints(gateway, swarm, time).Map(endpoints);
                new NetworkEndpoints(gateway, directory, time, swarm).Map(endpoints);
                new EventEndpoints(new(journal.Feed, journal.Reader, time), journal.Health, places, time).Map(endpoints);
                containers.Map(endpoints);
                streams.Map(endpoints);
                execs.Map(endpoints);
                endpoints.MapFallback(NotServed);
            });
        });
    }

    private static async Task TracedAsync(HttpContext http, Func<Task> serve)
    {
        using var span = NodeTraces.Begin($"docker {http.Request.Method}", http.Request.Headers.TraceParent);
        await serve();
        if (span is null) return;
        // Without any name or id in it: known when it was routed.
        if (http.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route }) span.DisplayName = $"docker {http.Request.Method} {route}";
        span.SetTag("http.response.status_code", http.Response.StatusCode);
    }

    private static Task BeginAsync(HttpContext http, JournalHealth journal, RequestDelegate next)
    {
        var headers = http.Response.Headers;
        headers["Api-Version"] = DockerVersion.Newest.ToString();
        headers["Docker-Experimental"] = "false";
        headers["Ostype"] = "linux";
        headers.Server = $"Akka.NetworkCluster/{Release} (linux)";
        if (journal.Outage is { } outage) headers.Warning = $"110 network-cluster \"{outage.Notice}\"";
        http.LimitBody(DockerAnswers.BodyLimitBytes);
        http.ForgetRoute();
        (var path, var version) = DockerVersion.Strip(http.Request.Path!);
        http.Request.Path = path;
        http.Features.Set(new Asked(version));
        var method = http.Request.Method;
        if (http.Features.Get<Caller>()?.WhyNot($"{method} {path}", changes: !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method)) is { } why) throw new DockerRefusedException(StatusCodes.Status403Forbidden, why);
        return next(http);
    }

    private sealed record Asked(DockerVersion Version);

    /// <summary>The version that the client speaks.</summary>
    public static DockerVersion Version(this HttpContext http) => http.Features.Get<Asked>()!.Version;

    private static readonly string[] Elsewhere = ["/auth", "/build", "/commit", "/configs", "/containers", "/distribution", "/events", "/exec", "/images", "/nodes", "/plugins", "/secrets", "/services", "/session", "/swarm", "/system", "/tasks", "/volumes"];

    private static Task NotServed(HttpContext http)
    {
        var path = http.Request.Path;
        if (!Elsewhere.Any(known => path.StartsWithSegments(known))) throw new DockerRefusedException(StatusCodes.Status404NotFound, "page not found");
        throw new DockerRefusedException(StatusCodes.Status501NotImplemented, $"{http.Request.Method} {path} is not served here: this is Akka.NetworkCluster, which has networks");
    }

    /// <summary>A part of the path as the client meant it: a slash in a name comes escaped.</summary>
    public static string Named(this HttpContext http, string part = "id") => Uri.UnescapeDataString((string)http.GetRouteValue(part)!);
}
