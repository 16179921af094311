
namespace NetworkCluster.Tests.Cluster.FaultDriver;

/// <summary>What can happen to hosts, each while the load goes on. It returns when it is over: everything runs and hears everybody again.</summary>
/// <param name="Name">What it is called in the log.</param>
/// <param name="Weight">How often it is chosen, beside the others.</param>
/// <param name="HappensAsync">Does it, and tells what it did.</param>
internal sealed record Fault(string Name, int Weight, Func<FaultScene, Task> HappensAsync)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("kill -9, started at once", 3, async scene =>
        {
            var host = scene.AnyHost();
            await scene.KillAsync(host);
            await scene.StartAsync(host);
        }),
        new("kill -9, started when it was given up", 2, OnOne((scene, host) => scene.KillAsync(host), 5, 14, (scene, host) => scene.StartAsync(host))),
        new("kill -9 of all", 2, async scene =>
        {
            await Task.WhenAll(scene.Hosts.Select(scene.KillAsync));
            await scene.WaitAsync(0, 3);
            await Task.WhenAll(scene.Hosts.Select(scene.StartAsync));
        }),
        new("kill -9 while it starts", 2, async scene =>
        {
            var host = scene.AnyHost();
            await scene.KillAsync(host);
            var starting = scene.StartAsync(host);
            await scene.WaitAsync(0.2, 4);
            await scene.KillAsync(host);
            await Task.WhenAny(starting);
            await scene.StartAsync(host);
        }),
        new("told to leave, and started", 1, OnOne((scene, host) => scene.TerminateAsync(host), 0, 4, (scene, host) => scene.StartAsync(host))),
        new("frozen", 2, OnOne((scene, host) => scene.FreezeAsync(host, true), 1, 11, (scene, host) => scene.FreezeAsync(host, false))),
        new("cut off", 2, OnOne((scene, host) => scene.CutOffAsync(host, bothSides: true), 1, 14, (scene, host) => scene.JoinAsync(host))),
        new("hears nobody, is heard", 2, OnOne((scene, host) => scene.CutOffAsync(host, bothSides: false), 1, 14, (scene, host) => scene.JoinAsync(host))),
        new("loses packets", 2, OnOne((scene, host) => scene.ThinAsync(host), 1, 10, (scene, host) => scene.JoinAsync(host))),
        new("slow", 2, OnOne((scene, host) => scene.SlowAsync(host), 1, 10, (scene, host) => scene.QuickAsync(host))),
        new("its clock jumps", 2, scene => scene.JumpAsync(scene.AnyHost())),
        new("its clock jumps while another is given up", 1, async scene =>
        {
            var host = scene.AnyHost();
            await scene.KillAsync(host);
            foreach (var other in scene.Hosts.Where(other => other != host))
            {
                await scene.WaitAsync(0, 3);
                await scene.JumpAsync(other);
            }

            await scene.NothingIsLeftAsync(host);
            await scene.StartAsync(host);
        }),
        new("power off", 2, OnOne((scene, host) => scene.PowerOffAsync(host), 0, 6, (scene, host) => scene.PowerOnAsync(host))),
        new("power off, gone for long", 1, async scene =>
        {
            var host = scene.AnyHost();
            await scene.WholeAsync();
            await scene.PowerOffAsync(host);
            await scene.NothingIsLeftAsync(host);
            await scene.PowerOnAsync(host);
        }),
        new("the journal crashes", 1, async scene =>
        {
            scene.Say("the journal crashes");
            await scene.Underlay.Postgres.StopAsync();
            await scene.WaitAsync(0, 8);
            await scene.Underlay.Postgres.BeginAsync();
        }),
        new("the journal says nothing", 1, async scene =>
        {
            scene.Say("the journal says nothing");
            await scene.Underlay.Postgres.FreezeAsync(true);
            await scene.WaitAsync(1, 8);
            await scene.Underlay.Postgres.FreezeAsync(false);
        }),
        new("the journal's disk is full", 1, async scene =>
        {
            scene.Say("the journal's disk is full");
            await scene.Underlay.Postgres.FillDiskAsync();
            await scene.WaitAsync(1, 8);
            await scene.Underlay.Postgres.FreeDiskAsync();
        }),
        new("nobody hears the journal", 1, async scene =>
        {
            scene.Say("nobody hears the journal");
            Underlay.SilenceJournal();
            await scene.WaitAsync(1, 8);
            Underlay.HearJournal();
        }),
    ];

    // It goes, is away for so many seconds, and comes.
    private static Func<FaultScene, Task> OnOne(Func<FaultScene, int, Task> goes, double least, double most, Func<FaultScene, int, Task> comes) => async scene =>
    {
        var host = scene.AnyHost();
        await goes(scene, host);
        await scene.WaitAsync(least, most);
        await comes(scene, host);
    };

    /// <summary>One of those.</summary>
    public static Fault Any(IReadOnlyList<Fault> of, Random random)
    {
        var at = random.Next(of.Sum(fault => fault.Weight));
        return of.First(fault => (at -= fault.Weight) < 0);
    }
}
