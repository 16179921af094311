using NetworkCluster.Pbm;
using Xunit;

namespace NetworkCluster.Tests.Host.Pbm;

public sealed class ShownTests
{
    [Theory]
    [InlineData("web-1 ü 🙂", "web-1 ü 🙂")]
    [InlineData("a\u001b[31mb", "a\\u001b[31mb")]
    [InlineData("/bin/x\u001b[2J\nFAKE", "/bin/x\\u001b[2J\\u000aFAKE")]
    [InlineData("\u202egnp.exe\u2066", "\\u202egnp.exe\\u2066")]
    public void What_would_command_a_terminal_is_written_out(string text, string shown) => Assert.Equal(shown, Lines.Shown(text));

    [Fact]
    public void Lines_of_a_text_stay_lines() => Assert.Equal("one\n\ttwo\\u0007", Lines.Shown("one\n\ttwo\u0007", allowed: "\n\t"));
}
