using System.Runtime.CompilerServices;
using NetworkCluster.Commands;
using NetworkCluster.Tests.Host.Commands;
using Xunit;

namespace NetworkCluster.Tests.Host.Access;

/// <summary>What a reader may give: no command is forgotten, neither here nor in the page.</summary>
public sealed class ReaderCommandTests
{
    private static IEnumerable<(string Palette, CommandSpec Command)> All => ClientPalettes.All.SelectMany(palette => palette.Commands.Select(command => (palette.Name, command)));

    [Fact]
    public async Task A_command_that_is_said_to_read_sends_nothing_that_changes_anything()
    {
        await using var host = await PbmHost.StartAsync();
        foreach (var (palette, command) in All.Where(all => all.Command.ReadsOnly))
        {
            Assert.True(command.Examples.Length > 0, $"{palette} {command.Name} needs an example: it is what is tried");
            foreach (var example in command.Examples)
            {
                // Some watch for ever.
                using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(2));
                await host.RunAsync(example, cancel: enough.Token);
                Assert.True(host.Gateway.Sent.Count == 0, $"{example} sent {string.Join(", ", host.Gateway.Sent)}");
            }
        }
    }

    [Fact]
    public void The_page_has_every_command_where_it_belongs()
    {
        var page = File.ReadAllText(Page());
        Assert.All(All.GroupBy(all => all.Palette), palette => Assert.Contains($"| `{palette.Key}` | {Names(palette, true)} | {Names(palette, false)} |", page, StringComparison.Ordinal));

        static string Names(IEnumerable<(string Palette, CommandSpec Command)> palette, bool reads) => string.Join(", ", palette.Where(all => all.Command.ReadsOnly == reads).Select(all => all.Command.Name).Order(StringComparer.Ordinal));
    }

    private static string Page([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "security.md");
}
