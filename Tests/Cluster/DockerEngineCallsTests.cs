using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>
/// The host's process, or the engine and all that it runs, is killed with -9 in the middle of calls of the engine: of four, or of each with <c>NWC_ENGINE_CALLS=all</c>. Whatever becomes of that, the same
/// command goes through afterwards, and nothing is left over.
/// </summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class DockerEngineCallsTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private static readonly string[] Networks = ["back"];

    // All of them take twelve minutes.
    private static readonly bool All = Environment.GetEnvironmentVariable("NWC_ENGINE_CALLS") == "all";

    private static readonly (string Call, string Command)[] Calls =
    [
        ("RequestPool", Create), ("RequestAddress", Create), ("CreateNetwork", Create),
        ("RequestAddress", Run), ("CreateEndpoint", Run), ("Join", Run),
        ("Leave", Remove), ("DeleteEndpoint", Remove), ("ReleaseAddress", Remove),
        ("DeleteNetwork", RemoveNetwork), ("ReleasePool", RemoveNetwork),
    ];

    private const string Create = "network create -d network-cluster --ipam-driver network-cluster --subnet 10.64.0.0/24 back";
    private const string Run = "run -d --name web --network back busybox sleep 10000";
    private const string Remove = "rm -f web";
    private const string RemoveNetwork = "network rm back";

    [KernelFact]
    public async Task A_host_or_an_engine_that_is_killed_in_the_middle_of_a_call_leaves_nothing_behind_and_the_same_command_goes_through()
    {
        await using var scene = await DockerEngineScene.StartAsync("dc", plugin: engine => engine.Behind);
        var (engine, host) = (scene.Engines[0], scene.Underlay.Hosts[0]);
        await using var proxy = new PluginProxy(engine.Plugin, engine.Behind);
        await using var other = new PluginProxy(scene.Engines[1].Plugin, scene.Engines[1].Behind);
        foreach (var (call, command) in Calls.Where(one => All || one.Call is "CreateNetwork" or "Join" or "DeleteNetwork")) await KillInAsync(call, command, "host", KillHostAsync);
        foreach (var (call, command) in Calls.Where(one => All || one.Call is "Join")) await KillInAsync(call, command, "engine", KillEngineAsync);

        async Task KillHostAsync()
        {
            await host.KillAsync();
            await host.StartAsync();
        }

        async Task KillEngineAsync()
        {
            await engine.KillAsync();
            await engine.StartAsync();
        }

        async Task KillInAsync(string call, string command, string who, Func<Task> killAsync)
        {
            var where = $"the {who} was killed in {call}";
            // Everything up to it.
            if (command != Create) Assert.True(Is(Create), $"before: {where}");
            if (command is Remove) Assert.True(Is(Run), $"before: {where}");
            var heard = proxy.NextAsync(call);
            var asked = Task.Run(() => engine.Cli.Run(command));
            await Task.WhenAny(heard, asked);
            Assert.True(heard.IsCompleted, $"{command} came to its end without {call}");
            await killAsync();
            var (code, _, error) = await asked;
            // Done, or refused and done when it is asked for again; or done although it was refused.
            await Eventually.IsSoAsync(Soon, () => Task.FromResult(code == 0 || Is(command)));
            await AgreesAsync($"{where}: {command}: {code} {error}");
            Assert.True(Is(Run) || command == RemoveNetwork, $"after: {where}");
            Assert.True(Is(Remove) && Is(RemoveNetwork), $"after: {where}");
            await AgreesAsync($"after: {where}", gone: true);
        }

        // Whether it is so, or becomes so now.
        bool Is(string command) => (command switch
        {
            Create => engine.Cli.Run("network inspect back").Code == 0,
            Run => engine.Cli.Run("inspect -f '{{.State.Running}}' web").Output.Trim() == "true",
            Remove => engine.Cli.Run("inspect web").Code != 0,
            _ => engine.Cli.Run("network inspect back").Code != 0,
        }) || Again(command);

        bool Again(string command)
        {
            // A container that could not be started has its name all the same.
            if (command == Run) engine.Cli.Run(Remove);
            return engine.Cli.Run(command).Code == 0;
        }

        async Task AgreesAsync(string what, bool gone = false)
        {
            var text = "";
            try
            {
                await Eventually.IsSoAsync(Soon, async () =>
                {
                    text = gone || engine.Cli.Run("network inspect back").Code != 0
                        ? string.Join('\n', scene.Left(1, 0), scene.Left(2, 0), scene.Engines[1].Cli.Run("network ls -qf driver=network-cluster").Output.Length > 0 ? "the other engine has networks" : "").Trim()
                        : await scene.DisagreementAsync(Networks);
                    return text.Length == 0;
                });
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{what}: {text}\n{new DockerCommandLine(host.DockerSocket).Run("network ls").Output}\n{engine.Cli.Run("network ls").Output}\n{host.Output}");
            }
        }
    }
}
