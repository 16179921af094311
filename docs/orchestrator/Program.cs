// A service that is no member of the cluster and keeps ten sandboxes running on one network of it.
//   dotnet Akka.NetworkCluster.Orchestrator.dll OWN-ADDRESS SERVICE COUNT CONTACT...
//   dotnet Akka.NetworkCluster.Orchestrator.dll 10.9.0.50 worker 10 10.9.0.1:4053 10.9.0.2:4053
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster.Tools.Client;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Configuration;
using NetworkCluster;
using NetworkCluster.Serialization;
using NetworkCluster.Services;
using Orchestrator;

if (args is not [var own, var service, var number, .. { Length: > 0 } contacts] || !IPAddress.TryParse(own, out _) || !ushort.TryParse(number, CultureInfo.InvariantCulture, out var count) || !contacts.All(contact => IPEndPoint.TryParse(contact, out var at) && at.Port > 0))
{
    Console.Error.WriteLine("usage: OWN-ADDRESS SERVICE COUNT CONTACT...   an address of this machine that the hosts reach, how many sandboxes (0 to 65535), and ADDRESS:PORT of hosts of the cluster");
    return 2;
}

// Where the hosts speak TLS: who this service is to them.
var certificates = Environment.GetEnvironmentVariable("NETWORK_CLUSTER_CERT_PATH") ?? "";
using var tls = certificates.Length == 0 ? null : TlsIdentity.Read(new(Path.Combine(certificates, "ca.pem"), Path.Combine(certificates, "cert.pem"), Path.Combine(certificates, "key.pem")), (_, why) => Console.Error.WriteLine(why));
if (certificates.Length > 0 && tls is null)
{
    Console.Error.WriteLine($"NETWORK_CLUSTER_CERT_PATH={certificates} is no directory with ca.pem, cert.pem and key.pem of this service");
    return 2;
}

// Its sandboxes are called so, and the network too.
if (!Regex.IsMatch(service, "^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"))
{
    Console.Error.WriteLine($"'{service}' is no name for containers: [a-zA-Z0-9][a-zA-Z0-9_.-]*");
    return 2;
}

// The serializer of the messages, and where this process is reached for answers.
var config = ConfigurationFactory.ParseString($"akka {{ loglevel = ERROR\n actor.provider = remote\n remote.dot-netty.tcp {{ hostname = \"{own}\", port = 0 }} }}")
    .WithFallback(tls is null ? Config.Empty : WireConfig.Tls).WithFallback(WireConfig.Default).WithFallback(ClusterClientReceptionist.DefaultConfig()).WithFallback(DistributedPubSub.DefaultConfig());
ActorSystemSetup setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config));
ActorSystem started;
try
{
    started = ActorSystem.Create("orchestrator", tls is null ? setup : tls.Over(setup));
}
catch (Exception cause) when (Causes(cause).OfType<SocketException>().FirstOrDefault() is { } refused)
{
    Console.Error.WriteLine($"this service cannot be reached at {own}: {refused.Message}. OWN-ADDRESS is an address of this machine");
    return 2;
}

using var system = started;
using var ending = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    ending.Cancel();
};

var receptionists = contacts.Select(contact => ActorPath.Parse($"akka.{(tls is null ? "" : "ssl.")}tcp://{ServiceAddress.System}@{contact}/system/receptionist")).ToImmutableHashSet();
var client = system.ActorOf(ClusterClient.Props(ClusterClientSettings.Create(system).WithInitialContacts(receptionists)), "client");
var orchestration = new Orchestration(new NetworkServices(client), service, count, TimeProvider.System);
try
{
    var network = await orchestration.NetworkAsync(ending.Token);
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

static IEnumerable<Exception> Causes(Exception cause)
{
    for (Exception? one = cause; one is not null; one = one.InnerException) yield return one;
}
