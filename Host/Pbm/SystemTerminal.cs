using System.Collections.Immutable;
using System.Text;
using Spectre.Console;

namespace NetworkCluster.Pbm;

/// <summary>The process's own standard streams. Tables are Docker's bare columns in a pipe, drawn with lines and colour on a terminal.</summary>
internal sealed class SystemTerminal : ITerminal
{
    private readonly bool _rich;
    private readonly bool _isTerminal = !Console.IsOutputRedirected;
    private CancellationTokenSource? _unread;

    public SystemTerminal(bool noColor) =>
        _rich = !noColor && _isTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public CancellationToken Unread => _isTerminal ? CancellationToken.None : (_unread ??= WatchReader()).Token;

    // Another program gets it as it is.
    public void WriteLine(string line) => Write($"{(_isTerminal ? Lines.Shown(line, allowed: "\n\t") : line)}\n", isError: false);

    public void WriteError(string line)
    {
        try
        {
            Write($"{line}\n", isError: true);
        }
        catch (OutputLostException)
        {
            // There is nowhere to say so; the exit code does.
        }
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes, bool isError)
    {
        try
        {
            StandardStream.Write(isError ? StandardStream.Error : StandardStream.Output, bytes);
        }
        catch (IOException cause)
        {
            throw new OutputLostException(cause);
        }
    }

    public void WriteTable(ImmutableArray<string> titles, ImmutableArray<ImmutableArray<string>> rows)
    {
        // A single column (-q) is a list for scripts. What is wider than the terminal is not cut: columns would go without a word.
        if (_rich && titles.Length > 1 && WidthOf(titles, rows) <= AnsiConsole.Profile.Width) WriteRich(titles, rows);
        else Write(PlainTable.Draw(titles, rows), isError: false);
    }

    // To the top left, and everything from there on away.
    public void Clear() => Write(_isTerminal ? "\e[H\e[J" : "\n", isError: false);

    // What is over within a second ends by itself, with its own exit code: `pbm ... | head -1` is no failure.
    private static CancellationTokenSource WatchReader()
    {
        var unread = new CancellationTokenSource();
        new Thread(Watch, 128 * 1024) { Name = "output", IsBackground = true }.Start();
        return unread;

        void Watch()
        {
            if (StandardStream.AwaitUnread(StandardStream.Output)) unread.CancelAfter(TimeSpan.FromSeconds(1));
        }
    }

    // With a frame around each cell.
    private static int WidthOf(ImmutableArray<string> titles, ImmutableArray<ImmutableArray<string>> rows) =>
        titles.Select((title, column) => rows.Select(row => row[column]).Prepend(title).Max(cell => cell.Length) + 3).Sum() + 1;

    private static void WriteRich(ImmutableArray<string> titles, ImmutableArray<ImmutableArray<string>> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        foreach (var title in titles) table.AddColumn(new TableColumn(new Markup(Markup.Escape(title), new Style(decoration: Decoration.Bold))).NoWrap());
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(cell)));
        AnsiConsole.Write(table);
    }

    private void Write(string text, bool isError) => WriteBytes(Encoding.UTF8.GetBytes(text), isError);
}
