using System.Security.Cryptography;
using System.Text;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace Orchestrator;

/// <summary>One of the sandboxes that are to run: always the same name, and for each time that it has to be placed anew other ids.</summary>
internal sealed record Worker(string Service, int Number, HostId Host, int Life)
{
    public string Name => $"{Service}{Number}";

    public ContainerId Container => ContainerId.Parse(Id("container"));

    public EndpointId Endpoint => EndpointId.Parse(Id("endpoint"));

    /// <summary>It without a command: the sandbox alone.</summary>
    public CreateContainer Creation(NetworkSpec network, DateTimeOffset now) => new(
        Host,
        new() { Id = Container, Name = Name, Created = now },
        [new() { Id = Endpoint, Network = network.Id, NetworkName = network.Name, Container = Container, ContainerName = Name, Host = Host, Settings = EndpointSettings.None with { Aliases = [Service] } }]);

    // The same for whoever asks: an orchestrator that begins anew says the same commands.
    private string Id(string what) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{what}/{Name}/{Host}/{Life}")));
}
