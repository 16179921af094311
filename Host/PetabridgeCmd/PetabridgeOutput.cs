using System.Collections.Immutable;
using System.Text;
using Akka.Actor;
using NetworkCluster.Pbm;
using Petabridge.Cmd;

namespace NetworkCluster.Commands.PetabridgeCmd;

/// <summary>Frames as lines of text, in the form of our own command line; the exit frame ends the answer. What was refused is an error there, whatever its exit code is here.</summary>
internal sealed class PetabridgeOutput(IActorRef asker) : ICommandOutput
{
    private static readonly System.Text.Json.JsonWriterOptions Pretty = new() { Indented = true, IndentSize = 4 };

    private ErrorFrame? _error;

    /// <inheritdoc/>
    public ValueTask WriteAsync(Frame frame, CancellationToken cancel)
    {
        switch (frame)
        {
            case TextFrame text: Say(text.Text); break;
            case BytesFrame bytes: Say(Encoding.UTF8.GetString(bytes.Data.Span)); break;
            case TableFrame table: Say(Drawn(table)); break;
            case DocumentFrame document: Say(JsonText.Of(document.Document.WriteTo, Pretty)); break;
            case NoticeFrame notice: Say($"Notice: {notice.Text}"); break;
            case ErrorFrame error: _error = error; break;
            case ExitFrame when _error is { } error: asker.Tell(new ErroredCommandResponse(error.Text)); break;
            case ExitFrame: asker.Tell(CommandResponse.Empty); break;
        }

        return ValueTask.CompletedTask;
    }

    private void Say(string text) => asker.Tell(new CommandResponse(text.TrimEnd('\n'), false));

    private static string Drawn(TableFrame table)
    {
        var shown = Enumerable.Range(0, table.Columns.Length).Where(column => table.Columns[column].Title is not null).ToArray();
        return PlainTable.Draw([.. shown.Select(column => table.Columns[column].Title!)], [.. table.Rows.Select(row => shown.Select(column => Lines.Shown(row[column])).ToImmutableArray())]);
    }
}
