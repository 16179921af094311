using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using NetworkCluster.Commands;
using NetworkCluster.Commands.Containers;
using NetworkCluster.Containers;
using NetworkCluster.Hosts;
using NetworkCluster.Linux;

namespace NetworkCluster.DockerApi;

/// <summary>Further commands in running containers. They are this process's: one that was made and not started is forgotten with it.</summary>
internal sealed class ExecEndpoints(NetworkDirectory directory, IContainerProcesses processes, StreamPlaces places)
{
    /// <summary>How many are remembered; beyond that the oldest that does not run is forgotten.</summary>
    private const int Remembered = 1000;

    private readonly ConcurrentDictionary<string, Exec> _execs = new();
    private readonly ConcurrentQueue<string> _oldest = new();

    private sealed class Exec(string id, ContainerView container, ExecRequest request)
    {
        private int _started;

        public string Id => id;
        public ContainerView Container => container;
        public ExecRequest Request => request;
        public ImmutableArray<byte> DetachKeys { get; init; }
        public bool Running { get; set; }
        public int? ExitCode { get; set; }

        public bool TryStart() => Interlocked.Exchange(ref _started, 1) == 0;
    }

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/containers/{id}/exec", CreateAsync);
        endpoints.MapPost("/exec/{id}/start", StartAsync);
        endpoints.MapPost("/exec/{id}/resize", ResizeAsync);
        endpoints.MapGet("/exec/{id}/json", (HttpContext http) => http.WriteAsync(Document(Find(http)), DockerJson.Plain.ExecDocument));
    }

    private async Task CreateAsync(HttpContext http)
    {
        var body = await http.ReadAsync(DockerJson.Plain.ExecBody);
        if (body.Cmd is not { Count: > 0 } command) throw new UsageException("No exec command specified");
        var container = await directory.ContainerAsync(http.Named(), http.RequestAborted);
        if (container.Status != ContainerStatus.Running) throw new RefusedException(new ContainerNotRunning(container.Spec.Name, container.Spec.Id));
        CommandRequests.RefuseOtherUser(body.User);
        if (ContainerRules.CommandProblems(command).Concat(ContainerRules.CommandProblems(body.Env ?? [])).FirstOrDefault() is { } problem) throw new UsageException(problem);
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        _execs[id] = new(id, container, new()
        {
            Command = [.. command],
            Environment = [.. body.Env ?? []],
            Interactive = body.AttachStdin ?? false,
            WorkingDirectory = CommandRequests.Place(body.WorkingDir),
            Terminal = CommandRequests.Window(body.ConsoleSize) is var window && body.Tty is true ? new(window) : null,
        })
        {
            DetachKeys = DetachKeys.Parse(body.DetachKeys),
        };
        Forget(id);
        await http.WriteAsync(new(id), DockerJson.Plain.ExecCreatedDocument, StatusCodes.Status201Created);
    }

    private void Forget(string latest)
    {
        _oldest.Enqueue(latest);
        for (var looks = _oldest.Count; _execs.Count > Remembered && looks > 0 && _oldest.TryDequeue(out var id); looks--)
        {
            if (_execs.TryGetValue(id, out var exec) && exec.Running) _oldest.Enqueue(id);
            else _execs.TryRemove(id, out _);
        }
    }

    private async Task ResizeAsync(HttpContext http)
    {
        var exec = Find(http);
        var size = http.WindowSize();
        // Clients ask again: a terminal comes a moment after its command.
        if (exec.Request.Terminal is { } terminal && !terminal.Resize(size)) throw new DockerRefusedException(StatusCodes.Status409Conflict, $"the terminal of exec {exec.Id} is not there (yet)");
        await http.Empty(StatusCodes.Status200OK);
    }

    /// <summary>Runs it over the connection that the request has taken over.</summary>
    public async Task StartAsync(string id, HijackedRequest request)
    {
        using var place = places.Take();
        var exec = Begin(id);
        var body = request.Read(DockerJson.Plain.ExecStartBody);
        if (body.Detach == true) throw new UsageException("a detached command needs no connection of its own");
        var raw = body.Tty ?? false;
        var (input, output) = await request.TakeAsync(raw);
        if (exec.Request.Terminal is null)
        {
            await RunAsync(exec, new RawStreams(input, output, !raw), request.Gone);
            return;
        }

        var typed = new DetachKeys(input, exec.DetachKeys);
        var streams = new RawStreams(typed, output, !raw);
        // Who leaves by the keys leaves it running, unheard.
        if (await Task.WhenAny(RunAsync(exec, streams, request.Gone), typed.Left) == typed.Left) await streams.LeaveAsync();
    }

    // Without a connection of its own there is no input.
    private async Task StartAsync(HttpContext http)
    {
        var body = await http.ReadAsync(DockerJson.Plain.ExecStartBody);
        using var place = body.Detach == true ? null : places.Take();
        var exec = Begin(http.Named());
        if (body.Detach == true)
        {
            _ = RunAsync(exec, new RawStreams(Stream.Null, Stream.Null, multiplexed: false), CancellationToken.None);
            return;
        }

        var raw = body.Tty ?? false;
        http.Response.ContentType = RawStreams.TypeOf(raw);
        await RunAsync(exec, new RawStreams(Stream.Null, http.Response.Body, !raw), http.RequestAborted);
    }

    private Exec Begin(string id)
    {
        var exec = Find(id);
        return exec.TryStart() ? exec : throw new DockerRefusedException(StatusCodes.Status409Conflict, $"exec {id} has been started before");
    }

    private async Task RunAsync(Exec exec, RawStreams streams, CancellationToken cancel)
    {
        exec.Running = true;
        using var ends = streams;
        try
        {
            exec.ExitCode = await processes.ExecAsync(exec.Container, exec.Request, streams, cancel);
        }
        catch (Exception cause) when (cause is OperationCanceledException or IOException)
        {
            // The client has gone, and the command with it.
            exec.ExitCode = 137;
        }
        finally
        {
            exec.Running = false;
        }
    }

    private Exec Find(HttpContext http) => Find(http.Named());

    private Exec Find(string id) => _execs.TryGetValue(id, out var exec) ? exec : throw new DockerRefusedException(StatusCodes.Status404NotFound, $"No such exec instance: {id}");

    private static ExecDocument Document(Exec exec) => new()
    {
        ID = exec.Id,
        Running = exec.Running,
        ExitCode = exec.ExitCode,
        ContainerID = exec.Container.Spec.Id.ToString(),
        OpenStdin = exec.Request.Interactive,
        ProcessConfig = new() { Tty = exec.Request.Terminal is not null, Entrypoint = exec.Request.Command[0], Arguments = exec.Request.Command[1..] },
    };
}
