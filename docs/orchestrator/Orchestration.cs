using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using NetworkCluster;
using NetworkCluster.Containers;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace Orchestrator;

/// <summary>Keeps so many sandboxes running on one overlay network, spread over the hosts, whatever happens to them.</summary>
internal sealed class Orchestration(NetworkServices cluster, string service, int count, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, Worker> _workers = [];

    /// <summary>Makes the network, or finds it.</summary>
    public async Task<NetworkSpec> NetworkAsync(HostId by, CancellationToken cancel) => (await cluster.AskAsync<NetworkSummary>(new NetworkCluster.Services.RequestNetwork(new()
    {
        Id = NetworkId.Parse(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"network/{service}")))),
        Name = service,
        Driver = "overlay",
        Created = time.GetUtcNow(),
        Host = by,
    }), cancel)).Spec;

    /// <summary>The hosts that take containers.</summary>
    public async Task<ImmutableArray<HostId>> HostsAsync(CancellationToken cancel)
    {
        var hosts = ImmutableArray.CreateBuilder<HostId>();
        foreach (var host in (await cluster.AskAsync<HostList>(new ListHosts(), cancel)).Hosts)
        {
            if (await cluster.AskAsync<HostView>(new GetHost(host), cancel) is { Lost: false, Drained: false }) hosts.Add(host);
        }

        return hosts.ToImmutable();
    }

    /// <summary>Places all, then one anew whenever it is gone. Until cancelled.</summary>
    public async Task RunAsync(NetworkSpec network, ChannelReader<IMessage> heard, CancellationToken cancel)
    {
        for (var number = 1; number <= count; number++) await PlaceAsync(network, number, life: 1, cancel);
        Console.WriteLine("all are placed");
        while (await heard.WaitToReadAsync(cancel))
        {
            // What is heard says when to look. What is so is asked for: a notice may be older than what we have done since.
            while (heard.TryRead(out _))
            {
            }

            var there = (await cluster.AskAsync<NetworkView>(new GetNetwork(network.Id), cancel)).Endpoints.Select(endpoint => endpoint.Id).ToHashSet();
            foreach (var worker in _workers.Values.Where(worker => !there.Contains(worker.Endpoint)).ToList())
            {
                Console.WriteLine($"{worker.Name} is gone from {worker.Host}");
                await RemoveAsync(worker, cancel);
                await PlaceAsync(network, worker.Number, worker.Life + 1, cancel);
            }
        }
    }

    // Its name may be wanted again. A host that is lost has nothing to remove; when it comes back it stops what is no longer in the network.
    private async Task RemoveAsync(Worker worker, CancellationToken cancel)
    {
        try
        {
            await cluster.AskAsync<ContainerDone>(new RemoveContainer(worker.Host, worker.Container, Force: true), cancel);
        }
        catch (RefusedException refused) when (refused.Reason is HostIsLost or ContainerNotFound)
        {
            // So be it.
        }
    }

    private async Task PlaceAsync(NetworkSpec network, int number, int life, CancellationToken cancel)
    {
        while (true)
        {
            // The host that has the fewest of them; of several the first by name.
            var hosts = await HostsAsync(cancel);
            foreach (var host in hosts.OrderBy(host => _workers.Values.Count(worker => worker.Host == host && worker.Number != number)).ThenBy(host => host.ToString(), StringComparer.Ordinal))
            {
                var worker = new Worker(service, number, host, life);
                try
                {
                    await cluster.AskAsync<ContainerDone>(worker.Creation(network, time.GetUtcNow()), cancel);
                    await cluster.AskAsync<ContainerDone>(new StartContainer(host, worker.Container), cancel);
                    _workers[number] = worker;
                    Console.WriteLine($"{worker.Name} is on {host}");
                    return;
                }
                catch (RefusedException refused)
                {
                    Console.WriteLine($"{worker.Name} cannot be on {host}: {refused.Message}");
                }
            }

            await Task.Delay(LookAgain, time, cancel);
        }
    }
}
