using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;
using NetworkCluster.Commands;
using NetworkCluster.Commands.Containers;
using NetworkCluster.Containers;
using NetworkCluster.Gateway;
using NetworkCluster.Hosting;

namespace NetworkCluster.DockerApi;

/// <summary>What a client does around a container's own command: waits for its end, listens to it, and has the container removed with it.</summary>
internal sealed class StreamEndpoints(IClusterGateway gateway, NetworkDirectory directory, IContainerProcesses processes, StreamPlaces places, TimeProvider time)
{
    // A container says nothing when it ends: it is looked at, as long as somebody waits.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    // How long a client may take to read the last output before its container goes.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan AfterHead = TimeSpan.FromMilliseconds(20);

    /// <summary>Of how many containers that went with their command the exit code is remembered, for who waits for them to be gone.</summary>
    private const int Remembered = 1000;

    private readonly ContainerWatch _watch = new(gateway, LookEvery, time);
    private readonly ConcurrentQueue<(ContainerId Container, int ExitCode)> _gone = new();
    private readonly ConcurrentDictionary<ContainerId, TaskCompletionSource> _listeners = new();

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/containers/{id}/wait", WaitAsync);
        endpoints.MapPost("/containers/{id}/attach", AttachAsync);
        endpoints.MapGet("/containers/{id}/logs", LogsAsync);
        endpoints.MapPost("/containers/{id}/resize", ResizeAsync);
    }

    /// <summary>The container has been started: one that is to go with its command goes as soon as nobody listens any more. (Without us it goes a little later.)</summary>
    public void Started(ContainerView container)
    {
        if (container.Spec.AutoRemove is true) _ = RemoveAtEndAsync(container);
    }

    private async Task LogsAsync(HttpContext http)
    {
        var container = await directory.ContainerAsync(http.Named(), http.RequestAborted);
        var (output, error) = (DockerValues.Flag(http, "stdout"), DockerValues.Flag(http, "stderr"));
        if (!output && !error) throw new UsageException("Bad parameters: you must choose at least one stream");
        if (DockerValues.Flag(http, "timestamps") || Asked("since") || Asked("until")) throw new DockerRefusedException(StatusCodes.Status501NotImplemented, "the output of a command is kept without times here: timestamps, since and until cannot be answered");
        var follows = DockerValues.Flag(http, "follow") && container.Status == ContainerStatus.Running;
        using var place = follows ? places.Take() : null;
        var tail = http.Request.Query["tail"] is [{ Length: > 0 } lines] && int.TryParse(lines, out var number) && number >= 0 ? number : (int?)null;
        http.Response.ContentType = RawStreams.TypeOf(container.Spec.Tty is true);
        await http.Response.StartAsync(http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        // Both are kept as one.
        if (!output) return;
        using var streams = new RawStreams(Stream.Null, http.Response.Body, container.Spec.Tty is not true, byLine: true);
        if (!follows) await processes.ReadOutputAsync(container, streams, tail, http.RequestAborted);
        else if (!container.Spec.Command.IsEmpty) await FollowAsync(container, streams, tail, past: null, http.RequestAborted);
        else await _watch.UntilAsync(container.Spec.Id, view => view is null or { Status: not ContainerStatus.Running }, http.RequestAborted);

        bool Asked(string time) => http.Request.Query[time] is [{ Length: > 0 } text] && text != "0";
    }

    private async Task WaitAsync(HttpContext http)
    {
        var condition = http.Request.Query["condition"] is [{ Length: > 0 } given] ? given : "not-running";
        if (condition is not ("not-running" or "next-exit" or "removed")) throw new UsageException($"invalid condition: \"{condition}\"");
        var container = await directory.ContainerAsync(http.Named(), http.RequestAborted);
        using var place = places.Take();
        // The client starts the container only when it knows that somebody watches.
        http.Response.ContentType = "application/json";
        await http.Response.StartAsync(http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        if (condition == "next-exit") await LivesAsync(container, http.RequestAborted);
        var last = await EndAsync(container.Spec.Id, http.RequestAborted);
        if (condition == "removed") last = await _watch.UntilAsync(container.Spec.Id, view => view is null, http.RequestAborted) is { ExitCode: not null } seen ? seen : last;
        await http.WriteBodyAsync(new WaitDocument(last?.ExitCode ?? _gone.FirstOrDefault(gone => gone.Container == container.Spec.Id).ExitCode), DockerJson.Plain.WaitDocument);
    }

    /// <summary>
    /// Passes the output of the container's command on, over the connection that the request has taken over, and what is typed to it: of a container that runs from now on (with <c>logs=1</c>
    /// from its start), of another one the whole of its next life.
    /// </summary>
    public Task AttachAsync(string nameOrId, HijackedRequest request) => AttachAsync(nameOrId, request.Query, async tty => await request.TakeAsync(tty), request.Gone);

    // Who does not take the connection over has what he types in the request's body, and hears it in the answer's.
    private Task AttachAsync(HttpContext http) => AttachAsync(http.Named(), http.Request.Query, async tty =>
    {
        http.UnlimitBody();
        http.Response.ContentType = RawStreams.TypeOf(tty);
        await http.Response.StartAsync(http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        return (http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true } ? http.Request.Body : null, http.Response.Body);
    }, http.RequestAborted);

    private async Task AttachAsync(string nameOrId, IQueryCollection query, Func<bool, Task<(Stream? Input, Stream Output)>> takeAsync, CancellationToken gone)
    {
        var (container, past) = await FindAsync(nameOrId);
        var tty = container.Spec.Tty ?? false;
        var keys = DetachKeys.Parse(query["detachKeys"]);
        using var place = places.Take();
        // What is not asked for is not wanted. Both of the command's outputs are one.
        var (logs, stream, hears, types) = (DockerValues.Flag(query, "logs"), DockerValues.Flag(query, "stream"), DockerValues.Flag(query, "stdout"), DockerValues.Flag(query, "stdin"));
        var tail = container.Status == ContainerStatus.Running && !logs ? 0 : (int?)null;
        var listening = _listeners.GetOrAdd(container.Spec.Id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            var (input, output) = await takeAsync(tty);
            using var streams = new RawStreams(input ?? Stream.Null, hears ? output : Stream.Null, !tty);
            // Clients that read the answer's head into a buffer lose what comes with it (docker-py).
            if (logs) await Task.Delay(AfterHead, time, gone);
            if (!stream && logs) await processes.ReadOutputAsync(container, streams, null, gone);
            if (!stream || !await LivesAsync(container, gone)) return;
            // Without a command there is nothing to hear; the connection is there as long as the container.
            if (container.Spec.Command.IsEmpty) await _watch.UntilAsync(container.Spec.Id, view => view is null or { Status: not ContainerStatus.Running }, gone);
            else await ConverseAsync(container, streams, (tail, past), new(streams.Input, keys), types: types && input is not null && container.Spec.OpenStdin is true, gone);
        }
        catch (Exception left) when (left is IOException or OperationCanceledException)
        {
            // The client has; the container goes on.
        }
        finally
        {
            _listeners.TryRemove(new(container.Spec.Id, listening));
            listening.TrySetResult();
        }
    }

    // Of one that does not run, the life that is over: a container runs a moment before its command begins, and what the last one has left is there until then.
    private async Task<(ContainerView Container, string? Past)> FindAsync(string nameOrId)
    {
        var container = await directory.ContainerAsync(nameOrId, CancellationToken.None);
        if (container.Status == ContainerStatus.Running) return (container, null);
        var past = processes.LifeOf(container);
        // It may have been started meanwhile, and that life may be its new one.
        container = await directory.ContainerAsync(container.Spec.Id.ToString(), CancellationToken.None);
        return (container, container.Status == ContainerStatus.Running ? null : past);
    }

    private async Task ConverseAsync(ContainerView container, RawStreams streams, (int? Tail, string? Past) from, DetachKeys typed, bool types, CancellationToken gone)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(gone);
        // Begun first: what is typed may have its answer at once.
        var following = FollowAsync(container, streams, from.Tail, from.Past, over.Token);
        var typing = types ? TypeAsync(container, container.Spec.Tty is true ? typed : streams.Input, from.Past, over.Token) : Task.CompletedTask;
        try
        {
            // Who leaves by the keys leaves everything as it is.
            if (await Task.WhenAny(following, typed.Left) == following) await following;
        }
        finally
        {
            await over.CancelAsync();
            await typing;
            await ((Task)following).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // One that has not been started, or has ended, is waited for; false where it never comes.
    private async Task<bool> LivesAsync(ContainerView container, CancellationToken cancel) =>
        container.Status == ContainerStatus.Running || await _watch.UntilAsync(container.Spec.Id, view => view is null or { Status: ContainerStatus.Running } || view.StartedAt != container.StartedAt, cancel) is not null;

    private async Task ResizeAsync(HttpContext http)
    {
        var container = await directory.ContainerAsync(http.Named(), http.RequestAborted);
        var size = http.WindowSize();
        if (container.Status != ContainerStatus.Running) throw new RefusedException(new ContainerNotRunning(container.Spec.Name, container.Spec.Id));
        // Clients ask again: a terminal comes a moment after its container.
        if (container.Spec.Tty is true && !processes.Resize(container, size)) throw new DockerRefusedException(StatusCodes.Status409Conflict, $"the terminal of container {container.Spec.Name} is not there (yet)");
        await http.Empty(StatusCodes.Status200OK);
    }

    // A container runs from the moment that it is to; its command comes last. One that has ended by now may have written its output since.
    private async Task FollowAsync(ContainerView container, RawStreams streams, int? tail, string? past, CancellationToken cancel)
    {
        for (var last = false; !await TryFollowAsync(container, streams, tail, past, cancel) && !last;)
        {
            // Nothing has been written so far: all that comes is news.
            tail = null;
            await Task.Delay(LookEvery, time, cancel);
            last = await gateway.SendAsync(new FindContainer(container.Host, container.Spec.Id.ToString()), cancel) is not ContainerView { Status: ContainerStatus.Running };
        }
    }

    private async Task<bool> TryFollowAsync(ContainerView container, RawStreams streams, int? tail, string? past, CancellationToken cancel)
    {
        try
        {
            await processes.FollowAsync(container, streams, tail, past, cancel);
            return true;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    // The command comes a little after its container, and its input with it.
    private async Task TypeAsync(ContainerView container, Stream input, string? past, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            try
            {
                await processes.WriteInputAsync(container, input, past, over);
                return;
            }
            catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
            {
                await Task.Delay(LookEvery, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task RemoveAtEndAsync(ContainerView container)
    {
        var last = await EndAsync(container.Spec.Id, CancellationToken.None);
        _gone.Enqueue((container.Spec.Id, last?.ExitCode ?? 0));
        while (_gone.Count > Remembered) _gone.TryDequeue(out _);
        if (_listeners.TryGetValue(container.Spec.Id, out var listening)) await Task.WhenAny(listening.Task, Task.Delay(LastWords, time));
        await gateway.SendAsync(new RemoveContainer(container.Host, container.Spec.Id, Force: true));
    }

    // A container that is ending shows as ended before its exit code is known; of some nobody ever knows it.
    private async Task<ContainerView?> EndAsync(ContainerId id, CancellationToken cancel)
    {
        const int Looks = 15;
        for (var look = 0; ; look++)
        {
            var view = await _watch.UntilAsync(id, view => view is null or { Status: not ContainerStatus.Running }, cancel);
            if (view is null or { Status: not ContainerStatus.Exited } or { ExitCode: not null } || view.Spec.Command.IsEmpty || look == Looks) return view;
            await Task.Delay(LookEvery, time, cancel);
        }
    }
}

/// <summary>The answer to <c>POST /containers/{id}/wait</c>.</summary>
internal sealed record WaitDocument(int StatusCode);
