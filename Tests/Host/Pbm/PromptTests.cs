using System.Collections.Immutable;
using CsCheck;
using NetworkCluster.Pbm;
using NetworkCluster.Tests.Host.Commands;
using Xunit;

namespace NetworkCluster.Tests.Host.Pbm;

public sealed class PromptTests
{
    [Theory]
    [InlineData("", "cluster container endpoint exit help host ipam network")]
    [InlineData("net", "network")]
    [InlineData("pbm net", "network")]
    [InlineData("network c", "connect create")]
    [InlineData("network connect ", "bridge isolated_nw")]
    [InlineData("network connect is", "isolated_nw")]
    [InlineData("network connect --ip 172.25.3.3 isolated_nw con", "container1 container2")]
    [InlineData("network connect isolated_nw container1 ", "")]
    [InlineData("network rm a b ", "bridge isolated_nw")]
    [InlineData("container run --network ", "bridge isolated_nw")]
    [InlineData("network rm bridge ", "isolated_nw")]
    [InlineData("network graph --as ", "dot mermaid tree")]
    [InlineData("network create --driver o", "overlay")]
    [InlineData("network ls -f d", "dangling= driver=")]
    [InlineData("network ls --filter driver=", "")]
    [InlineData("cluster events -f type=n", "")]
    [InlineData("help net", "network")]
    [InlineData("help network gr", "graph")]
    [InlineData("network create --su", "--subnet")]
    [InlineData("nope ", "")]
    [InlineData("network create 'open", "")]
    public async Task Tab_completes_palettes_commands_options_and_names(string text, string candidates) =>
        Assert.Equal(candidates, string.Join(' ', (await NewCompleter().CompleteAsync(text)).Candidates));

    [Fact]
    public async Task Completion_is_silent_when_the_host_does_not_answer()
    {
        var completer = new Completer(_ => throw new UnreachableException("gone"), (_, _, _) => throw new UnreachableException("gone"));
        Assert.Empty((await completer.CompleteAsync("net")).Candidates);
    }

    [Fact]
    public void The_common_beginning_is_what_tab_fills_in() => Assert.Equal("con", Completer.CommonPrefix(["connect", "container"]));

    [Fact]
    public void History_comes_back_and_the_line_begun_is_kept()
    {
        var line = new LineBuffer(["first", "second"]);
        line.Insert("draft");
        line.Recall(-1);
        line.Recall(-1);
        line.Recall(-1);
        Assert.Equal("first", line.Text);
        line.Recall(1);
        line.Recall(1);
        Assert.Equal("draft", line.Text);
    }

    [Fact]
    public void Words_are_deleted_and_replaced_before_the_cursor()
    {
        var line = new LineBuffer([]);
        line.Insert("network inspect isolated");
        line.DeleteWord();
        Assert.Equal("network inspect ", line.Text);
        line.Insert("iso");
        line.ReplaceBefore(3, "isolated_nw ");
        line.Home();
        line.Delete();
        Assert.Equal("etwork inspect isolated_nw ", line.Text);
    }

    [Fact]
    public void No_sequence_of_keys_takes_the_cursor_out_of_the_line() => Gen.Int[0, 9].List[0, 60].Sample(keys =>
    {
        var line = new LineBuffer(["one", "two words"]);
        foreach (var key in keys) Press(line, key);
        return line.Cursor >= 0 && line.Cursor <= line.Text.Length;
    });

    [Fact]
    public async Task A_script_runs_line_by_line_until_exit()
    {
        await using var host = await PbmHost.StartAsync();
        var (code, output, _) = await ScriptAsync(host, "network ls -q\n\n# a comment\npbm network ls -q\nexit\nnetwork nonsense\n");
        Assert.Equal(0, code);
        Assert.Equal("111111111111\n222222222222\n111111111111\n222222222222\n", output);
    }

    [Fact]
    public async Task A_script_ends_at_the_first_line_that_fails_with_its_code()
    {
        await using var host = await PbmHost.StartAsync();
        var (code, output, error) = await ScriptAsync(host, "network rm nope\nnetwork ls -q\n");
        Assert.Equal((1, "", "Error: network nope not found\nNotice: stopped at 'network rm nope': 1 line after it not carried out\n"), (code, output, error));
    }

    private static void Press(LineBuffer line, int key)
    {
        Action[] keys =
        [
            () => line.Insert("ab"), line.Backspace, line.Delete, line.DeleteWord, line.DeleteToStart, line.DeleteToEnd,
            () => line.Move(-1), () => line.Move(2), () => line.Recall(-1), () => line.Recall(1),
        ];
        keys[key]();
    }

    private static Completer NewCompleter() => new(
        _ => Task.FromResult(ClientPalettes.All),
        (palette, _, _) => Task.FromResult<ImmutableArray<string>>(palette == "network" ? ["bridge", "isolated_nw"] : ["container1", "container2"]));

    private static async Task<(int Code, string Output, string Error)> ScriptAsync(PbmHost host, string script)
    {
        using var client = new PbmClient(host.Address);
        using var interrupts = new Interrupts();
        var terminal = new RecordingTerminal();
        var session = new Session(client, terminal, () => Stream.Null);
        var code = await new Prompt(session, terminal, new ScriptLines(new StringReader(script)), interrupts).RunAsync();
        return (code, terminal.Output, terminal.Error);
    }
}
