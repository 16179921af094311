using System.Diagnostics;
using System.Globalization;
using NetworkCluster.Addressing;
using NetworkCluster.Agents;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Linux;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Kernel;

/// <summary>The tests that share this process's network namespace: one after the other.</summary>
[CollectionDefinition(nameof(KernelHost), DisableParallelization = true)]
public sealed class KernelHostCollection;

/// <summary>One host's networking on the real kernel, and what a test wants to know about it. Everything is swept at the end.</summary>
internal sealed class KernelHost : IAsyncDisposable
{
    private static readonly string State = Directory.CreateTempSubdirectory("nwt").FullName;

    public static HostNetworkingOptions Options { get; } = new() { Prefix = "nwt", StateDirectory = State, Vtep = InetAddress.Parse("192.0.2.1") };

    private TimeProvider _time = TimeProvider.System;

    public HostNetworking Networking { get; private set; } = null!;
    public HostObservation Found { get; private set; } = null!;

    public static async Task<KernelHost> StartAsync(TimeProvider? time = null)
    {
        var host = new KernelHost { _time = time ?? TimeProvider.System };
        await host.LiveAsync();
        return host;
    }

    /// <summary>A new life of the process after kill -9: nothing was told to the old one.</summary>
    public Task LiveAgainAsync() => LiveAsync();

    private async Task LiveAsync()
    {
        Networking = new HostNetworking(new LinuxDataplane(Options, TimeProvider.System), Options, time: _time);
        Found = await Networking.StartAsync(default);
    }

    /// <summary>A started container with an endpoint of the same number in the network, at that offset.</summary>
    public async Task<AttachedEndpoint> RunAsync(int number, NetworkSpec network, int offset, int? endpoint = null)
    {
        await Networking.StartSandboxAsync(Some.Container(number), default);
        await Networking.EnsureNetworkAsync(network, default);
        var attached = Some.Endpoint(endpoint ?? number, network, offset, number);
        await Networking.AttachAsync(network, attached, default);
        return attached;
    }

    public static string Sandbox(int container) => Options.Naming.Sandbox(Some.ContainerId(container));

    /// <summary>What a command prints inside a sandbox; fails where the command does.</summary>
    public static string In(int container, string command) => Shell($"nsenter --net=/run/netns/{Sandbox(container)} {command}");

    public static bool Pings(int container, object? address) => Try($"nsenter --net=/run/netns/{Sandbox(container)} ping -n -c 1 -W 1 {address}", out _);

    public static string Shell(string command) => Try(command, out var output) ? output : throw new InvalidOperationException($"{command}: {output}");

    public static bool Try(string command, out string output)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command + " 2>&1"]) { RedirectStandardOutput = true })!;
        output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    public async ValueTask DisposeAsync()
    {
        await Networking.DisposeAsync();
        await using var last = new HostNetworking(new LinuxDataplane(Options, TimeProvider.System), Options);
        await last.StartAsync(default);
        await last.SweepAsync(new HashSet<NetworkId>(), new HashSet<ContainerId>(), new HashSet<EndpointId>(), default);
        Shell("nft delete table inet nwt");
    }

    public static int CountLinks(string start) =>
        Shell("ip -o link show").Split('\n').Count(l => l.Split(": ") is [_, var name, ..] && name.StartsWith(start, StringComparison.Ordinal));

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
