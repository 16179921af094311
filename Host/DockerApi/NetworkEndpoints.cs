using NetworkCluster.Drivers;
using NetworkCluster.Commands;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Commands.Networks;
using NetworkCluster.Containers;
using NetworkCluster.Gateway;
using NetworkCluster.Networks;

namespace NetworkCluster.DockerApi;

/// <summary><c>/networks</c>.</summary>
internal sealed class NetworkEndpoints(IClusterGateway gateway, NetworkDirectory directory, TimeProvider time, SwarmManners swarm)
{
    private readonly NetworkPruning _pruning = new(gateway, directory, time);

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/networks", ListAsync);
        endpoints.MapPost("/networks/create", CreateAsync);
        endpoints.MapPost("/networks/prune", PruneAsync);
        endpoints.MapGet("/networks/{id}", InspectAsync);
        endpoints.MapDelete("/networks/{id}", RemoveAsync);
        endpoints.MapPost("/networks/{id}/connect", ConnectAsync);
        endpoints.MapPost("/networks/{id}/disconnect", DisconnectAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        var networks = await directory.MatchingAsync(NetworkFilter.Parse(DockerValues.Filters(http)), http.RequestAborted);
        await http.WriteAsync([.. networks.Select(NetworkDocument.From)], DockerJson.Plain.ImmutableArrayNetworkDocument);
    }

    private async Task InspectAsync(HttpContext http)
    {
        var network = await directory.NetworkAsync(http.Named(), http.RequestAborted);
        var document = NetworkDocument.From(await directory.ViewAsync(network, http.RequestAborted));
        if (http.Request.Query["scope"] is [{ Length: > 0 } scope] && scope != document.Scope && !(scope == "swarm" && swarm.IsActive && network.Scope == NetworkScope.Global)) throw new RefusedException(new NetworkNotFound(http.Named()));
        await http.WriteAsync(document, DockerJson.Plain.NetworkDocument);
    }

    private async Task CreateAsync(HttpContext http)
    {
        var body = await http.ReadAsync(DockerJson.Plain.NetworkCreateBody);
        if (body.Ingress == true || body.ConfigOnly == true || body.ConfigFrom is { Network.Length: > 0 }) throw new DockerRefusedException(StatusCodes.Status501NotImplemented, "Ingress, ConfigOnly and ConfigFrom are not served here: there are no swarm services");
        var driver = body.Driver is { Length: > 0 } given ? given : "bridge";
        var named = body.Scope is "swarm" && swarm.IsActive ? NetworkDocument.TextOf(NetworkScope.Global) : body.Scope;
        if (named is "swarm") throw new DockerRefusedException(StatusCodes.Status503ServiceUnavailable, "This node is not a swarm manager. Networks of the scope swarm need one; the driver overlay makes networks of the scope global without");
        if (named is { Length: > 0 } scope && NetworkDrivers.Find(driver) is { } known && NetworkDocument.TextOf(known.Scope) is var only && scope != only) throw new UsageException($"invalid scope: {scope} (the {driver} driver makes networks of the scope {only})");
        if (body.Ipam?.Options is { Count: > 0 } options) throw new UsageException($"unknown ipam option {options.Keys.First()}: there are none");
        var reply = await gateway.CreateNetworkAsync(new()
        {
            Id = NewIds.Network(),
            Name = body.Name ?? "",
            Driver = driver,
            Internal = body.Internal ?? false,
            Attachable = body.Attachable ?? false,
            EnableIPv6 = body.EnableIPv6 ?? false,
            IpamDriver = body.Ipam?.Driver is { Length: > 0 } ipam ? ipam : null,
            BareIpam = body.Ipam?.Options is null ? true : null,
            Pools = DockerValues.Pools(body.Ipam),
            Options = DockerValues.Sorted(body.Options),
            Labels = DockerValues.Sorted(body.Labels),
            Created = time.GetUtcNow(),
            Host = gateway.Host,
        }, http.RequestAborted);
        await http.WriteAsync(new(reply.Expect<NetworkSummary>().Spec.Id.ToString(), ""), DockerJson.Plain.NetworkCreatedDocument, StatusCodes.Status201Created);
    }

    private async Task RemoveAsync(HttpContext http)
    {
        var network = await directory.NetworkAsync(http.Named(), http.RequestAborted);
        await gateway.AskAsync<NetworkRemoved>(new RemoveNetwork(network.Space, network.Id), http.RequestAborted);
        await http.Empty(StatusCodes.Status204NoContent);
    }

    private async Task PruneAsync(HttpContext http)
    {
        var (removed, refused) = await _pruning.PruneAsync(DockerValues.Filters(http), http.RequestAborted);
        if (removed.IsEmpty && refused.FirstOrDefault() is { } reason) throw new RefusedException(reason);
        await http.WriteAsync(new(removed.IsEmpty ? null : removed), DockerJson.Plain.PrunedDocument);
    }

    private async Task ConnectAsync(HttpContext http)
    {
        var body = await http.ReadAsync(DockerJson.Plain.ConnectBody);
        var settings = DockerValues.Settings(body.EndpointConfig);
        var (network, container) = await directory.BothAsync(http.Named(), ContainerOf(body.Container), http.RequestAborted);
        await gateway.AskAsync<ContainerDone>(new ConnectContainer(container.Host, NewEndpoint.Of(container.Host, container.Spec, network, settings)), http.RequestAborted);
    }

    private async Task DisconnectAsync(HttpContext http)
    {
        var body = await http.ReadAsync(DockerJson.Plain.DisconnectBody);
        var (network, host, container) = await directory.MemberAsync(http.Named(), ContainerOf(body.Container), body.Force ?? false, http.RequestAborted);
        await gateway.AskAsync<ContainerDone>(new DisconnectContainer(host, container, network.Id, network.Name), http.RequestAborted);
    }

    private static string ContainerOf(string? name) => name is { Length: > 0 } ? name : throw new UsageException("invalid container: empty ID or name");
}
