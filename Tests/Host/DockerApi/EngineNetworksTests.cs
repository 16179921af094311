using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using NetworkCluster.Tests.Host.Commands;
using NetworkCluster.Tests.Host.Refusals;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Host.DockerApi;

/// <summary>The networks of another engine. What it answers is what Docker 20.10 has answered (engine-networks.json), and what its later versions say besides.</summary>
public sealed class EngineNetworksTests : IAsyncLifetime
{
    private readonly string _socket = Path.Combine(Directory.CreateTempSubdirectory("nwc-test-").FullName, "engine.sock");
    private readonly WorldGateway _world = new();
    private PbmHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await PbmHost.StartAsync(_world, new FakeJournal());
        await _world.BeginAsync();
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_socket)!, recursive: true);
    }

    [Fact]
    public async Task A_recorded_engines_networks_are_here_with_the_same_names_subnets_options_and_labels()
    {
        await using var engine = await EngineAsync(await File.ReadAllTextAsync(RefusalsPageTests.Beside("../DockerApi/engine-networks.json")));
        var exported = await _host.RunAsync($"network export --from-docker --socket {_socket}");
        Assert.Equal(0, exported.Code);
        Approved.Verify($"{exported.Output}{exported.Error}", "EngineNetworks");
        Assert.Equal(0, (await _host.RunAsync($"network import --dry-run --from-docker --socket {_socket}")).Code);
        Assert.Equal(0, (await _host.RunAsync($"network import --from-docker --socket {_socket}")).Code);
        // Nothing is lost, and the gateways that the engine had not written down are named.
        var here = (await _host.RunAsync("network export")).Output.Split('\n');
        Assert.Equal(["      gateway: \"2001:db8:78::1\"", "      gateway: 10.79.0.1"], here.Except(exported.Output.Split('\n')).Order());
        Assert.Empty(exported.Output.Split('\n').Except(here));
    }

    [Theory]
    [InlineData("""{"Name":"m","Driver":"macvlan"}""", "network m is left out: there is no driver macvlan here (drivers: bridge, overlay)")]
    [InlineData("""{"Name":"i","Driver":"overlay","Ingress":true}""", "network i is left out: it is the ingress network of a swarm, and there are no swarm services here")]
    [InlineData("""{"Name":"c","Driver":"bridge","ConfigOnly":true}""", "network c is left out: it is a configuration for other networks, or made from one; there is nothing of that kind here")]
    [InlineData("""{"Name":"s","Driver":"bridge","EnableIPv4":false,"EnableIPv6":true}""", "network s is left out: it has no IPv4, and every network has here")]
    [InlineData("""{"Name":"e","Driver":"overlay","Options":{"encrypted":""}}""", "network e is left out: option encrypted: ")]
    [InlineData("""{"Name":"p","Driver":"bridge","IPAM":{"Driver":"infoblox"}}""", "network p is left out: its addresses are given by the plugin infoblox; here there are the ipam drivers default and null")]
    [InlineData("""{"Name":"b","Driver":"bridge","IPAM":{"Config":[{"Subnet":"nonsense"}]}}""", "network b is left out: invalid network config: invalid CIDR address: nonsense")]
    public async Task What_cannot_be_here_is_left_out_and_told(string network, string note)
    {
        await using var engine = await EngineAsync($"[{network}]");
        var outcome = await _host.RunAsync($"network import --from-docker --socket {_socket}");
        Assert.Equal((0, ""), (outcome.Code, outcome.Output));
        Assert.Contains(note, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_what_can_be_here_what_is_lost_is_told()
    {
        await using var engine = await EngineAsync("""
            [{"Name":"bridge","Driver":"bridge"},
             {"Name":"web","Driver":"bridge","Labels":{"team":"blue"},"Options":{"com.docker.network.driver.mtu":"1400","com.docker.network.bridge.gateway_mode_ipv4":"routed"},
              "IPAM":{"Driver":"default","Options":{"x":"y"},"Config":[{"Subnet":"10.7.5.9/16","Gateway":"10.7.0.1/16","AuxiliaryAddresses":{"r":"10.7.0.2"}}]}},
             {"Name":"swarm","Driver":"overlay","Scope":"swarm","Attachable":true,"Options":{"com.docker.network.driver.overlay.vxlanid_list":"4097"},"IPAM":{"Driver":"default","Options":null,"Config":null}}]
            """);
        var outcome = await _host.RunAsync($"network import --from-docker --socket {_socket}");
        Assert.Equal((0, "swarm: created\nweb: created\n"), (outcome.Code, outcome.Output));
        foreach (var note in (string[])["10.7.5.9/16 has host bits set: 10.7.0.0/16 is taken", "the ipam option x=y is left out", "the option com.docker.network.bridge.gateway_mode_ipv4=routed is left out: unknown option", "vxlanid_list=4097 is left out", "network swarm: the engine names no subnet of it: a free one is picked"])
            Assert.Contains(note, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(
            """{"Driver":"default","Options":{},"Config":[{"Subnet":"10.7.0.0/16","Gateway":"10.7.0.1","AuxiliaryAddresses":{"r":"10.7.0.2"}}]} {"com.docker.network.driver.mtu":"1400"} {"team":"blue"}""" + "\n",
            (await _host.RunAsync("network inspect --format '{{json .IPAM}} {{json .Options}} {{json .Labels}}' web")).Output);
    }

    [Fact]
    public async Task An_engine_that_is_not_there_or_is_none_is_told_by_its_socket()
    {
        Assert.Equal(new(1, "", $"Error: cannot reach an engine at {_socket}: there is no such file\nNotice: nothing was created\n"), await _host.RunAsync($"network import --from-docker --socket {_socket}"));
        await using var engine = await EngineAsync("hello");
        Assert.Contains($"what listens at {_socket} is no Docker engine", (await _host.RunAsync($"network export --from-docker --socket {_socket}")).Error, StringComparison.Ordinal);
    }

    private async Task<WebApplication> EngineAsync(string networks)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(_socket));
        var app = builder.Build();
        app.MapGet("/networks", () => Microsoft.AspNetCore.Http.Results.Text(networks, "application/json"));
        await app.StartAsync();
        return app;
    }
}
