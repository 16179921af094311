using NetworkCluster.Addressing;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Dataplane;

public sealed class SandboxShapeTests
{
    private const string Usual = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nff00::0\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n";

    [Fact]
    public void Without_wishes_names_are_asked_of_us_alone_and_dots_do_not_matter() =>
        Assert.Equal(("nameserver 127.0.0.11\noptions ndots:0\n", Usual + "10.0.0.2\tbox\n"), Files(null));

    [Fact]
    public void What_a_container_wishes_for_its_resolver_is_in_its_files() =>
        Assert.Equal(
            ("nameserver 127.0.0.11\nsearch corp.example local\noptions ndots:2 rotate\n", Usual + "10.9.9.9\tdb\nfd00::9\tdb\n10.0.0.2\tbox\n"),
            Files(new()
            {
                Servers = [InetAddress.Parse("192.0.2.53")],
                Search = ["corp.example", "local"],
                Options = ["ndots:2", "rotate"],
                Hosts = [new("db", InetAddress.Parse("10.9.9.9")), new("db", InetAddress.Parse("fd00::9"))],
            }));

    [Fact]
    public void A_single_dot_is_no_domain() => Assert.Equal("nameserver 127.0.0.11\noptions ndots:0 use-vc\n", Files(new() { Search = ["."], Options = ["use-vc"] }).Resolv);

    private static (string Resolv, string Hosts) Files(ContainerResolver? resolver)
    {
        var shape = SandboxShape.Describe(new("box", Some.ContainerId(1)), "box", [new("eth0", [InetAddress.Parse("10.0.0.2")], null, null)], [], [], resolver);
        return (shape.Files.Single(file => file.Name == "resolv.conf").Content, shape.Files.Single(file => file.Name == "hosts").Content);
    }
}
