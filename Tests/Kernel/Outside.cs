namespace NetworkCluster.Tests.Kernel;

/// <summary>Another machine on the host's uplink, 192.0.2.2 and 2001:db8::2 (the host has .1 and ::1 there): a namespace of the test's own that knows no route to any network of ours.</summary>
internal sealed class Outside : IAsyncDisposable
{
    public const string Address = "192.0.2.2";

    public static Outside Make()
    {
        KernelHost.Shell("ip netns add outside");
        KernelHost.Shell("ip link add uplink type veth peer name eth0 netns outside");
        // The other end first, and no link-local address: then all routes of the uplink are there when it is up, and none comes later.
        Run("ip link set eth0 up");
        KernelHost.Shell("ip link set uplink addrgenmode none && ip addr add 192.0.2.1/24 dev uplink && ip link set uplink up");
        KernelHost.Shell("ip addr add 2001:db8::1/64 dev uplink nodad");
        Run($"ip addr add {Address}/24 dev eth0");
        Run("ip addr add 2001:db8::2/64 dev eth0 nodad");
        return new Outside();
    }

    public static string Run(string command) => KernelHost.Shell($"nsenter --net=/run/netns/outside {command}");

    public static bool Pings(string address) => KernelHost.Try($"nsenter --net=/run/netns/outside ping -n -c 1 -W 1 {address}", out _);

    public static string? Asks(string address, int port, bool udp = false, string? from = null) => Served.Ask("/run/netns/outside", address, port, udp, from);

    public ValueTask DisposeAsync()
    {
        KernelHost.Shell("ip link del uplink; ip netns del outside");
        return ValueTask.CompletedTask;
    }
}
