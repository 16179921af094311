using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NetworkCluster.Commands;
using NetworkCluster.Hosting;

namespace NetworkCluster.Engine;

/// <summary>
/// The plugin's socket: what a Docker Engine asks of a network and IPAM driver, parsed, handed on and answered. A refusal is an answer like another, in the field where each kind of driver has
/// it. Sources: the calls of an engine 20.10, recorded.
/// </summary>
internal static class EnginePlugin
{
    /// <summary>The longest body of a call; a longer one is refused as any other question that cannot be read. Calls of engines have a few hundred.</summary>
    public const int BodyLimitBytes = 1024 * 1024;

    /// <summary>What came from the engine, by the plugin's socket.</summary>
    public sealed record Mark;

    /// <summary>Listens there. Who runs an engine is root: nobody else may connect.</summary>
    public static void ListenEngine(this KestrelServerOptions kestrel, string path) => kestrel.ListenUnixSocket(path, listen =>
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.UseLimit();
        listen.Use(next => connection =>
        {
            connection.Features.Set(new Mark());
            return next(connection);
        });
    });

    /// <summary>Serves everything that comes by its socket; nothing else of the process is reached there.</summary>
    public static void MapEngine(this WebApplication app, EngineDriver networks, EnginePools pools) => app.MapWhen(http => http.Features.Get<Mark>() is not null, branch =>
    {
        branch.Use((http, next) =>
        {
            http.LimitBody(BodyLimitBytes);
            http.ForgetRoute();
            return next(http);
        });
        branch.UseRouting();
        branch.UseEndpoints(routes => Map(routes, networks, pools));
    });

    private static void Map(IEndpointRouteBuilder routes, EngineDriver networks, EnginePools pools)
    {
        // With a pattern of its own: the usual one takes what has a dot in it for a file.
        routes.MapFallback("{*call}", UnknownAsync);
        routes.Answer("/Plugin.Activate", () => new ActivateAnswer(["NetworkDriver", "IpamDriver"]), PluginJson.Default.ActivateAnswer);
        routes.Answer("/NetworkDriver.GetCapabilities", () => new DriverCapabilities("local", "local"), PluginJson.Default.DriverCapabilities);
        routes.Answer("/IpamDriver.GetCapabilities", () => new IpamCapabilities(false, false), PluginJson.Default.IpamCapabilities);
        routes.Answer("/IpamDriver.GetDefaultAddressSpaces", () => new AddressSpacesAnswer(EngineDriver.AddressSpaces[0], EngineDriver.AddressSpaces[1]), PluginJson.Default.AddressSpacesAnswer);
        routes.Pool("RequestPool", PluginJson.Default.PoolBody, pools.RequestPoolAsync, PluginJson.Default.PoolAnswer);
        routes.Pool("ReleasePool", PluginJson.Default.PoolReleaseBody, (body, _) => Nothing(() => pools.ReleasePool(body)), PluginJson.Default.NothingAnswer);
        routes.Pool("RequestAddress", PluginJson.Default.AddressBody, pools.RequestAddressAsync, PluginJson.Default.AddressAnswer);
        routes.Pool("ReleaseAddress", PluginJson.Default.AddressBody, (body, cancel) => Nothing(pools.ReleaseAddressAsync(body, cancel)), PluginJson.Default.NothingAnswer);
        routes.Network("CreateNetwork", PluginJson.Default.NetworkBody, (body, cancel) => Nothing(networks.CreateAsync(body, cancel)), PluginJson.Default.NothingAnswer);
        routes.Network("DeleteNetwork", PluginJson.Default.EndpointBody, (body, cancel) => Nothing(networks.DeleteAsync(body, cancel)), PluginJson.Default.NothingAnswer, networks.MissDelete);
        routes.Network("CreateEndpoint", PluginJson.Default.EndpointBody, networks.CreateEndpointAsync, PluginJson.Default.EndpointAnswer);
        routes.Network("DeleteEndpoint", PluginJson.Default.EndpointBody, (body, cancel) => Nothing(networks.DeleteEndpointAsync(body, cancel)), PluginJson.Default.NothingAnswer);
        routes.Network("Join", PluginJson.Default.EndpointBody, networks.JoinAsync, PluginJson.Default.JoinAnswer);
        routes.Network("Leave", PluginJson.Default.EndpointBody, (body, cancel) => Nothing(networks.LeaveAsync(body, cancel)), PluginJson.Default.NothingAnswer);
        routes.Answer("/NetworkDriver.EndpointOperInfo", () => new InfoAnswer(new Dictionary<string, string>()), PluginJson.Default.InfoAnswer);
        // The way out is in the network itself, and hosts find each other.
        foreach (var call in (ReadOnlySpan<string>)["ProgramExternalConnectivity", "RevokeExternalConnectivity", "DiscoverNew", "DiscoverDelete"])
            routes.Answer($"/NetworkDriver.{call}", () => new NothingAnswer(), PluginJson.Default.NothingAnswer);
        foreach (var call in (ReadOnlySpan<string>)["AllocateNetwork", "FreeNetwork"])
            routes.Answer($"/NetworkDriver.{call}", () => new DriverRefusal("networks of swarm services are not supported: the cluster has networks of its own"), PluginJson.Default.DriverRefusal);
    }

    // In the form of both kinds of drivers.
    private static Task UnknownAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return http.Response.WriteAsJsonAsync(new DriverRefusal($"there is no call {http.Request.Path.Value?.TrimStart('/')}"), PluginJson.Default.DriverRefusal);
    }

    private static void Answer<T>(this IEndpointRouteBuilder routes, string path, Func<T> answer, JsonTypeInfo<T> type) =>
        routes.MapPost(path, (HttpContext http) => http.Response.WriteAsJsonAsync(answer(), type));

    private static void Pool<TBody, TAnswer>(this IEndpointRouteBuilder routes, string call, JsonTypeInfo<TBody> body, Func<TBody, CancellationToken, Task<TAnswer>> answer, JsonTypeInfo<TAnswer> type) =>
        routes.Map($"/IpamDriver.{call}", body, answer, type, reason => new IpamRefusal(reason), PluginJson.Default.IpamRefusal);

    private static void Network<TBody, TAnswer>(
        this IEndpointRouteBuilder routes, string call, JsonTypeInfo<TBody> body, Func<TBody, CancellationToken, Task<TAnswer>> answer, JsonTypeInfo<TAnswer> type, Action? missed = null) =>
        routes.Map($"/NetworkDriver.{call}", body, answer, type, reason => new DriverRefusal(reason), PluginJson.Default.DriverRefusal, missed);

    private static void Map<TBody, TAnswer, TRefusal>(
        this IEndpointRouteBuilder routes, string path, JsonTypeInfo<TBody> body, Func<TBody, CancellationToken, Task<TAnswer>> answer, JsonTypeInfo<TAnswer> type, Func<string, TRefusal> refuse, JsonTypeInfo<TRefusal> refusal, Action? missed = null) =>
        routes.MapPost(path, async (HttpContext http, ILoggerFactory logs) =>
        {
            string reason;
            try
            {
                if (http.Request.ContentLength == 0)
                {
                    // Engines that ask again do so without what they asked: their client has read it to its end.
                    missed?.Invoke();
                    throw new RefusedException(new InvalidRequest($"{path[1..]} came without its question, as when the engine has waited for an answer in vain: try again"));
                }

                // An engine that has given up waiting is still told the next time: what was begun is carried to its end.
                var asked = await JsonSerializer.DeserializeAsync(http.Request.Body, body, http.RequestAborted) ?? throw new RefusedException(new InvalidRequest("the body is null"));
                await http.Response.WriteAsJsonAsync(await answer(asked, CancellationToken.None), type);
                return;
            }
            catch (RefusedException refused)
            {
                reason = refused.Message;
            }
            catch (Exception cause) when (cause is JsonException or FormatException or Microsoft.AspNetCore.Http.BadHttpRequestException)
            {
                reason = $"{path[1..]}: {cause.Message}";
            }
            catch (Exception cause) when (cause is not OperationCanceledException)
            {
                // An engine that is told nothing tells nobody anything.
                logs.CreateLogger("NetworkCluster.Engine").LogError(cause, "{Call} failed", path[1..]);
                reason = $"{path[1..]}: {cause.Message}";
            }

            logs.CreateLogger("NetworkCluster.Engine").LogInformation("{Call} refused: {Reason}", path[1..], reason);
            await http.Response.WriteAsJsonAsync(refuse(reason), refusal);
        });

    private static Task<NothingAnswer> Nothing(Action work)
    {
        work();
        return Task.FromResult(new NothingAnswer());
    }

    private static async Task<NothingAnswer> Nothing(Task work)
    {
        await work;
        return new();
    }
}
