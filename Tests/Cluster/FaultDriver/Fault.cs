
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
        new("kill -9, started when it was given up", 2, async scene =>
        {
            var host = scene.AnyHost();
            await scene.KillAsync(host);
            await scene.WaitAsync(5, 14);
            await scene.StartAsync(host);
        }),
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
        new("told to leave, and started", 1, async scene =>
        {
            var host = scene.AnyHost();
            await scene.TerminateAsync(host);
            await scene.WaitAsync(0, 4);
            await scene.StartAsync(host);
        }),
        new("frozen", 2, async scene =>
        {
            var host = scene.AnyHost();
            scene.Freeze(host, true);
            await scene.WaitAsync(1, 11);
            scene.Freeze(host, false);
        }),
        new("cut off", 2, async scene =>
        {
            var host = scene.AnyHost();
            scene.CutOff(host, bothSides: true);
            await scene.WaitAsync(1, 14);
            scene.Join(host);
        }),
        new("hears nobody, is heard", 2, async scene =>
        {
            var host = scene.AnyHost();
            scene.CutOff(host, bothSides: false);
            await scene.WaitAsync(1, 14);
            scene.Join(host);
        }),
        new("power off", 2, async scene =>
        {
            var host = scene.AnyHost();
            await scene.PowerOffAsync(host);
            await scene.WaitAsync(0, 6);
            await scene.PowerOnAsync(host);
        }),
        new("power off, gone for long", 1, async scene =>
        {
            var host = scene.AnyHost();
            await scene.PowerOffAsync(host);
            await scene.NothingIsLeftAsync(host);
            await scene.PowerOnAsync(host);
        }),
        new("the journal crashes", 1, async scene =>
        {
            await scene.Underlay.Postgres.StopAsync();
            await scene.WaitAsync(0, 8);
            await scene.Underlay.Postgres.BeginAsync();
        }),
        new("nobody hears the journal", 1, async scene =>
        {
            Underlay.SilenceJournal();
            await scene.WaitAsync(1, 8);
            Underlay.HearJournal();
        }),
    ];

    /// <summary>One of those.</summary>
    public static Fault Any(IReadOnlyList<Fault> of, Random random)
    {
        var at = random.Next(of.Sum(fault => fault.Weight));
        return of.First(fault => (at -= fault.Weight) < 0);
    }
}
