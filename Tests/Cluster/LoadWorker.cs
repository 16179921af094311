using System.Text.Json;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>A container as its worker knows it.</summary>
internal sealed record LoadedContainer(string Id, bool Running);

/// <summary>
/// One operator who creates, connects, disconnects and removes at random among names of its own, and remembers what was acknowledged. A command that was cut off
/// may have been done or not: after the restart it looks which, and that is then the truth.
/// </summary>
internal sealed class LoadWorker(int index, int seed)
{
    private readonly Random _random = new(seed + (index * 7919) + 1);
    private TaskCompletionSource _nextDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (string Network, string Container)? _uncertain;
    private int _done;

    public SortedDictionary<string, bool> Networks { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, LoadedContainer> Containers { get; } = new(StringComparer.Ordinal);

    public SortedSet<(string Network, string Container)> Connections { get; } = [];

    public int Done => Volatile.Read(ref _done);

    public bool IsUncertain => _uncertain is not null;

    public Task NextDone => _nextDone.Task;

    public async Task RunAsync(Operator pbm, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && _uncertain is null) await StepAsync(pbm);
    }

    private async Task StepAsync(Operator pbm)
    {
        var network = $"w{index}-net{_random.Next(3)}";
        var container = $"w{index}-box{_random.Next(4)}";
        _uncertain = (network, container);
        var answer = _random.Next(10) switch
        {
            0 or 1 when !Networks.ContainsKey(network) => await Counted(pbm.RunAsync("network", "create", ("network", network), ("subnet", $"10.{(index * 3) + network[^1] - '0' + 10}.0.0/24")), () => Networks.Add(network, true)),
            0 when !Connections.Any(connection => connection.Network == network) => await Counted(pbm.RunAsync("network", "rm", ("network", network)), () => Networks.Remove(network)),
            1 or 2 when !Containers.ContainsKey(container) => await Counted(pbm.RunAsync("container", "run", ("name", container), ("detach", "true")), id =>
            {
                Containers.Add(container, new(id, true));
                Connections.Add(("bridge", container));
            }),
            3 when Containers.ContainsKey(container) => await Counted(pbm.RunAsync("container", "rm", ("container", container), ("force", "true")), () =>
            {
                Containers.Remove(container);
                Connections.RemoveWhere(connection => connection.Container == container);
            }),
            _ when !Networks.ContainsKey(network) || !Containers.ContainsKey(container) => new(0, "", "", ""),
            _ when Connections.Contains((network, container)) => await Counted(pbm.RunAsync("network", "disconnect", ("network", network), ("container", container)), () => Connections.Remove((network, container))),
            _ when Containers[container].Running => await Counted(pbm.RunAsync("network", "connect", ("network", network), ("container", container)), () => Connections.Add((network, container))),
            _ => new(0, "", "", ""),
        };
        if (answer.Done) _uncertain = null;
        else Assert.False(answer.Refused, $"{network} {container}: {answer.Error}");
    }

    private Task<Answer> Counted(Task<Answer> command, Action acknowledged) => Counted(command, _ => acknowledged());

    private async Task<Answer> Counted(Task<Answer> command, Action<string> acknowledged)
    {
        var answer = await command;
        if (!answer.Done) return answer;
        acknowledged(answer.Out);
        Interlocked.Increment(ref _done);
        Interlocked.Exchange(ref _nextDone, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        return answer;
    }

    /// <summary>After a restart: looks what became of the command that was cut off, and of a container whose sandbox died.</summary>
    public async Task SettleAsync(Operator pbm, string? diedSandbox)
    {
        if (_uncertain is { } cut)
        {
            var exists = (await pbm.RunAsync("network", "inspect", ("network", cut.Network))).Done;
            if (exists) Networks[cut.Network] = true;
            else Networks.Remove(cut.Network);
            await LookAsync(pbm, cut.Container);
            _uncertain = null;
        }

        if (diedSandbox is null) return;
        foreach (var (name, container) in Containers.ToList())
        {
            if (!container.Running || !diedSandbox.EndsWith(container.Id[..12], StringComparison.Ordinal)) continue;
            // What died with the machine is stopped and out of its networks; its name is free at once, without force.
            await LookAsync(pbm, name);
            Assert.False(Containers[name].Running);
            Assert.DoesNotContain(Connections, connection => connection.Container == name);
            Assert.True((await pbm.RunAsync("container", "rm", ("container", name))).Done);
            var again = await pbm.RunAsync("container", "run", ("name", name), ("detach", "true"));
            Assert.True(again.Done, again.Error);
            await LookAsync(pbm, name);
        }
    }

    private async Task LookAsync(Operator pbm, string name)
    {
        Connections.RemoveWhere(connection => connection.Container == name);
        var answer = await pbm.RunAsync("container", "inspect", ("container", name));
        if (!answer.Done)
        {
            Containers.Remove(name);
            return;
        }

        var document = JsonDocument.Parse(answer.Out).RootElement[0];
        var running = document.GetProperty("State").GetProperty("Running").GetBoolean();
        Containers[name] = new(document.GetProperty("Id").GetString()!, running);
        if (!running) return;
        foreach (var network in document.GetProperty("NetworkSettings").GetProperty(nameof(Networks)).EnumerateObject()) Connections.Add((network.Name, name));
    }
}
