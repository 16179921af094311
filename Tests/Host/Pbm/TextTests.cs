using System.Text.Json;
using CsCheck;
using NetworkCluster.Commands;
using NetworkCluster.Pbm;
using NetworkCluster.Tests.Host.Commands;
using Xunit;

namespace NetworkCluster.Tests.Host.Pbm;

public sealed class TextTests
{
    [Theory]
    [InlineData("network", "network", 0)]
    [InlineData("netwrok", "network", 1)]
    [InlineData("inspct", "inspect", 1)]
    [InlineData("", "ls", 2)]
    public void Distance_counts_slips_of_the_finger(string a, string b, int distance) => Assert.Equal(distance, Suggestion.Distance(a, b));

    [Fact]
    public void Distance_is_symmetric_and_zero_only_for_equal_words() =>
        Gen.Select(Gen.String[Gen.Char['a', 'd'], 0, 8], Gen.String[Gen.Char['a', 'd'], 0, 8])
            .Sample((a, b) => Suggestion.Distance(a, b) == Suggestion.Distance(b, a) && Suggestion.Distance(a, b) == 0 == (a == b));

    [Fact]
    public void A_word_that_is_far_from_all_gets_no_suggestion() => Assert.Equal("", Suggestion.For("xyz", ["network", "container"]));

    [Theory]
    [InlineData("network ls", "network|ls")]
    [InlineData("  a   b  ", "a|b")]
    [InlineData("""a 'b c' "d e" f\ g""", "a|b c|d e|f g")]
    [InlineData("""'it'"'"'s' """, "it's")]
    [InlineData("a '' b", "a||b")]
    [InlineData("a # comment", "a")]
    [InlineData("a#b", "a#b")]
    [InlineData("--format '{{json .IPAM}}'", "--format|{{json .IPAM}}")]
    [InlineData("# only a comment", "")]
    public void Lines_are_split_as_a_shell_does(string line, string words) => Assert.Equal(words, string.Join('|', ShellWords.Split(line)));

    [Fact]
    public void An_open_quote_is_refused() => Assert.Throws<UsageError>(() => ShellWords.Split("a 'b"));

    [Theory]
    [InlineData("{{.Name}}", "isolated_nw")]
    [InlineData("{{.ID}}: {{.Name}}", "06a6: isolated_nw")]
    [InlineData("{{json .IPAM}}", """{"Driver":"default"}""")]
    [InlineData("{{.IPAM.Driver}}", "default")]
    [InlineData("{{ .Internal }}\\t{{.None}}", "false\t<no value>")]
    [InlineData("plain", "plain")]
    [InlineData("{{range .List}}{{.}},{{end}}", "b,a,")]
    [InlineData("{{range $i, $v := .List}}{{$i}}={{$v}} {{end}}", "0=b 1=a ")]
    [InlineData("{{range $k, $v := .Labels}}{{$k}}={{$v}} {{end}}", "env=test team=red ")]
    [InlineData("{{range $v := .Labels}}{{$v}}{{end}}{{$.Name}}", "testredisolated_nw")]
    [InlineData("{{range .None}}x{{else}}none{{end}}", "none")]
    [InlineData("{{range .Ends}}{{.Name}} {{$.ID}};{{end}}", "one 06a6;two 06a6;")]
    [InlineData("{{len .List}} {{len .Labels}} {{len .Name}}", "2 2 11")]
    [InlineData("{{index .Labels \"env\"}}/{{index .Labels \"none\"}}/{{index .List 1}}", "test//a")]
    [InlineData("{{.Label \"team\"}}{{.Label \"none\"}}", "red")]
    [InlineData("{{if .Internal}}in{{else if .None}}no{{else}}out{{end}}", "out")]
    [InlineData("{{if and .Name (not .Internal)}}yes{{end}}", "yes")]
    [InlineData("{{if eq .IPAM.Driver \"x\" \"default\"}}same{{end}}{{if ne .ID .Name}} other{{end}}", "same other")]
    [InlineData("{{with .IPAM}}{{.Driver}}{{end}}{{with .None}}x{{else}}-{{end}}", "default-")]
    [InlineData("{{with $d := .IPAM.Driver}}{{$d}}{{end}} {{if $n := .Name}}{{$n}}{{end}}", "default isolated_nw")]
    [InlineData("{{json (printf \"ü<%s>\" .ID)}} {{json (split \"é,&\" \",\")}}", "\"ü<06a6>\" [\"é\",\"&\"]")]
    [InlineData("{{join .List \"; \"}}|{{.Name | upper | printf \"%-13s|\"}}", "b; a|ISOLATED_NW  |")]
    [InlineData("{{$n := .Name}}{{range .List}}{{$n = .}}{{end}}{{$n}} {{(index .Ends 0).Name}}", "a one")]
    [InlineData("{{$n := .Name}}{{range .List}}{{$n := .}}{{end}}{{$n}}", "isolated_nw")]
    [InlineData("{{- /* nothing */ -}} a {{- \" b\" -}}  c", "a bc")]
    [InlineData("{{index (split .Name \"_\") 1}} {{title .ID}} {{truncate .Name 3}} {{println 1 true nil}}", "nw 06a6 iso 1 true <no value>\n")]
    [InlineData("{{.IPAM.Nope}} {{json .List}} {{json .Name}} {{.Count}} {{.Ends}}", "<no value> [\"b\",\"a\"] \"isolated_nw\" 3 [{\"Name\":\"one\"},{\"Name\":\"two\"}]")]
    public void Templates_print_fields(string template, string printed) => Assert.Equal(printed, new Template(template).Apply(Example));

    [Theory]
    [InlineData("{{.Nope}}")]
    [InlineData("{{.Nope.More}}")]
    [InlineData("{{$.Nope}}")]
    [InlineData("{{.Name.More}}")]
    [InlineData("{{.Name")]
    [InlineData("{{}}")]
    [InlineData("{{end}}")]
    [InlineData("{{if .Name}}x")]
    [InlineData("{{range .IPAM}}x{{else}}")]
    [InlineData("{{range .Name}}x{{end}}")]
    [InlineData("{{nope .Name}}")]
    [InlineData("{{.Name | nope}}")]
    [InlineData("{{len}}")]
    [InlineData("{{len 5}}")]
    [InlineData("{{index .List 9}}")]
    [InlineData("{{.Name .ID}}")]
    [InlineData("{{(.Name}}")]
    [InlineData("{{$x}}")]
    [InlineData("{{$x = 1}}")]
    [InlineData("{{printf \"%s %s\" .Name}}")]
    [InlineData("{{eq .IPAM .IPAM}}")]
    [InlineData("{{\"a}}")]
    public void Templates_refuse_what_they_do_not_know(string template) => Assert.Throws<UsageError>(() => new Template(template).Apply(Example));

    [Theory]
    [InlineData("web-1 ü 🙂", "web-1 ü 🙂")]
    [InlineData("a\u001b[31mb", "a\\u001b[31mb")]
    [InlineData("/bin/x\u001b[2J\nFAKE", "/bin/x\\u001b[2J\\u000aFAKE")]
    [InlineData("\u202egnp.exe\u2066", "\\u202egnp.exe\\u2066")]
    public void What_would_command_a_terminal_is_written_out(string text, string shown) => Assert.Equal(shown, Lines.Shown(text));

    [Fact]
    public void Lines_of_a_text_stay_lines() => Assert.Equal("one\n\ttwo\\u0007", Lines.Shown("one\n\ttwo\u0007", allowed: "\n\t"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("table {{.Name}}\t{{.Command}}")]
    public async Task Tables_and_errors_command_no_terminal_and_a_pipe_gets_a_line_as_it_is(string? format)
    {
        const string Esc = "\u001b[2J";
        var terminal = new RecordingTerminal();
        Assert.Equal(1, await new FramePrinter(terminal, new(Format: format)).PrintAsync(FramesAsync()));
        Assert.Equal($"{Esc}\nNAME         COMMAND\nn\\u001b[2J   c\\u001b[2J\\u000aFAKE\n", terminal.Output);
        Assert.Equal("Error: \\u001b[2J\n", terminal.Error);

        static async IAsyncEnumerable<Frame> FramesAsync()
        {
            await Task.CompletedTask;
            yield return new TextFrame(Esc);
            yield return new TableFrame([new("Name", "NAME"), new("Command", "COMMAND")], [[$"n{Esc}", $"c{Esc}\nFAKE"]]);
            yield return new ErrorFrame("Usage", Esc);
            yield return new ExitFrame(1);
        }
    }

    [Theory]
    [InlineData(false, "\n")]
    [InlineData(true, "")]
    public async Task A_program_has_no_screen_to_be_cleared(bool json, string printed)
    {
        var terminal = new RecordingTerminal();
        await new FramePrinter(terminal, new(Json: json)).PrintAsync(FramesAsync());
        Assert.Equal(printed, terminal.Output);

        static async IAsyncEnumerable<Frame> FramesAsync()
        {
            await Task.CompletedTask;
            yield return new ClearFrame();
            yield return new ExitFrame(0);
        }
    }

    [Theory]
    [InlineData("127.0.0.1:9110", "127.0.0.1", 9110)]
    [InlineData("host-1.example:80", "host-1.example", 80)]
    [InlineData("[::1]:9110", "[::1]", 9110)]
    public void Addresses_have_a_port(string text, string name, int port)
    {
        Assert.True(HostAddress.TryParse(text, out var address));
        Assert.Equal(new HostAddress(name, port), address);
    }

    [Theory]
    [InlineData("network")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("::1:9110")]
    [InlineData(":9110")]
    [InlineData("a b:1")]
    public void Other_words_are_no_addresses(string text) => Assert.False(HostAddress.TryParse(text, out _));

    [Fact]
    public void A_table_looks_like_dockers() => Assert.Equal(
        "NETWORK ID     NAME             DRIVER    SCOPE\n0446e0595238   bridge           bridge    local\n0348ce201ee0   simple-network   bridge    local\n",
        PlainTable.Draw(["NETWORK ID", "NAME", "DRIVER", "SCOPE"], [["0446e0595238", "bridge", "bridge", "local"], ["0348ce201ee0", "simple-network", "bridge", "local"]]));

    [Fact]
    public void An_empty_table_still_has_its_heading() => Assert.Equal("NETWORK ID   NAME\n", PlainTable.Draw(["NETWORK ID", "NAME"], []));

    private static JsonElement Example => JsonDocument.Parse("""{"Name":"isolated_nw","ID":"06a6","IPAM":{"Driver":"default"},"Internal":false,"None":null,"List":["b","a"],"Labels":{"team":"red","env":"test"},"Ends":[{"Name":"one"},{"Name":"two"}],"Count":3}""").RootElement;
}
