using System.Collections.Immutable;
using System.Security.Cryptography;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace Orchestrator;

/// <summary>One of the sandboxes that are to run: always the same name, and for each time that it has to be placed anew other ids, which stay for as long as that is tried.</summary>
internal sealed record Worker(string Name, HostId Host, ContainerId Container, EndpointId Endpoint)
{
    /// <summary>By this label its containers are known, also to the next process of the service.</summary>
    public const string Label = "orchestrator";

    public static Worker New(string name, HostId host) => new(name, host, ContainerId.Parse(Id()), EndpointId.Parse(Id()));

    /// <summary>One that is there already.</summary>
    public static Worker Of(AttachedEndpoint endpoint) => new(endpoint.Spec.ContainerName, endpoint.Spec.Host, endpoint.Spec.Container, endpoint.Id);

    /// <summary>It without a command: the sandbox alone.</summary>
    public CreateContainer Creation(NetworkSpec network, string service, DateTimeOffset now) => new(
        Host,
        new() { Id = Container, Name = Name, Labels = ImmutableSortedDictionary<string, string>.Empty.Add(Label, service), Created = now },
        [new() { Id = Endpoint, Network = network.Id, NetworkName = network.Name, Container = Container, ContainerName = Name, Host = Host, Settings = EndpointSettings.None with { Aliases = [service] } }]);

    private static string Id() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
