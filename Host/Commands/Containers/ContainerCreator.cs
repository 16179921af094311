using System.Collections.Immutable;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Gateway;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Containers;

/// <summary>What <c>create</c> and <c>run</c> share: the options, and the command made of them.</summary>
internal sealed class ContainerCreator(IClusterGateway gateway, NetworkDirectory directory, RandomNames names, TimeProvider time)
{
    /// <summary>The command line of the container.</summary>
    public static ArgumentSpec CommandLine { get; } =
        new() { Name = "command", Least = 0, Repeatable = true, Verbatim = true, Description = "What to run, with its arguments; none: the sandbox alone, until it is stopped" };

    /// <summary>What the help says about containers.</summary>
    public const string Details =
        "A container is a network sandbox with the host's file system: there is no image, so COMMAND is a program of the host. Options stand before COMMAND.";

    /// <summary>The options.</summary>
    public static ImmutableArray<OptionSpec> Options { get; } =
    [
        new() { Name = "env", Short = 'e', ValueName = "name=value", Repeatable = true, Description = "Set environment variables" },
        new() { Name = "expose", ValueName = "port[/proto]", Repeatable = true, Description = "Ports (or ranges) that the container serves, for -P; opens nothing by itself" },
        new() { Name = "hostname", Short = 'h', ValueName = "string", Description = "Host name inside", Default = "the first 12 digits of the id" },
        new() { Name = "interactive", Short = 'i', Description = "Keep the command's input open (with -d); use exec -i to type" },
        new() { Name = "label", ValueName = "key=value", Repeatable = true, Description = "Set metadata on a container" },
        new() { Name = "name", ValueName = "string", Description = "Name, also in the DNS of its networks", Default = "a random one" },
        new() { Name = "network", ValueName = "network", Repeatable = true, Description = "Connect to a network; addresses, aliases and links belong to the first", Default = "bridge", CompletedBy = "network" },
        new()
        {
            Name = "publish", Short = 'p', ValueName = "[host:]port", Repeatable = true,
            Description = "Publish [[IP:]HOST:]PORT[/PROTOCOL] at the host, tcp or udp, ranges too; an IPv6 address in brackets; without a host port the lowest free one of 32768 to 60999, of a host range the lowest free one of it",
        },
        new() { Name = "publish-all", Short = 'P', Description = "Publish every exposed port at a free one of the host" },
        new() { Name = "rm", Description = "Remove the container when it has stopped" },
        new() { Name = "tty", Short = 't', Description = "Accepted for -itd; there is no terminal inside" },
        .. ResolverWords.Options,
        .. Words.EndpointOptions("network-alias"),
    ];

    /// <summary>Creates the container.</summary>
    /// <exception cref="RefusedException">It was refused; nothing is left.</exception>
    public async Task<ContainerView> CreateAsync(Invocation invocation, CancellationToken cancel)
    {
        var settings = invocation.EndpointSettings("network-alias");
        var wanted = invocation.Values("network") is { IsEmpty: false } given ? given : ["bridge"];
        return await CreateAsync(new()
        {
            Id = NewIds.Container(),
            Name = invocation.Value("name") ?? names.Next(),
            Hostname = invocation.Value("hostname"),
            Command = invocation.Values("command"),
            Environment = invocation.Values("env"),
            Labels = invocation.KeyValues("label"),
            Ports = invocation.Ports(),
            Resolver = await ResolverAsync(invocation.Values("dns"), invocation.Values("dns-search"), invocation.Values("dns-option"), invocation.Values("add-host"), cancel),
            AutoRemove = invocation.Has("rm") ? true : null,
            OpenStdin = invocation.Has("interactive") && invocation.Has("detach") ? true : null,
            Created = time.GetUtcNow(),
        }, [.. wanted.Select((network, i) => (network, i == 0 ? settings : EndpointSettings.None))], cancel);
    }

    /// <summary>What words say of a container's resolver, see <see cref="ResolverWords"/>.</summary>
    /// <exception cref="UsageException">A word makes no sense.</exception>
    public Task<ContainerResolver?> ResolverAsync(IEnumerable<string> servers, IEnumerable<string> search, IEnumerable<string> options, IEnumerable<string> hosts, CancellationToken cancel) =>
        ResolverWords.OfAsync(servers, search, options, hosts, async () =>
        {
            // Where every container reaches the host, whatever its networks are.
            var predefined = await directory.NetworkAsync("bridge", cancel);
            return predefined.Pools.Select(pool => pool.Gateway).OfType<Addressing.InetAddress>().First();
        });

    /// <summary>Creates the container with places in these networks, by name or id.</summary>
    /// <exception cref="RefusedException">It was refused; nothing is left.</exception>
    public async Task<ContainerView> CreateAsync(ContainerSpec spec, ImmutableArray<(string Network, EndpointSettings Settings)> places, CancellationToken cancel)
    {
        var networks = new List<NetworkSpec>();
        foreach (var (name, _) in places) networks.Add(await directory.NetworkAsync(name, cancel));
        var moded = spec with { Mode = networks[0].Driver switch { "host" => SandboxMode.Host, "null" => SandboxMode.None, _ => SandboxMode.Own } };
        ImmutableArray<EndpointSpec> endpoints = [.. networks.Select((network, i) => NewEndpoint.Of(gateway.Host, moded, network, places[i].Settings))];
        return (await gateway.AskAsync<ContainerDone>(new CreateContainer(gateway.Host, moded, endpoints), cancel)).Container;
    }
}
