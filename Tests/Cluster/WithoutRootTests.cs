using NetworkCluster.Tests.Support;
using Xunit;
using static NetworkCluster.Tests.Kernel.KernelHost;

namespace NetworkCluster.Tests.Cluster;

/// <summary>A host whose process is an ordinary user's with two capabilities, and the guide's first steps on it.</summary>
[Trait("Category", "Kernel")]
public sealed class WithoutRootTests
{
    private const int User = 12345;
    private const string Two = "-all,+net_admin,+sys_admin";

    [KernelFact]
    public async Task Two_capabilities_are_enough_for_networks_containers_names_and_ports()
    {
        await using var host = new HostUnderTest("nor") { Before = ["setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups", $"--inh-caps={Two}", $"--ambient-caps={Two}", $"--bounding-set={Two}", "--no-new-privs"] };
        Shell($"chown {User}:{User} {host.Data} /run/netns /etc/netns");
        try
        {
            await host.StartAsync();
            Assert.Contains($"Uid:\t{User}\t{User}", File.ReadAllText($"/proc/{host.ProcessId}/status"), StringComparison.Ordinal);
            Assert.Contains("CapEff:\t0000000000201000", File.ReadAllText($"/proc/{host.ProcessId}/status"), StringComparison.Ordinal);
            var one = host.Operator;
            await one.DoneAsync("container", "run", ("name", "container1"), ("detach", "true"));
            await one.DoneAsync("network", "create", ("network", "isolated_nw"), ("subnet", "10.239.0.0/16"));
            await one.DoneAsync("container", "run", ("name", "container2"), ("hostname", "container2"), ("detach", "true"));
            await one.DoneAsync("network", "connect", ("network", "isolated_nw"), ("container", "container2"));
            await one.DoneAsync("container", "run", ("name", "container3"), ("detach", "true"), ("network", "isolated_nw"), ("ip", "10.239.3.3"), ("publish", "8099:80"));
            // Its name, its address, and the other's name: the host name is set, the link is there, and DNS answers.
            Assert.Equal("container2", await ExecAsync(one, "container2", "cat", "/proc/sys/kernel/hostname"));
            Assert.Contains("10.239.0.2/16", await ExecAsync(one, "container2", "ip", "-br", "-4", "addr"), StringComparison.Ordinal);
            Assert.Contains("10.239.3.3", await ExecAsync(one, "container2", "getent", "hosts", "container3"), StringComparison.Ordinal);
            // Root's ping from outside of the host's rights, in the sandbox: packets go through.
            Assert.Contains("1 received", Shell($"ip netns exec {Kernel.Sandboxes("nor").First(name => Kernel.Addresses(name).Any(address => address.StartsWith("10.239.0.2/", StringComparison.Ordinal)))} ping -c1 -W2 10.239.3.3"), StringComparison.Ordinal);
            Assert.Contains("8099", Shell("nft list table inet nor"), StringComparison.Ordinal);

            // What lives is adopted by the next life, as with root.
            await host.KillAsync();
            await host.StartAsync();
            Assert.Contains("10.239.3.3", await ExecAsync(host.Operator, "container2", "getent", "hosts", "container3"), StringComparison.Ordinal);
            await host.Operator.DoneAsync("container", "rm", ("container", "container1"), ("container", "container2"), ("container", "container3"), ("force", "true"));
            await host.Operator.DoneAsync("network", "rm", ("network", "isolated_nw"));
        }
        finally
        {
            Shell("chown 0:0 /run/netns /etc/netns");
        }
    }

    [KernelFact]
    public async Task A_disk_without_room_is_said_and_changes_nothing()
    {
        await using var host = new HostUnderTest("ful");
        Shell($"mount -t tmpfs -o size=3m tmpfs {host.Data}");
        try
        {
            Fill(host);
            var (code, output) = await host.StartSecondAsync();
            Assert.True(code == 2 && output.Contains($"the data directory {host.Data} cannot be used: No space left on device", StringComparison.Ordinal), output);

            Shell($"rm {host.Data}/fill");
            await host.StartAsync();
            await host.Operator.DoneAsync("network", "create", ("network", "before"));
            Fill(host);
            Answer answer;
            // What is left in the journal's last page may still do.
            for (var i = 0; (answer = await host.Operator.RunAsync("network", "create", ("network", $"full{i}"))).Done && i < 20;) i++;
            Assert.Equal(nameof(JournalUnavailable), answer.Kind);
            Assert.Contains("its disk is full: make room on it): nothing was changed", answer.Error, StringComparison.Ordinal);
            // Whoever watches hears the same, for as long as it is so, and questions are answered.
            await Task.Delay(TimeSpan.FromSeconds(3));
            Assert.Equal(nameof(JournalUnavailable), (await host.Operator.RunAsync("network", "create", ("network", "fuller"))).Kind);
            Assert.Single(host.Output.Split('\n'), line => line.Contains("the journal takes no writes", StringComparison.Ordinal));
            Assert.DoesNotContain("takes writes again", host.Output, StringComparison.Ordinal);
            var there = (await host.Operator.RunAsync("network", "ls")).Out;

            Shell($"rm {host.Data}/fill");
            await Eventually.IsSoAsync(TimeSpan.FromSeconds(30), async () => (await host.Operator.RunAsync("network", "create", ("network", "after"))).Done);
            Assert.Contains("the journal takes writes again after", host.Output, StringComparison.Ordinal);
            Assert.Equal(there.Split('\n').Length + 1, (await host.Operator.RunAsync("network", "ls")).Out.Split('\n').Length);

            Assert.Equal(0, await host.TerminateAsync());
            Fill(host);
            (code, output) = await host.StartSecondAsync();
            Assert.True(code == 2 && output.Contains("room on its disk", StringComparison.Ordinal) && !output.Contains("   at ", StringComparison.Ordinal), output);
        }
        finally
        {
            Shell($"umount -l {host.Data}");
        }
    }

    private static void Fill(HostUnderTest host) => Shell($"dd if=/dev/zero of={host.Data}/fill bs=1k 2>/dev/null || true");

    private static async Task<string> ExecAsync(Operator host, string container, params string[] command) =>
        (await host.DoneAsync("container", "exec", [("container", container), .. command.Select(word => ("command", word))])).Trim();
}
