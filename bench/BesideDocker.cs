using System.Globalization;

namespace NetworkCluster.Bench;

/// <summary>The same requests to Docker's API of our host and of a real Docker Engine, in turn, so that both see the same machine.</summary>
internal static class BesideDocker
{
    private const int Standing = 10;
    // Our code is compiled anew after 100 calls, Docker's when it is built: how a host does that has just started is told beside.
    private const int First = 30, WarmUp = 150;
    private const int Rounds = 70;
    private const int Clients = 8;
    private const int Slices = 5;
    private const double QuickerGoal = 10;
    private const double RateGoal = 20;
    private const string Gone = "links deleted, after the answer to rm", Networks = "create and rm", Endpoints = "connect and disconnect";
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(4);

    private static readonly (string What, Func<DockerClient, Task> Request, double? Goal)[] Round =
    [
        ("create", docker => docker.CreateAsync("bench"), QuickerGoal),
        ("connect a running container", docker => docker.ConnectAsync("bench", "box0"), QuickerGoal),
        ("inspect", docker => docker.InspectAsync("bench"), null),
        ("ls", docker => docker.ListAsync(), null),
        ("disconnect", docker => docker.DisconnectAsync("bench", "box0"), QuickerGoal),
        ("rm", docker => docker.RemoveAsync("bench"), QuickerGoal),
    ];

    public static async Task RunAsync(string program)
    {
        if (DockerEngine.Missing().ToList() is { Count: > 0 } missing)
        {
            Console.WriteLine($"beside Docker: not measured, for want of {string.Join(", ", missing)}. On Debian: apt-get install docker.io iptables busybox-static; no service of it needs to run");
            return;
        }

        await using var engine = await DockerEngine.StartAsync();
        var socket = Path.Combine(engine.Folder, "ours.sock");
        await using var host = new HostUnderLoad(program, "--set", $"network-cluster.docker-api.socket={socket}");
        await host.StartAsync();
        using var client = new DockerClient(socket);
        DockerSide[] sides = [new(engine.Client, engine.Pid), new(client, host.Pid)];
        foreach (var side in sides)
        {
            for (var i = 0; i < Standing; i++) await side.Client.CreateAsync($"standing{i}");
            for (var i = 0; i < Clients; i++) await side.Client.RunAsync($"box{i}", "standing0");
        }

        for (var i = 0; i < WarmUp + Rounds; i++)
        {
            foreach (var side in sides)
            {
                if (i == First) side.Forget(asFirst: true);
                if (i == WarmUp) side.Forget();
                await MeasureAsync(side);
            }
        }

        var kernel = new List<double>();
        for (var i = 0; i < Slices; i++)
        {
            kernel.Add(await RawKernel.BridgesAsync(Clients, Slice));
            foreach (var side in sides) await side.MeasureRateAsync(Networks, Clients, Slice, CreateAndRemoveAsync);
            foreach (var side in sides) await side.MeasureRateAsync(Endpoints, Clients, Slice, ConnectAndDisconnectAsync);
        }

        Print(sides[0], sides[1], kernel.Average());
    }

    private static async Task MeasureAsync(DockerSide side)
    {
        var links = side.Links;
        foreach (var (what, request, _) in Round) await side.MeasureAsync(what, request);
        await side.MeasureAsync(Gone, _ => side.LinksGoneAsync(links));
    }

    private static async Task CreateAndRemoveAsync(DockerClient docker, int number)
    {
        await docker.CreateAsync($"bench{number}");
        await docker.RemoveAsync($"bench{number}");
    }

    private static async Task ConnectAndDisconnectAsync(DockerClient docker, int number)
    {
        await docker.ConnectAsync("standing1", $"box{number}");
        await docker.DisconnectAsync("standing1", $"box{number}");
    }

    private static void Print(DockerSide docker, DockerSide ours, double kernel)
    {
        Console.WriteLine($"through Docker's API, where there are {Standing} networks: p50 of {Rounds} after {WarmUp}, and pairs a second with {Clients} clients");
        foreach (var (what, _, goal) in Round) Line(what, "ms", ours.P50(what), docker.P50(what), docker.P50(what) / ours.P50(what), goal);
        foreach (var (what, _, _) in Round.Where(one => one.Goal is not null)) Line($"{what}, the first {First}", "ms", ours.FirstP50(what), docker.FirstP50(what), docker.FirstP50(what) / ours.FirstP50(what));
        Line(Gone, "ms", ours.P50(Gone), docker.P50(Gone));
        foreach (var what in (string[])[Networks, Endpoints]) Line(what, "/s", ours.Rate(what), docker.Rate(what), ours.Rate(what) / docker.Rate(what), RateGoal);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {"the kernel alone: bridges made and deleted",-44} {kernel,12:0.00} /s: with one for each, nobody creates and removes more than x {kernel / docker.Rate(Networks):0.0} of Docker's networks here"));
        Console.WriteLine("(x: times as quick as Docker, or times its rate)");
    }

    private static void Line(string what, string unit, double ours, double docker, double? times = null, double? goal = null) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-44} ours {ours,7:0.00} {unit}   Docker {docker,7:0.00} {unit}   {(times is { } x ? $"x {x,5:0.0}" : "")}   {(goal is { } least ? $"goal {least:0}: {(times >= least ? "met" : "missed")}" : "")}").TrimEnd());
}
