
namespace NetworkCluster.Tests.Cluster.FaultDriver;

/// <summary>
/// One of several clients: networks and containers of its own, on all hosts, connected to the networks of all clients. Each name is used once. What was answered is in the model; what was
/// not stays untouched until the next check has looked what became of it.
/// </summary>
internal sealed class FaultClient(int index, int seed, IReadOnlyList<HostUnderTest> hosts, FaultModel model)
{
    private const int MostNetworks = 3;
    private const int MostBoxes = 4;

    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(200);

    private readonly Random _random = new(seed + (index * 7919) + 1);
    private readonly List<string> _history = [];
    private int _names;
    private int _subnets;

    /// <summary>How many commands there were, by what was answered.</summary>
    public SortedDictionary<string, int> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>When the last command was given up without an answer.</summary>
    public DateTimeOffset LastUnknown { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Whether nothing was done to any host yet: whatever is not done now is a fault of ours.</summary>
    public bool Calm { get; set; }

    /// <summary>Every command that names something.</summary>
    public IEnumerable<string> HistoryOf(string name) => _history.Where(line => line.Contains(name, StringComparison.Ordinal));

    /// <summary>One command after the other until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (!await StepAsync()) await Task.Delay(AskAgain, CancellationToken.None);
        }
    }

    private async Task<bool> StepAsync()
    {
        var (networks, boxes) = (model.Networks.Where(network => !network.Unsure).ToList(), model.Boxes.Where(box => box.Owner == index && !box.Unsure).ToList());
        var own = networks.Where(network => network.Owner == index).ToList();
        var box = boxes.Count > 0 ? boxes[_random.Next(boxes.Count)] : null;
        return _random.Next(12) switch
        {
            0 or 1 when own.Count < MostNetworks => await CreateAsync(),
            0 when own.Count > 0 => await RemoveAsync(own[_random.Next(own.Count)]),
            2 or 3 when boxes.Count < MostBoxes => await RunBoxAsync(networks),
            2 when box is not null => await RemoveAsync(box),
            4 when box is { Running: true } => await StopAsync(box),
            5 when box is not null => await RenameAsync(box),
            _ when box is { Running: false } => _random.Next(3) == 0 ? await RemoveAsync(box) : await StartAsync(box),
            _ when box is { Running: true } => await ReconnectAsync(box, networks),
            _ => true,
        };
    }

    private async Task<bool> CreateAsync()
    {
        var host = AnyHost();
        var network = new NetworkModel($"c{index}n{++_names}", index, _random.Next(4) == 0 ? host : null);
        // Half of them take the next free one.
        if (_random.Next(2) == 0) network = network with { Prefix = $"10.{100 + (index * 30) + (++_subnets / 256 % 30)}.{_subnets % 256}" };
        var answer = await AskAsync(host, network.Name, [], "network", "create", [("network", network.Name), ("driver", network.Host is null ? "overlay" : "bridge"), .. network.Prefix is { } prefix ? [("subnet", $"{prefix}.0/24")] : Array.Empty<(string, string)>()]);
        if (answer.Done || answer.Unknown) model.Put(network with { Unsure = answer.Unknown });
        return IsHeard(answer);
    }

    private async Task<bool> RemoveAsync(NetworkModel network)
    {
        var answer = await AskAsync(network.Host ?? AnyHost(), network.Name, [nameof(ActiveEndpoints)], "network", "rm", ("network", network.Name));
        if (answer.Done) model.RemoveNetwork(network.Name);
        else if (answer.Unknown) model.Put(network with { Unsure = true });
        return IsHeard(answer);
    }

    private async Task<bool> RunBoxAsync(List<NetworkModel> networks)
    {
        var host = AnyHost();
        var network = Reachable(networks, host) is { Count: > 0 } reachable ? reachable[_random.Next(reachable.Count)].Name : "bridge";
        var box = new BoxModel($"c{index}b{++_names}", index, host, [network]) { Running = true };
        var boot = model.BootOf(host);
        var answer = await AskAsync(host, box.Name, [nameof(NetworkNotFound)], "container", "run", ("name", box.Name), ("detach", "true"), ("network", network));
        if (answer.Done || answer.Unknown) model.Put(box with { Id = answer.Out, Unsure = answer.Unknown }, boot);
        return IsHeard(answer);
    }

    private Task<bool> RemoveAsync(BoxModel box) => ChangeAsync(box, null, box.Name, [], "container", "rm", ("container", box.Name), ("force", "true"));

    private Task<bool> StopAsync(BoxModel box) => ChangeAsync(box, box with { Running = false }, box.Name, [], "container", "stop", ("container", box.Name));

    private Task<bool> StartAsync(BoxModel box) => ChangeAsync(box, box with { Running = true }, box.Name, [nameof(NetworkNotFound)], "container", "start", ("container", box.Name));

    private async Task<bool> ReconnectAsync(BoxModel box, List<NetworkModel> networks)
    {
        if (Reachable(networks, box.Host) is not { Count: > 0 } reachable) return true;
        var network = reachable[_random.Next(reachable.Count)];
        var (name, what) = (network.Name, $"{network.Name} {box.Name}");
        if (box.Networks.Contains(name))
        {
            var without = box with { Networks = [.. box.Networks.Where(other => other != name)], Fixed = box.Fixed.Remove(name), Aliases = box.Aliases.Remove(name) };
            return await ChangeAsync(box, without, what, [nameof(NetworkNotFound)], "network", "disconnect", ("network", name), ("container", box.Name));
        }

        // Its owner may remove it meanwhile, if nobody is connected; and another client may have the address.
        var with = box with { Networks = [.. box.Networks, name], Aliases = box.Aliases.SetItem(name, $"c{index}a{++_names}") };
        if (network.Prefix is { } prefix && _random.Next(2) == 0) with = with with { Fixed = with.Fixed.SetItem(name, $"{prefix}.{_random.Next(100, 140)}") };
        return await ChangeAsync(box, with, what, [nameof(NetworkNotFound), nameof(AddressInUse)], "network", "connect",
            [("network", name), ("container", box.Name), ("alias", with.Aliases[name]), .. with.Fixed.TryGetValue(name, out var address) ? [("ip", address)] : Array.Empty<(string, string)>()]);
    }

    private async Task<bool> RenameAsync(BoxModel box)
    {
        var (boot, next) = (model.BootOf(box.Host), $"c{index}b{++_names}");
        var answer = await AskAsync(box.Host, $"{box.Name} {next}", [], "container", "rename", ("container", box.Name), ("name", next));
        if (answer.Unknown) model.Put(box with { Unsure = true, NextName = next }, boot);
        else if (answer.Done) model.Rename(box.Name, box with { Name = next }, boot);
        return IsHeard(answer);
    }

    // One command about a container, and how it is when that is done; gone, where that is nothing.
    private async Task<bool> ChangeAsync(BoxModel box, BoxModel? done, string what, string[] refusals, string palette, string command, params (string, string)[] arguments)
    {
        var boot = model.BootOf(box.Host);
        var answer = await AskAsync(box.Host, what, refusals, palette, command, arguments);
        if (answer.Unknown) model.Put(box with { Unsure = true }, boot);
        else if (answer.Done && done is null) model.RemoveBox(box.Name);
        else if (answer.Done) model.Put(done!, boot);
        return IsHeard(answer);
    }

    private static List<NetworkModel> Reachable(List<NetworkModel> networks, int host) => [.. networks.Where(network => network.Host is null || network.Host == host)];

    // Where nobody can do anything, asking on and on would be all that happens.
    private static bool IsHeard(Answer answer) => answer.Kind is not (Answer.NotHeard or nameof(JournalUnavailable) or nameof(HostIsLost));

    private int AnyHost() => _random.Next(hosts.Count) + 1;

    // Refused may be what others are in the way of; and, once something was done to a host, what that leaves nobody to do.
    private async Task<Answer> AskAsync(int host, string what, string[] refusals, string palette, string command, params (string, string)[] arguments)
    {
        var (calm, begun) = (Calm, TimeProvider.System.GetUtcNow());
        var answer = await hosts[host - 1].Operator.RunAsync(palette, command, arguments);
        var outcome = answer.Done ? "done" : answer.Kind.Length > 0 ? answer.Kind : "cut off";
        lock (Answers) Answers[outcome] = Answers.GetValueOrDefault(outcome) + 1;
        lock (_history) _history.Add($"{begun:HH:mm:ss.fff} {TimeProvider.System.GetUtcNow():HH:mm:ss.fff} client {index} at host {host}: {palette} {command} {what}: {outcome} {answer.Error}");
        if (answer.Unknown) LastUnknown = TimeProvider.System.GetUtcNow();
        var expected = answer.Done || refusals.Contains(answer.Kind) || (!(calm && Calm) && (answer.Unknown || !IsHeard(answer)));
        return expected ? answer : throw new FaultViolationException($"{palette} {command} {what} at host {host} was answered {outcome}: {answer.Error}{answer.Out}", what.Split(' '));
    }
}
