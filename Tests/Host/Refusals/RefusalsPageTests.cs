using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using NetworkCluster.Addressing;
using NetworkCluster.Tests.Host.Commands;
using Xunit;

namespace NetworkCluster.Tests.Host.Refusals;

/// <summary>What a Docker engine was asked, asked here: <c>cases.txt</c> has the commands and what Docker answered, <c>docs/refusals.md</c> what is answered here.</summary>
public sealed partial class RefusalsPageTests
{
    private const int LongestCommand = 130;

    /// <summary>What there is before each command, typed.</summary>
    internal static readonly string[] SetUp =
    [
        "network create --subnet 10.77.0.0/16 base",
        "network create nosub",
        "network create --subnet 10.88.0.0/30 tiny",
        "network create --subnet 172.31.10.0/24 --ip-range 172.31.10.8/30 rng",
        "container run -d --name e1 --network base sleep 600",
        "container run -d --name e2 sleep 600",
        "container create --name e3 --network base sleep 600",
        "container run -d --name e6 --network base --ip 10.77.7.7 sleep 600",
        "container run -d --name t1 --network tiny sleep 600",
        "container run -d --name r1 --network rng sleep 600",
        "container run -d --name r2 --network rng sleep 600",
        "container run -d --name r3 --network rng sleep 600",
    ];

    [Fact]
    public async Task The_page_says_what_is_answered()
    {
        var gateway = new WorldGateway { Routes = [Subnet.Parse("10.99.0.0/24")] };
        await using var host = await PbmHost.StartAsync(gateway, new FakeJournal());
        var rows = new StringBuilder();
        var isFresh = false;
        foreach (var line in File.ReadLines(Beside("cases.txt")))
        {
            if (!isFresh) await BeginAsync(gateway, host);
            var (number, commands, docker) = line.Split(" | ") switch { var parts => (parts[0], parts[2], parts[3]) };
            var answer = await AnswerAsync(host, commands.Split(" ;; "));
            // What is refused changes nothing, so the next may follow on it.
            isFresh = answer != Accepted && !commands.Contains(" ;; ", StringComparison.Ordinal);
            rows.Append($"| {number} | `{Cell(Short(commands.Replace(" ;; ", "; ", StringComparison.Ordinal)))}` | {Cell(docker)} | {Cell(answer)} |\n");
        }

        var page = Head() + rows;
        var approved = Beside("../../../docs/refusals.md");
        if (File.Exists(approved) && await File.ReadAllTextAsync(approved) == page) return;
        var received = Beside("refusals.received.md");
        await File.WriteAllTextAsync(received, page);
        var old = File.Exists(approved) ? await File.ReadAllLinesAsync(approved) : [];
        Assert.Fail($"docs/refusals.md differs; {received} has what is answered now:\n{string.Join('\n', page.Split('\n').Except(old))}");
    }

    private const string Accepted = "accepted";

    /// <summary>A host with what there is before each command.</summary>
    internal static async Task BeginAsync(WorldGateway gateway, PbmHost host)
    {
        await gateway.BeginAsync();
        foreach (var line in (string[])["container run -d --network none --name e4 sleep 600", "container run -d --network host --name e5 sleep 600", .. SetUp]) Assert.Equal((line, 0, ""), await host.RunAsync(line) is var outcome ? (line, outcome.Code, outcome.Error) : default);
    }

    private static async Task<string> AnswerAsync(PbmHost host, string[] commands)
    {
        foreach (var command in commands)
        {
            var outcome = await host.RunAsync(command);
            if (outcome.Code != 0) return $"{outcome.Code}: {Ids().Replace(outcome.Error.Trim().Replace("Error: ", "", StringComparison.Ordinal).ReplaceLineEndings("; "), "ID")}";
        }

        return Accepted;
    }

    private static string Head() => $"""
        # Refusals

        Applies to: `Actors/Core/`, `Host/Commands/`, `Host/Pbm/`, `Tests/Host/Refusals/`

        What Docker 20.10 refuses, or takes and should not, and what is answered here, with the exit code. `Tests/Host/Refusals/RefusalsPageTests.cs` types every command
        against all deciders and compares the answers with this page; where an answer is to change, it leaves the new page beside itself. Ids are written ID. What is refused
        has changed nothing, so 17 is typed right after 16. The same and more over HTTP: [refusals-http.md](refusals-http.md).

        Before each line there are, beside `bridge`, `host` and `none`, on a host with a route to 10.99.0.0/24, the running containers `e4` without a network and `e5` in the
        host's, and:

        ```sh
        {string.Join("\n", SetUp)}
        ```

        | # | typed | Docker 20.10 | here |
        |---|---|---|---|

        """;

    internal static string Short(string command) => command.Length <= LongestCommand ? command : $"{command[..(LongestCommand - 1)]}…";

    internal static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    internal static string Beside(string file, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, file);

    [GeneratedRegex(@"\b(?:[0-9a-f]{64}|[0-9a-f]{12})\b")]
    internal static partial Regex Ids();
}
