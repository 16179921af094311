using System.Collections.Immutable;
using System.Text;
using Spectre.Console;

namespace NetworkCluster.Pbm;

/// <summary>The process's own standard streams. Tables are Docker's bare columns in a pipe, drawn with lines and colour on a terminal.</summary>
internal sealed class SystemTerminal : ITerminal, IDisposable
{
    private readonly Stream _out = Console.OpenStandardOutput();
    private readonly Stream _error = Console.OpenStandardError();
    private readonly bool _rich;

    public SystemTerminal(bool noColor) =>
        _rich = !noColor && !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public void WriteLine(string line) => Write(_out, $"{line}\n");

    public void WriteError(string line) => Write(_error, $"{line}\n");

    public void WriteBytes(ReadOnlySpan<byte> bytes, bool isError)
    {
        var stream = isError ? _error : _out;
        stream.Write(bytes);
        stream.Flush();
    }

    public void WriteTable(ImmutableArray<string> titles, ImmutableArray<ImmutableArray<string>> rows)
    {
        if (_rich) WriteRich(titles, rows);
        else Write(_out, PlainTable.Draw(titles, rows));
    }

    private static void WriteRich(ImmutableArray<string> titles, ImmutableArray<ImmutableArray<string>> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        foreach (var title in titles) table.AddColumn(new TableColumn(new Markup(Markup.Escape(title), new Style(decoration: Decoration.Bold))).NoWrap());
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(cell)));
        AnsiConsole.Write(table);
    }

    private static void Write(Stream stream, string text)
    {
        stream.Write(Encoding.UTF8.GetBytes(text));
        stream.Flush();
    }

    public void Dispose()
    {
        _out.Dispose();
        _error.Dispose();
    }
}
