using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using NetworkCluster.Commands;

namespace NetworkCluster.Pbm;

/// <summary>Prints the frames of one answer. Bytes of a process pass unchanged.</summary>
internal sealed class FramePrinter(ITerminal terminal, ViewOptions view)
{
    private static readonly JsonWriterOptions Pretty = new()
    {
        Indented = true,
        IndentSize = 4,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private const string Table = "table";

    private readonly bool _isJson = view.Format == "json";
    // Somebody asks for a form: what is for people alone is left out.
    private readonly bool _isFormed = view.Json || view.Format is not (null or "" or Table);
    private readonly bool _hasHeadings = UnderHeadings(view.Format) is not null;
    private readonly Template? _template = view.Format is null or "" or "json" or Table ? null : new Template(UnderHeadings(view.Format) ?? view.Format);

    // The template of 'table TEMPLATE'; none in any other format.
    private static string? UnderHeadings(string? format) =>
        format is not null && format.StartsWith($"{Table} ", StringComparison.Ordinal) ? format[(Table.Length + 1)..] : null;

    /// <summary>Prints all frames.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="UnreachableException">The answer was cut off.</exception>
    public async Task<int> PrintAsync(IAsyncEnumerable<Frame> frames)
    {
        await foreach (var frame in frames)
        {
            if (frame is ExitFrame exit) return exit.Code;
            Print(frame);
        }

        throw new UnreachableException("the host ended the answer early: the outcome is unknown");
    }

    private void Print(Frame frame)
    {
        switch (frame)
        {
            case TextFrame { IsHeading: true } when _isFormed: break;
            case TextFrame { Document: { } document } when _isFormed: PrintLine(document); break;
            case ClearFrame when view.Json: break;
            case ClearFrame: terminal.Clear(); break;
            case TextFrame text: terminal.WriteLine(view.Json ? JsonText.Of(w => w.WriteStringValue(text.Text)) : text.Text); break;
            case BytesFrame bytes: terminal.WriteBytes(bytes.Data.Span, bytes.IsError); break;
            case TableFrame table: PrintTable(table); break;
            case DocumentFrame document: PrintDocument(document.Document); break;
            case NoticeFrame notice: terminal.WriteError(view.Json ? JsonLine(("notice", notice.Text)) : $"Notice: {Lines.One(notice.Text)}"); break;
            case ErrorFrame error: terminal.WriteError(view.Json ? JsonLine(("error", error.Text), ("kind", error.Kind)) : $"Error: {Lines.One(error.Text)}"); break;
        }
    }

    private void PrintTable(TableFrame table)
    {
        if (_isFormed)
        {
            var rows = table.Rows.Select(row => Row(table.Columns, row)).ToList();
            if (_hasHeadings) PrintColumns(table.Columns, rows);
            // Docker's --format json is an object on each line; --json is one value for all.
            else if (_isJson) foreach (var row in rows) terminal.WriteLine(row.GetRawText());
            else if (_template is null) terminal.WriteLine(JsonText.Of(w => { w.WriteStartArray(); rows.ForEach(r => r.WriteTo(w)); w.WriteEndArray(); }));
            else foreach (var row in rows) terminal.WriteLine(_template.Apply(row));
            return;
        }

        var shown = Enumerable.Range(0, table.Columns.Length).Where(i => table.Columns[i].Title is not null).ToArray();
        Draw([.. shown.Select(i => table.Columns[i].Title!)], table.Rows.Select(row => shown.Select(i => row[i])));
    }

    // The template's own columns, tab by tab, under the headings of the fields in them.
    private void PrintColumns(ImmutableArray<TableColumn> columns, List<JsonElement> rows)
    {
        var headings = Row(columns, [.. columns.Select(column => column.Title ?? column.Key.ToUpperInvariant())]);
        Draw([.. Cells(headings)], rows.Select(Cells));

        IEnumerable<string> Cells(JsonElement row) => _template!.Apply(row).Split('\t');
    }

    private void Draw(ImmutableArray<string> titles, IEnumerable<IEnumerable<string>> rows) =>
        terminal.WriteTable(titles, [.. rows.Select(row => row.Select(cell => Lines.Shown(cell)).ToImmutableArray())]);

    // One of many: on a line of its own.
    private void PrintLine(JsonElement document) => terminal.WriteLine(_template?.Apply(document) ?? JsonText.Of(document.WriteTo));

    private void PrintDocument(JsonElement document)
    {
        if (_template is null) terminal.WriteLine(JsonText.Of(document.WriteTo, view.Json || _isJson ? default : Pretty));
        else if (document.ValueKind == JsonValueKind.Array) foreach (var item in document.EnumerateArray()) terminal.WriteLine(_template.Apply(item));
        else terminal.WriteLine(_template.Apply(document));
    }

    private static JsonElement Row(ImmutableArray<TableColumn> columns, ImmutableArray<string> cells) => JsonText.Element(w =>
    {
        w.WriteStartObject();
        for (var i = 0; i < columns.Length; i++) w.WriteString(columns[i].Key, cells[i]);
        w.WriteEndObject();
    });

    private static string JsonLine(params ReadOnlySpan<(string Name, string Text)> fields)
    {
        var line = new System.Text.Json.Nodes.JsonObject();
        foreach (var (name, text) in fields) line.Add(name, text);
        return JsonText.Of(writer => line.WriteTo(writer));
    }
}
