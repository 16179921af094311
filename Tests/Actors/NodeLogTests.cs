using Microsoft.Extensions.Logging;
using NetworkCluster.Hosting;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors;

/// <summary>What a line of the log says that has somebody else's words in it.</summary>
public sealed class NodeLogTests
{

    [Fact]
    public void Names_in_a_line_command_no_terminal_and_begin_no_line()
    {
        var heard = new HeardLog();
        heard.Say(LogLevel.Information, "invalid name a\u0000b\u001b[31m\n00:00:00 info: forged", null);
        Assert.Equal("invalid name a\\u0000b\\u001b[31m\\u000a00:00:00 info: forged", Assert.Single(heard.Said).Text);
    }
}
