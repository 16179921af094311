using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using NetworkCluster;
using NetworkCluster.Containers;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace Orchestrator;

/// <summary>
/// Keeps so many sandboxes running on one overlay network, spread over the hosts, whatever happens to them. It keeps nothing itself: what runs is in the cluster, and a process that begins anew finds it
/// there. One process at a time: two would take each other's for left over.
/// </summary>
internal sealed class Orchestration(NetworkServices cluster, string service, int count, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Worker> _workers = [];

    /// <summary>Makes the network, or finds it.</summary>
    public async Task<NetworkSpec> NetworkAsync(CancellationToken cancel)
    {
        while (true)
        {
            // An overlay network is nobody's; the wish names a host all the same.
            if (await HostsAsync(cancel) is [var by, ..])
            {
                return (await cluster.AskAsync<NetworkSummary>(new NetworkCluster.Services.RequestNetwork(new()
                {
                    // The same for whoever asks: an orchestrator that begins anew says the same command.
                    Id = NetworkId.Parse(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"network/{service}")))),
                    Name = service,
                    Driver = "overlay",
                    Created = time.GetUtcNow(),
                    Host = by,
                }), cancel)).Spec;
            }

            Console.WriteLine("no host takes containers");
            await Task.Delay(LookAgain, time, cancel);
        }
    }

    /// <summary>Places all that are not there, and then each anew whenever it is gone. Until cancelled.</summary>
    public async Task RunAsync(NetworkSpec network, ChannelReader<IMessage> heard, CancellationToken cancel)
    {
        var names = Enumerable.Range(1, count).Select(number => $"{service}{number}").ToList();
        foreach (var endpoint in (await ViewAsync(network, cancel)).Endpoints.Where(endpoint => names.Contains(endpoint.Spec.ContainerName))) _workers[endpoint.Spec.ContainerName] = Worker.Of(endpoint);
        foreach (var name in names.Where(name => !_workers.ContainsKey(name))) await PlaceAsync(network, name, cancel);

        Console.WriteLine("all are placed");
        while (await heard.WaitToReadAsync(cancel))
        {
            // What is heard says when to look. What is so is asked for: a notice may be older than what we have done since.
            while (heard.TryRead(out _))
            {
            }

            var there = (await ViewAsync(network, cancel)).Endpoints.Select(endpoint => endpoint.Id).ToHashSet();
            foreach (var worker in _workers.Values.Where(worker => !there.Contains(worker.Endpoint)).ToList())
            {
                Console.WriteLine($"{worker.Name} is gone from {worker.Host}");
                await PlaceAsync(network, worker.Name, cancel);
            }
        }
    }

    private Task<NetworkView> ViewAsync(NetworkSpec network, CancellationToken cancel) => cluster.AskAsync<NetworkView>(new GetNetwork(network.Id), cancel);

    private async Task<ImmutableArray<HostId>> HostsAsync(CancellationToken cancel)
    {
        var hosts = ImmutableArray.CreateBuilder<HostId>();
        foreach (var host in (await cluster.AskAsync<HostList>(new ListHosts(), cancel)).Hosts)
        {
            if (await cluster.AskAsync<HostView>(new GetHost(host), cancel) is { Lost: false, Drained: false }) hosts.Add(host);
        }

        return hosts.ToImmutable();
    }

    private async Task PlaceAsync(NetworkSpec network, string name, CancellationToken cancel)
    {
        _workers.Remove(name);
        while (true)
        {
            // The host that has the fewest of them; of several the first by name.
            var hosts = await HostsAsync(cancel);
            foreach (var host in hosts.OrderBy(host => _workers.Values.Count(worker => worker.Host == host)).ThenBy(host => host.ToString(), StringComparer.Ordinal))
            {
                var worker = Worker.New(name, host);
                try
                {
                    await RemoveLeftoverAsync(host, name, cancel);
                    await cluster.AskAsync<ContainerDone>(worker.Creation(network, service, time.GetUtcNow()), cancel);
                    await cluster.AskAsync<ContainerDone>(new StartContainer(host, worker.Container), cancel);
                    _workers[name] = worker;
                    Console.WriteLine($"{name} is on {host}");
                    return;
                }
                // What makes no sense makes none on any host.
                catch (RefusedException refused) when (refused.Reason.Kind != RejectionKind.Invalid)
                {
                    Console.WriteLine($"{name} cannot be on {host}: {refused.Message}");
                }
            }

            await Task.Delay(LookAgain, time, cancel);
        }
    }

    // Of an earlier life, or of an attempt that was refused half way: it has the name and no place in the network. What is not ours stays, and is in the way.
    private async Task RemoveLeftoverAsync(HostId host, string name, CancellationToken cancel)
    {
        var left = (await cluster.AskAsync<ContainerList>(new ListContainers(host), cancel)).Containers.FirstOrDefault(container => container.Spec.Name == name && container.Spec.Labels.GetValueOrDefault(Worker.Label) == service);
        if (left is not null) await cluster.AskAsync<ContainerDone>(new RemoveContainer(host, left.Spec.Id, Force: true), cancel);
    }
}
