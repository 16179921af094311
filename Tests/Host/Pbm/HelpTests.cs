using NetworkCluster.Commands;
using NetworkCluster.Pbm;
using NetworkCluster.Tests.Host.Commands;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Host.Pbm;

public sealed class HelpTests
{
    [Fact]
    public void All_help_of_all_palettes_reads_as_approved()
    {
        var known = ClientPalettes.All;
        var text = Help.Root(known) + string.Concat(known.Select(p => Section(p) + string.Concat(p.Commands.Select(c => Section(p, c)))));
        Approved.Verify(text, "Help");
    }

    [Fact]
    public void No_line_is_wider_than_100_columns() =>
        Assert.All(
            ClientPalettes.All.SelectMany(p => p.Commands.SelectMany(c => Help.Of(p, c).Split('\n'))).Where(line => !line.StartsWith("  pbm ", StringComparison.Ordinal)),
            line => Assert.True(line.Length <= 100, line));

    /// <summary>Names of arguments and options share one name space, a verbatim argument is the last one, and only the last repeats.</summary>
    [Fact]
    public void Every_definition_is_sound() => Assert.All(ClientPalettes.All.SelectMany(p => p.Commands), command =>
    {
        var options = command.Options.Concat(ClientOptions.For(command)).ToList();
        var names = command.Arguments.Select(a => a.Name).Concat(options.Select(o => o.Name)).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
        var letters = options.Select(o => o.Short).Where(l => l is not null).ToList();
        Assert.Equal(letters.Count, letters.Distinct().Count());
        Assert.DoesNotContain(command.Arguments.SkipLast(1), a => a.Verbatim || a.Repeatable || a.Least == 0);
        Assert.True(command.InputSwitch is null || command.Options.Any(o => o.Name == command.InputSwitch && o.IsSwitch));
    });

    [Fact]
    public void Every_example_is_understood()
    {
        var known = ClientPalettes.All;
        foreach (var example in known.SelectMany(p => p.Commands).SelectMany(c => c.Examples))
        {
            var words = ShellWords.Split(example.Split(" <")[0]);
            var palette = known.Single(p => p.Name == words[0]);
            Assert.NotNull(new CommandLine(palette, palette.Commands.Single(c => c.IsNamed(words[1]))).Parse([.. words.Skip(2)], new()));
        }
    }

    private static string Section(PaletteSpec palette) => $"\n=== pbm {palette.Name} --help\n{Help.Of(palette)}";

    private static string Section(PaletteSpec palette, CommandSpec command) => $"\n=== pbm {palette.Name} {command.Name} --help\n{Help.Of(palette, command)}";
}
