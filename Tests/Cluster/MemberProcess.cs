using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;
using NetworkCluster.Services;

namespace NetworkCluster.Tests.Cluster;

/// <summary>A service that is a member of the cluster and no host, as a process that can be killed. What it does and hears it says, line by line; it goes on watching until it is ended.</summary>
internal static class MemberProcess
{
    public static readonly ContainerId Container = ContainerId.Parse(new string('c', 64));
    public static readonly EndpointId Endpoint = EndpointId.Parse(new string('e', 64));
    public static readonly NetworkId Network = NetworkId.Parse(new string('a', 64));

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>OWN-ADDRESS HOST SEED...</summary>
    public static async Task<int> RunAsync(string[] where)
    {
        var (own, host, seeds) = (where[0], HostId.Parse(where[1]), string.Join(", ", where[2..].Select(seed => $"\"akka.tcp://{ServiceAddress.System}@{seed}\"")));
        using var system = ActorSystem.Create(ServiceAddress.System, ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = WARNING
              cluster { roles = [billing], seed-nodes = [{{seeds}}] }
              remote.dot-netty.tcp { hostname = "{{own}}", port = 0 }
            }
            """).WithFallback(ServiceMember.Config));
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Akka.Cluster.Cluster.Get(system).RegisterOnMemberUp(() => up.TrySetResult());
        await up.Task;
        var services = ServiceMember.Start(system);
        Say("is a member");

        var request = new NetworkRequest { Id = Network, Name = "bills", Driver = "overlay", Created = TimeProvider.System.GetUtcNow(), Host = host };
        var network = Assert<NetworkSummary>(await AskAsync(services, new RequestNetwork(request))).Spec;
        Say($"network {network.Name}");
        var container = new ContainerSpec { Id = Container, Name = "biller", Created = TimeProvider.System.GetUtcNow() };
        Assert<ContainerDone>(await AskAsync(services, new CreateContainer(host, container, [])));
        Assert<ContainerDone>(await AskAsync(services, new StartContainer(host, Container)));
        var connect = new ConnectContainer(host, new EndpointSpec { Id = Endpoint, Network = network.Id, NetworkName = network.Name, Container = Container, ContainerName = "biller", Host = host, Settings = EndpointSettings.None });
        // Twice: the answer of the first might have been lost.
        Assert<ContainerDone>(await AskAsync(services, connect));
        Assert<ContainerDone>(await AskAsync(services, connect));
        Say("connected");
        var refused = Assert<Rejected>(await AskAsync(services, new StopContainer(host, ContainerId.Parse(new string('d', 64)))));
        Say($"refused {refused.Reason.GetType().Name}");
        Assert<Rejected>(await AskAsync(services, new DeclareHostLost(host, "", default)));
        Say("is not taken for a host");
        system.ActorOf(Props.Create(() => new Watcher(services)));
        await system.WhenTerminated;
        Say("is out of the cluster");
        return 1;
    }

    private static T Assert<T>(IReply reply) where T : IReply => reply is T it ? it : throw new UnreachableException($"{typeof(T).Name} was expected, and {reply} came");

    // Until it is answered: what is said twice is one command.
    private static async Task<IReply> AskAsync(IActorRef services, IMessage message)
    {
        while (true)
        {
            try
            {
                if (await services.Ask<IReply>(message, Patience) is var reply and not Rejected { Reason.Kind: RejectionKind.Unknown or RejectionKind.Unavailable }) return reply;
            }
            catch (AskTimeoutException)
            {
                // Said again.
            }
        }
    }

    private static void Say(string what) => Console.WriteLine(what);

    private sealed class Watcher : ReceiveActor, IWithTimers
    {
        public Watcher(IActorRef services)
        {
            Receive<string>(_ => services.Tell(new WatchNetwork(Network)));
            Receive<NetworkView>(view => Say(string.Create(CultureInfo.InvariantCulture, $"sees {view.Endpoints.Length}")));
            Receive<NetworkNotice>(notice => Say($"hears of {notice.Attached?.Spec.ContainerName}"));
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartPeriodicTimer("again", "again", TimeSpan.Zero, WatchNetwork.Lease / 3);
    }
}
