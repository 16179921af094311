using System.Net;
using System.Net.Sockets;
using NetworkCluster.Tests.Kernel;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>Published ports of the real process, from the command to the packet, over kill -9.</summary>
[Trait("Category", "Kernel")]
public sealed class PublishedPortsTests : IAsyncLifetime
{
    private readonly HostUnderTest _host = new("pub");

    public Task InitializeAsync() => _host.StartAsync();

    public async Task DisposeAsync()
    {
        await _host.Operator.RunAsync("container", "rm", ("container", "web"), ("container", "other"), ("force", "true"));
        await _host.DisposeAsync();
    }

    [KernelFact]
    public async Task A_published_port_outlives_the_process_is_refused_to_others_by_name_and_free_after_a_stop()
    {
        var pbm = _host.Operator;
        var id = (await pbm.RunAsync("container", "run", ("name", "web"), ("detach", "true"), ("publish", "28080:80"))).Out.Trim();
        using var web = new Served($"/run/netns/{_host.Prefix}-{id[..12]}", 80);
        Assert.NotNull(Served.Ask(null, "127.0.0.1", 28080));

        var refused = await pbm.RunAsync("container", "run", ("name", "other"), ("detach", "true"), ("publish", "28080:81"));
        Assert.Equal(125, refused.Code);
        Assert.Contains("28080/tcp is published by container web", refused.Error, StringComparison.Ordinal);

        var lame = await pbm.RunAsync("container", "run", ("name", "other"), ("detach", "true"), ("publish", "28081:81"), ("command", "no-such-program"));
        Assert.Equal(127, lame.Code);
        Assert.Contains("exec: \"no-such-program\": executable file not found in $PATH", lame.Error, StringComparison.Ordinal);

        await _host.KillAsync();
        Assert.NotNull(Served.Ask(null, "127.0.0.1", 28080));
        await _host.StartAsync();
        pbm = _host.Operator;
        Assert.NotNull(Served.Ask(null, "127.0.0.1", 28080));
        Assert.Contains("published by container web", (await pbm.RunAsync("container", "run", ("name", "other"), ("detach", "true"), ("publish", "28080:81"))).Error, StringComparison.Ordinal);

        Assert.True((await pbm.RunAsync("container", "stop", ("container", "web"))).Done);
        Assert.Null(Served.Ask(null, "127.0.0.1", 28080));
        Assert.True((await pbm.RunAsync("container", "run", ("name", "other"), ("detach", "true"), ("publish", "28080:81"))).Done);
        Assert.Contains("published by container other", (await pbm.RunAsync("container", "start", ("container", "web"))).Error, StringComparison.Ordinal);
        Assert.True((await pbm.RunAsync("container", "rm", ("container", "other"), ("force", "true"))).Done);
        Assert.True((await pbm.RunAsync("container", "start", ("container", "web"))).Done);
    }

    [KernelFact]
    public async Task A_port_that_another_program_has_is_refused_and_a_free_choice_goes_around_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = $"{((IPEndPoint)listener.LocalEndpoint).Port}";
        var refused = await _host.Operator.RunAsync("container", "run", ("name", "web"), ("detach", "true"), ("publish", $"{port}:80"));
        Assert.Contains($"Bind for 0.0.0.0:{port} failed: address already in use (another program on host {_host.HostId} has {port}/tcp)", refused.Error, StringComparison.Ordinal);
        Assert.Contains("No such container", (await _host.Operator.RunAsync("container", "inspect", ("container", "web"))).Error, StringComparison.Ordinal);

        var next = int.Parse(port, System.Globalization.CultureInfo.InvariantCulture) + 50;
        var chosen = await _host.Operator.RunAsync("container", "run", ("name", "web"), ("detach", "true"), ("publish", $"{port}-{Math.Min(next, 65535)}:80"));
        Assert.True(chosen.Done, chosen.Error);
        var bound = (await _host.Operator.InspectAsync("container", "web"))[0].GetProperty("NetworkSettings").GetProperty("Ports").GetProperty("80/tcp")[0];
        Assert.NotEqual(port, bound.GetProperty("HostPort").GetString());
        Assert.Equal("0.0.0.0", bound.GetProperty("HostIp").GetString());
    }
}
