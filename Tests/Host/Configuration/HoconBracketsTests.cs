using NetworkCluster.Configuration;
using Xunit;

namespace NetworkCluster.Tests.Host.Configuration;

public sealed class HoconBracketsTests
{
    [Theory]
    [InlineData("a { b = 1 }", null)]
    [InlineData("a { b = [\"}\", \"#\"] } # {\nc = \"\"\"{\n\"\"\"\n// [\n", null)]
    [InlineData("", null)]
    [InlineData("network-cluster { pbm { port = \n", "line 1: { is never closed")]
    [InlineData("a = 1\nb { c = 2 } }} garbage", "line 2: nothing is open that } could close")]
    [InlineData("a [\n1 }", "line 2: } cannot close the [ of line 1")]
    [InlineData("a = \"b\nc = 1", "line 1: a text that begins with \" does not end")]
    [InlineData("\uFFFD\uFFFD\0", "line 1: this is no text in UTF-8")]
    public void A_file_that_ends_too_early_or_goes_on_after_its_end_is_found(string text, string? problem) => Assert.Equal(problem, HoconBrackets.Problem(text));

    [Fact]
    public void Ours_are_whole() =>
        Assert.All(Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "hocon")), path => Assert.Null(HoconBrackets.Problem(File.ReadAllText(path))));
}
