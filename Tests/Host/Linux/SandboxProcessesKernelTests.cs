using NetworkCluster.Linux;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Host.Linux;

[Trait("Category", "Kernel")]
public sealed class SandboxProcessesKernelTests
{
    [KernelFact]
    public async Task A_command_has_the_sandboxs_network_names_and_resolver()
    {
        var name = $"exec-{Environment.ProcessId}";
        Directory.CreateDirectory($"/etc/netns/{name}");
        await File.WriteAllTextAsync($"/etc/netns/{name}/resolv.conf", "nameserver 127.0.0.11\n");
        await RunAsync(null, null, "/usr/sbin/ip", "netns", "add", name);
        try
        {
            Assert.Equal("box\nnameserver 127.0.0.11\n", await RunAsync(name, "box", "sh", "-c", "cat /proc/sys/kernel/hostname /etc/resolv.conf"));
            Assert.NotEqual(await RunAsync(null, null, "readlink", "/proc/self/ns/net"), await RunAsync(name, null, "readlink", "/proc/self/ns/net"));
            Assert.NotEqual("box\n", await RunAsync(null, null, "cat", "/proc/sys/kernel/hostname"));
        }
        finally
        {
            await RunAsync(null, null, "/usr/sbin/ip", "netns", "delete", name);
            Directory.Delete($"/etc/netns/{name}", recursive: true);
        }
    }

    private static async Task<string> RunAsync(string? netns, string? hostname, params string[] command)
    {
        var streams = new Streams();
        Assert.Equal(0, await SandboxProcesses.ExecAsync(netns, new() { Command = [.. command], Hostname = hostname }, streams, CancellationToken.None));
        return streams.Output;
    }
}
