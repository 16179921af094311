using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using NetworkCluster.Commands;
using NetworkCluster.Commands.Containers;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Gateway;
using NetworkCluster.Hosts;

namespace NetworkCluster.DockerApi;

/// <summary><c>/containers</c>: sandboxes with the host's file system. Whatever image is named is taken and ignored.</summary>
internal sealed class ContainerEndpoints(IClusterGateway gateway, NetworkDirectory directory, ContainerCreator creator, StreamEndpoints streams, IContainerProcesses processes, RandomNames names, TimeProvider time)
{
    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/containers/json", ListAsync);
        endpoints.MapPost("/containers/create", CreateAsync);
        endpoints.MapGet("/containers/{id}/json", InspectAsync);
        endpoints.MapPost("/containers/{id}/start", (HttpContext http) => ChangeAsync(http, running => !running, container => new StartContainer(container.Host, container.Spec.Id) { At = time.GetUtcNow() }));
        endpoints.MapPost("/containers/{id}/stop", (HttpContext http) => ChangeAsync(http, running => running, container => Stop(http, container)));
        endpoints.MapPost("/containers/{id}/rename", RenameAsync);
        endpoints.MapPost("/containers/{id}/restart", RestartAsync);
        endpoints.MapPost("/containers/{id}/kill", KillAsync);
        endpoints.MapDelete("/containers/{id}", RemoveAsync);
        endpoints.MapPost("/containers/prune", PruneAsync);
        endpoints.MapGet("/images/json", (HttpContext http) => http.WriteAsync([], DockerJson.Plain.ImmutableArrayImageDocument));
        // Clients ask before they would pull: any name is there.
        endpoints.MapGet("/images/{*name}", (HttpContext http) => http.Request.Path.Value!.EndsWith("/json", StringComparison.Ordinal)
            ? http.WriteAsync(new ImageDocument(), DockerJson.Plain.ImageDocument)
            : throw new DockerRefusedException(StatusCodes.Status501NotImplemented, "there are no images here"));
    }

    private async Task ListAsync(HttpContext http)
    {
        var filter = ContainerFilter.Parse(DockerValues.Filters(http));
        var most = Limit(http);
        // The latest ones are asked for whatever they do.
        var all = DockerValues.Flag(http, "all") || filter.AsksForStopped || most is not null;
        var containers = (await directory.MatchingAsync(filter, http.RequestAborted)).Where(container => all || container.Status == ContainerStatus.Running);
        if (most is { } latest) containers = containers.Take(latest);
        await http.WriteAsync([.. containers.Select(container => ContainerSummary.From(container, Networks(http, container), time.GetUtcNow()))], DockerJson.Plain.ImmutableArrayContainerSummary);
    }

    // Docker takes what is not positive for none.
    private static int? Limit(HttpContext http)
    {
        if (http.Request.Query["limit"] is not [{ Length: > 0 } text, ..]) return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var most) ? most > 0 ? most : null : throw new UsageException($"limit is a number of containers: '{text}' is not");
    }

    private async Task InspectAsync(HttpContext http)
    {
        var container = await FindAsync(http);
        var document = ContainerDocument.From(container, processes.PlaceOf(container));
        await http.WriteAsync(document with { NetworkSettings = document.NetworkSettings with { Networks = Networks(http, container) } }, DockerJson.Plain.ContainerDocument);
    }

    private static Dictionary<string, EndpointDocument> Networks(HttpContext http, ContainerView container)
    {
        var networks = ContainerDocument.Networks(container);
        return http.Version().CompareTo(DockerVersion.WithoutShortIds) >= 0 ? networks : networks.ToDictionary(network => network.Key, network => network.Value.WithShortId(container.Spec.Id.Short));
    }

    private async Task CreateAsync(HttpContext http)
    {
        var body = await http.ReadAsync(DockerJson.Plain.ContainerCreateBody);
        CommandRequests.RefuseOtherUser(body.User);
        var container = await MakeAsync(new()
        {
            Id = NewIds.Container(),
            Name = http.Request.Query["name"] is [{ Length: > 0 } name, ..] ? name.TrimStart('/') : names.Next(),
            Hostname = body.Hostname is { Length: > 0 } hostname ? hostname : null,
            Command = [.. Words(body.Entrypoint, "Entrypoint"), .. Words(body.Cmd, "Cmd")],
            // A name alone takes a variable away that the image has; there is none.
            Environment = [.. (body.Env ?? []).Where(variable => variable.IndexOf('=') > 0 || variable.Length == 0 || variable[0] == '=')],
            WorkingDirectory = CommandRequests.Place(body.WorkingDir),
            Labels = DockerValues.Sorted(body.Labels),
            Image = body.Image is { Length: > 0 } image ? image : null,
            Tty = body.Tty is true ? true : null,
            TerminalSize = CommandRequests.Window(body.HostConfig?.ConsoleSize) is var window && body.Tty is true ? window : null,
            OpenStdin = body.OpenStdin is true ? true : null,
            StdinOnce = body.StdinOnce is true ? true : null,
            StopSignal = body.StopSignal is { Length: > 0 } ends ? Signals.Parse(ends) : null,
            StopTimeout = body.StopTimeout,
            AutoRemove = body.HostConfig?.AutoRemove is true ? true : null,
            Ports = PortWords.Of(Published(body.HostConfig), body.ExposedPorts?.Keys ?? [], body.HostConfig?.PublishAllPorts ?? false),
            Resolver = await creator.ResolverAsync(body.HostConfig?.Dns ?? [], body.HostConfig?.DnsSearch ?? [], body.HostConfig?.DnsOptions ?? [], body.HostConfig?.ExtraHosts ?? [], http.RequestAborted),
            Created = time.GetUtcNow(),
        }, Places(body), http.RequestAborted);
        await http.WriteAsync(new(container.Spec.Id.ToString(), [.. body.HostConfig?.WithoutEffect() ?? []]), DockerJson.Plain.ContainerCreatedDocument, StatusCodes.Status201Created);
    }

    // To clients 404 means that there is no such image, and they try to pull it.
    private async Task<ContainerView> MakeAsync(ContainerSpec spec, ImmutableArray<(string, EndpointSettings)> places, CancellationToken cancel)
    {
        try
        {
            return await creator.CreateAsync(spec, places, cancel);
        }
        catch (RefusedException refused) when (refused.Reason.Kind == RejectionKind.NotFound)
        {
            throw new DockerRefusedException(StatusCodes.Status400BadRequest, refused.Message);
        }
    }

    private async Task ChangeAsync(HttpContext http, Func<bool, bool> isNews, Func<ContainerView, ICommand> command)
    {
        var container = await FindAsync(http);
        var asked = command(container);
        if (!isNews(container.Status == ContainerStatus.Running))
        {
            await http.Empty(StatusCodes.Status304NotModified);
            return;
        }

        var done = await gateway.AskAsync<ContainerDone>(asked, http.RequestAborted);
        if (done.Container.Status == ContainerStatus.Running) streams.Started(done.Container);
        await http.Empty(StatusCodes.Status204NoContent);
    }

    private static StopContainer Stop(HttpContext http, ContainerView container)
    {
        int? patience = null;
        if (http.Request.Query["t"] is [{ Length: > 0 } seconds, ..])
        {
            patience = long.TryParse(seconds, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var given) ? (int)Math.Clamp(given, -1, StopPatience.Most) : throw new UsageException($"t is a number of seconds: '{seconds}' is not");
        }

        return StopContainer.Of(container, patience) with { Signal = http.Request.Query["signal"] is [{ Length: > 0 } signal, ..] ? Signals.Parse(signal) : null };
    }

    private async Task RenameAsync(HttpContext http)
    {
        var container = await FindAsync(http);
        if (http.Request.Query["name"] is not [{ Length: > 0 } given, ..] || given.TrimStart('/') is not { Length: > 0 } name) throw new UsageException("Neither old nor new names may be empty");
        if (name == container.Spec.Name) throw new UsageException("Renaming a container with the same name as its current name");
        await gateway.AskAsync<ContainerDone>(new RenameContainer(container.Host, container.Spec.Id, name), http.RequestAborted);
        await http.Empty(StatusCodes.Status204NoContent);
    }

    private async Task RestartAsync(HttpContext http)
    {
        var container = await FindAsync(http);
        // Before anything is stopped that could not be started again.
        if ((await gateway.AskAsync<HostView>(new GetHost(container.Host), http.RequestAborted)).Drained) throw new RefusedException(new HostIsDrained(container.Host));
        await gateway.AskAsync<ContainerDone>(Stop(http, container), http.RequestAborted);
        await gateway.AskAsync<ContainerDone>(new StartContainer(container.Host, container.Spec.Id) { At = time.GetUtcNow() }, http.RequestAborted);
        await http.Empty(StatusCodes.Status204NoContent);
    }

    private async Task KillAsync(HttpContext http)
    {
        var container = await FindAsync(http);
        if (container.Status != ContainerStatus.Running) throw new DockerRefusedException(StatusCodes.Status409Conflict, $"Cannot kill container: {http.Named()}: container {container.Spec.Id} is not running");
        var signal = Signals.Parse(http.Request.Query["signal"]);
        // A container without a command is ended by what asks a command to end.
        if (signal == Signals.Kill || (container.Spec.Command.IsEmpty && Signals.AsksToEnd(signal))) await gateway.AskAsync<ContainerDone>(StopContainer.Of(container, patience: 0) with { Kill = true }, http.RequestAborted);
        else if (!processes.Signal(container, signal)) throw new DockerRefusedException(StatusCodes.Status409Conflict, $"Cannot kill container: {http.Named()}: {(container.Host == gateway.Host ? "it runs no command" : $"its command is on host {container.Host}: ask there")}, and only KILL ends it from here");
        await http.Empty(StatusCodes.Status204NoContent);
    }

    private async Task RemoveAsync(HttpContext http)
    {
        var container = await FindAsync(http);
        await gateway.AskAsync<ContainerDone>(new RemoveContainer(container.Host, container.Spec.Id, DockerValues.Flag(http, "force")), http.RequestAborted);
        await http.Empty(StatusCodes.Status204NoContent);
    }

    private async Task PruneAsync(HttpContext http)
    {
        var filter = ContainerFilter.Parse(DockerValues.Filters(http));
        var stopped = (await directory.MatchingAsync(filter, http.RequestAborted)).Where(container => container.Status != ContainerStatus.Running);
        var removed = ImmutableArray.CreateBuilder<string>();
        foreach (var container in stopped)
        {
            // One that has been started or removed meanwhile stays, or is gone.
            if (await gateway.SendAsync(new RemoveContainer(container.Host, container.Spec.Id, Force: false), http.RequestAborted) is ContainerDone) removed.Add(container.Spec.Id.ToString());
        }

        await http.WriteAsync(new(removed.Count == 0 ? null : removed.ToImmutable()), DockerJson.Plain.PrunedContainersDocument);
    }

    private Task<ContainerView> FindAsync(HttpContext http) => directory.ContainerAsync(http.Named(), http.RequestAborted);

    // The network mode's first, with its own settings where there are any; --link on the predefined network is the old one.
    private static ImmutableArray<(string Network, EndpointSettings Settings)> Places(ContainerCreateBody body)
    {
        var mode = body.HostConfig?.NetworkMode is { Length: > 0 } given and not "default" ? given : "bridge";
        if (mode.StartsWith("container:", StringComparison.Ordinal)) throw new DockerRefusedException(StatusCodes.Status501NotImplemented, "containers do not share a network namespace here");
        var configured = (body.NetworkingConfig?.EndpointsConfig ?? ImmutableDictionary<string, EndpointBody?>.Empty).ToDictionary(entry => entry.Key == "default" ? "bridge" : entry.Key, entry => entry.Value);
        var first = configured.GetValueOrDefault(mode) ?? new();
        if (body.HostConfig?.Links is { Count: > 0 } links) first = first with { Links = [.. first.Links ?? [], .. links] };
        if (body.MacAddress is { Length: > 0 } mac && first.MacAddress is not { Length: > 0 }) first = first with { MacAddress = mac };
        return [(mode, DockerValues.Settings(first)), .. configured.Where(entry => entry.Key != mode).OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, DockerValues.Settings(entry.Value)))];
    }

    private static IEnumerable<string> Published(HostConfigBody? host) =>
        from port in host?.PortBindings ?? ImmutableDictionary<string, IReadOnlyList<PortBindingBody>?>.Empty
        from binding in port.Value ?? []
        let address = binding.HostIp is not { Length: > 0 } ip ? "" : ip.Contains(':') ? $"[{ip}]:" : $"{ip}:"
        select $"{address}{binding.HostPort}:{port.Key}";

    // A list of words, or one text for the shell.
    private static IEnumerable<string> Words(JsonElement? value, string what) => value switch
    {
        null or { ValueKind: JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.String } text => ["/bin/sh", "-c", Word(text, what)],
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(word => word.ValueKind == JsonValueKind.String) => [.. list.EnumerateArray().Select(word => Word(word, what))],
        _ => throw new UsageException($"invalid JSON: {what} is a list of words"),
    };

    // Half of a pair of UTF-16 stands for nothing that a program could be told.
    private static string Word(JsonElement text, string what)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new UsageException($"invalid JSON: {what} has a word that is no text");
        }
    }
}

/// <summary>The answer for every image.</summary>
internal sealed record ImageDocument
{
    public string Id { get; init; } = ContainerDocument.HostImageId;
    public string Os { get; init; } = "linux";
    public string Architecture { get; init; } = SystemEndpoints.Architecture;
    public ImmutableArray<string> RepoTags { get; init; } = [];
}
