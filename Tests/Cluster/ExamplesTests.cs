using NetworkCluster.Commands;
using NetworkCluster.Pbm;
using NetworkCluster.Tests.Host.Commands;
using NetworkCluster.Tests.Support;
using Xunit;
using static NetworkCluster.Tests.Kernel.KernelHost;

namespace NetworkCluster.Tests.Cluster;

/// <summary>Every example that a command's help and docs/pbm.md give, typed on a real host that has what it speaks of.</summary>
[Trait("Category", "Kernel")]
public sealed class ExamplesTests : IAsyncLifetime, IDisposable
{
    // A machine of its own: the examples speak of the guide's subnets.
    private const string Machine = "examples", Address = "10.98.0.1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly string[] Names = ["container1", "container2", "container3", "container4", "container5", "web"];

    private readonly HostUnderTest _host = new("exa", Machine, $"{Address}:9110", "--host-id", "host1");
    private readonly string _directory = Directory.CreateTempSubdirectory("nwc-examples-").FullName;
    private PbmClient _client = null!;

    public async Task InitializeAsync()
    {
        Shell($"ip netns add {Machine} && ip link add exa0 type veth peer name eth0 netns {Machine} && ip addr add 10.98.0.254/24 dev exa0 && ip link set exa0 up");
        Shell($"ip -n {Machine} link set lo up && ip -n {Machine} addr add {Address}/24 dev eth0 && ip -n {Machine} link set eth0 up");
        await _host.StartAsync();
        _client = new(HostAddress.TryParse(_host.Operator.Address, out var address) ? address : default);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        Shell($"ip link del exa0; ip netns del {Machine}");
    }

    public void Dispose()
    {
        _client?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [KernelFact]
    public async Task Every_example_does_what_it_says()
    {
        var wrong = new List<string>();
        foreach (var palette in await _client.PalettesAsync(CancellationToken.None))
        {
            foreach (var example in palette.Commands.SelectMany(command => command.Examples))
            {
                await PrepareAsync(example);
                var outcome = await TypeAsync(example);
                // Those that go on until they are broken off.
                if (outcome.Code != 0 && !(outcome.Code == ExitCodes.Interrupted && GoesOn(example))) wrong.Add($"{example}: {outcome.Code} {outcome.Error.Trim()}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static bool GoesOn(string example) => example is "cluster watch" or "cluster events" || example.StartsWith("cluster events --format", StringComparison.Ordinal) || example.Contains(" -f --tail", StringComparison.Ordinal);

    // What the examples speak of, without what this one makes.
    private async Task PrepareAsync(string example)
    {
        await TypeAsync("host activate host1");
        foreach (var name in Names) await TypeAsync($"container rm -f {name}");
        foreach (var network in (string[])["isolated_nw", "frontend", "multihost", "br0"]) await TypeAsync($"network rm {network}");
        foreach (var (made, line) in ((string, string)[])
        [
            ("isolated_nw", "network create -d bridge --subnet 172.25.0.0/16 --label temporary isolated_nw"),
            ("multihost", "network create -d overlay --subnet 10.1.0.0/16 multihost"),
            ("br0", "network create --subnet 172.28.0.0/16 --ip-range 172.28.5.0/24 br0"),
            ("container1", "container run -d --name container1"),
            ("container2", "container run -d --name container2 --network isolated_nw"),
            ("container3", "container run -d --name container3 --network isolated_nw --ip 172.25.3.3"),
            ("container5", "container run -d --name container5 --network isolated_nw"),
            ("container4", "container run -d --name container4 --network isolated_nw --link container5:c5"),
        ])
        {
            // Who comes finds its name, address and subnet free.
            if ($"{example} ".Contains(example.StartsWith("network create", StringComparison.Ordinal) ? $" {made} " : $"--name {made} ", StringComparison.Ordinal)) continue;
            var prepared = await TypeAsync(line);
            if (example.StartsWith("network create", StringComparison.Ordinal) || example.StartsWith("network rm", StringComparison.Ordinal)) continue;
            Assert.True(prepared.Code == 0, $"before {example}: {line}: {prepared.Error}");
        }

        switch (example)
        {
            case "network rm isolated_nw": foreach (var name in Names) await TypeAsync($"container rm -f {name}"); break;
            case "container start container1": await TypeAsync("container stop container1"); break;
            case "host activate host1": await TypeAsync("host drain host1"); break;
            case "network connect isolated_nw container2": await TypeAsync("network disconnect isolated_nw container2"); break;
            case var connect when connect.StartsWith("network connect --ip", StringComparison.Ordinal): await TypeAsync("network disconnect isolated_nw container4"); await TypeAsync("network disconnect isolated_nw container3"); break;
            case var reserve when reserve.StartsWith("ipam reserve", StringComparison.Ordinal): await TypeAsync("ipam release isolated_nw 172.25.9.9"); break;
            case var release when release.StartsWith("ipam release", StringComparison.Ordinal): await TypeAsync("ipam reserve --for container3 isolated_nw 172.25.3.3"); break;
            case var import when import.StartsWith("network import", StringComparison.Ordinal): await File.WriteAllTextAsync(Path.Combine(_directory, "networks.yaml"), (await TypeAsync("network export isolated_nw")).Output); break;
        }
    }

    private async Task<Outcome> TypeAsync(string line)
    {
        var words = ShellWords.Split(line);
        var input = "";
        // As a shell would read it.
        if (words.FindIndex(word => word.StartsWith('<')) is var at and > 0)
        {
            var file = words[at].Length > 1 ? words[at][1..] : words[at + 1];
            input = file == "networks.yaml" ? await File.ReadAllTextAsync(Path.Combine(_directory, file)) : "some words\n";
            words.RemoveRange(at, words.Count - at);
        }

        // What is another one's each time, or elsewhere.
        for (var i = 0; i < words.Count; i++)
        {
            words[i] = words[i] switch
            {
                "networks.yaml" => Path.Combine(_directory, "networks.yaml"),
                "11cedac1810e" => (await TypeAsync("endpoint ls -q")).Output.Split('\n')[0],
                "--from-docker" => $"--from-docker --socket {_host.DockerSocket}",
                "10m" => "0s",
                var word => word,
            };
        }

        words = [.. words.SelectMany(word => word.StartsWith("--from-docker ", StringComparison.Ordinal) ? word.Split(' ') : [word])];
        using var broken = new CancellationTokenSource();
        if (GoesOn(line)) broken.CancelAfter(Patience);
        var terminal = new RecordingTerminal();
        var code = await new Session(_client, terminal, () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(input))).RunAsync(words, broken.Token);
        return new(code, terminal.Output, terminal.Error);
    }
}
