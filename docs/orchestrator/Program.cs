// A service that is no member of the cluster and keeps ten sandboxes running on one network of it.
//   dotnet Akka.NetworkCluster.Orchestrator.dll OWN-ADDRESS SERVICE COUNT CONTACT...
//   dotnet Akka.NetworkCluster.Orchestrator.dll 10.9.0.50 worker 10 10.9.0.1:4053 10.9.0.2:4053
using System.Collections.Immutable;
using System.Globalization;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Cluster.Tools.Client;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Configuration;
using NetworkCluster;
using NetworkCluster.Serialization;
using NetworkCluster.Services;
using Orchestrator;

if (args is not [var own, var service, var count, .. { Length: > 0 } contacts])
{
    Console.Error.WriteLine("usage: OWN-ADDRESS SERVICE COUNT CONTACT...   a contact is ADDRESS:PORT of a host of the cluster");
    return 2;
}

// The serializer of the messages, and where this process is reached for answers.
var config = ConfigurationFactory.ParseString($"akka {{ loglevel = WARNING\n actor.provider = remote\n remote.dot-netty.tcp {{ hostname = \"{own}\", port = 0 }} }}")
    .WithFallback(WireConfig.Default).WithFallback(ClusterClientReceptionist.DefaultConfig()).WithFallback(DistributedPubSub.DefaultConfig());
using var system = ActorSystem.Create("orchestrator", config);
using var ending = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    ending.Cancel();
};

var receptionists = contacts.Select(contact => ActorPath.Parse($"akka.tcp://{ServiceAddress.System}@{contact}/system/receptionist")).ToImmutableHashSet();
var client = system.ActorOf(ClusterClient.Props(ClusterClientSettings.Create(system).WithInitialContacts(receptionists)), "client");
var orchestration = new Orchestration(new NetworkServices(client), service, int.Parse(count, CultureInfo.InvariantCulture), TimeProvider.System);
try
{
    var hosts = await orchestration.HostsAsync(ending.Token);
    var network = await orchestration.NetworkAsync(hosts[0], ending.Token);
    var heard = Channel.CreateUnbounded<IMessage>();
    system.ActorOf(Props.Create(() => new NetworkWatcher(client, network.Id, heard.Writer)), "watcher");
    await orchestration.RunAsync(network, heard.Reader, ending.Token);
}
catch (OperationCanceledException) when (ending.IsCancellationRequested)
{
    // Ctrl-C: what runs goes on to run.
}
catch (RefusedException refused)
{
    Console.Error.WriteLine(refused.Message);
    return 1;
}

await system.Terminate();
return 0;
