using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace NetworkCluster.Commands;

/// <summary>Where a command writes its answer. Frames may be written by several tasks at once; a slow reader slows the writers down.</summary>
internal interface ICommandOutput
{
    /// <summary>Writes one frame and flushes it.</summary>
    ValueTask WriteAsync(Frame frame, CancellationToken cancel);
}

/// <summary>The frames that handlers write most.</summary>
internal static class CommandOutputExtensions
{
    /// <summary>Writes one line.</summary>
    public static ValueTask LineAsync(this ICommandOutput output, string text, CancellationToken cancel) => output.WriteAsync(new TextFrame(text), cancel);

    /// <summary>Writes a table.</summary>
    public static ValueTask TableAsync(
        this ICommandOutput output, ImmutableArray<TableColumn> columns, IEnumerable<ImmutableArray<string>> rows, CancellationToken cancel) =>
        output.WriteAsync(new TableFrame(columns, [.. rows]), cancel);

    /// <summary>Writes a value as a JSON document.</summary>
    public static ValueTask DocumentAsync<T>(this ICommandOutput output, T value, JsonTypeInfo<T> type, CancellationToken cancel) =>
        output.WriteAsync(new DocumentFrame(JsonSerializer.SerializeToElement(value, type)), cancel);

    /// <summary>Writes a refusal.</summary>
    public static ValueTask ErrorAsync(this ICommandOutput output, string kind, string text, CancellationToken cancel) =>
        output.WriteAsync(new ErrorFrame(kind, text), cancel);
}
