using NetworkCluster.Engine;
using Xunit;

namespace NetworkCluster.Tests.Host.Engine;

public sealed class EngineResolverTests
{
    // As a kernel has shown it in a container of an engine 20.10 with our resolver before the engine's.
    private static readonly string[] Sockets =
    [
        "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops",
        " 1798: 0B00007F:EE7D 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4566630 2 0000000078c3f50b 0",
        "10373: 0B00007F:CFFC 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4566454 2 0000000078f0f9c7 0",
        "  500: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4566455 2 0000000078f0f9c8 0",
    ];

    [Fact]
    public void The_engines_resolver_is_the_other_socket_at_its_address() => Assert.Equal(0xCFFC, EngineResolver.PortIn(Sockets, ourPort: 0xEE7D));

    [Fact]
    public void Without_one_there_is_none() => Assert.Null(EngineResolver.PortIn([Sockets[0], Sockets[1], Sockets[3], "", "what is this"], ourPort: 0xEE7D));
}
