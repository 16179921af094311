using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace NetworkCluster.Operations;

/// <summary>Each line of the log is a JSON object: who says what and when, and by id what it is about. For programs that gather logs.</summary>
/// <param name="node">The host whose process speaks.</param>
/// <param name="time">The clock.</param>
internal sealed class JsonLines(string node, TimeProvider time) : ConsoleFormatter(FormatterName)
{
    /// <summary>The formatter's name.</summary>
    public const string FormatterName = "network-cluster";

    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter) =>
        textWriter.WriteLine(Line(logEntry.LogLevel, logEntry.Category, logEntry.Formatter(logEntry.State, logEntry.Exception), logEntry.Exception, logEntry.State as IEnumerable<KeyValuePair<string, object?>>));

    /// <summary>One line, without its end.</summary>
    public string Line(LogLevel level, string category, string message, Exception? cause = null, IEnumerable<KeyValuePair<string, object?>>? about = null)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", level.ToString());
            json.WriteString("category", category);
            json.WriteString("message", message);
            json.WriteString("node", node);
            if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Recorded: true } span)
            {
                json.WriteString("trace", span.TraceId.ToString());
                json.WriteString("span", span.SpanId.ToString());
            }

            foreach (var (name, value) in (about ?? []).Where(one => one.Key is not ("{OriginalFormat}" or "Message")).DistinctBy(one => NameOf(one.Key))) json.WriteString(NameOf(name), Convert.ToString(value, CultureInfo.InvariantCulture));
            if (cause is not null) json.WriteString("error", cause.ToString());
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    // As they stand in templates they begin with a capital; none may be there twice. What Akka says is the message already.
    private static string NameOf(string property) => JsonNamingPolicy.CamelCase.ConvertName(property) is var name && name is "time" or "level" or "category" or "message" or "node" or "trace" or "span" or "error" ? $"{name}_" : name;
}
