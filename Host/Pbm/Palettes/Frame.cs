using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NetworkCluster.Commands;

/// <summary>
/// One line of an answer (or one WebSocket message). An answer is any number of frames and then exactly one <see cref="ExitFrame"/>;
/// an answer without it was cut off, and its outcome is unknown.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "frame")]
[JsonDerivedType(typeof(TextFrame), "text")]
[JsonDerivedType(typeof(BytesFrame), "bytes")]
[JsonDerivedType(typeof(TableFrame), "table")]
[JsonDerivedType(typeof(DocumentFrame), "json")]
[JsonDerivedType(typeof(ClearFrame), "clear")]
[JsonDerivedType(typeof(NoticeFrame), "notice")]
[JsonDerivedType(typeof(ErrorFrame), "error")]
[JsonDerivedType(typeof(ExitFrame), "exit")]
public abstract record Frame;

/// <summary>One line for standard output, without its line end.</summary>
/// <param name="Text">The line.</param>
/// <param name="IsHeading">For people only: left out where a form is asked for.</param>
public sealed record TextFrame(string Text, bool IsHeading = false) : Frame
{
    /// <summary>What is printed in its place where a form is asked for (<c>--json</c>, <c>--format</c>); none: the line.</summary>
    public JsonElement? Document { get; init; }
}

/// <summary>A piece of a process's own output, base64 on the wire: it may break anywhere, even inside a character.</summary>
/// <param name="Data">At most 32 KiB.</param>
/// <param name="IsError">Standard error rather than standard output.</param>
public sealed record BytesFrame(ReadOnlyMemory<byte> Data, bool IsError = false) : Frame;

/// <summary>A table.</summary>
/// <param name="Columns">The columns in order.</param>
/// <param name="Rows">The cells, as many in each row as there are columns.</param>
public sealed record TableFrame(ImmutableArray<TableColumn> Columns, ImmutableArray<ImmutableArray<string>> Rows) : Frame;

/// <summary>A column.</summary>
/// <param name="Key">The name in <c>--format</c> and <c>--json</c>, for example <c>ID</c>.</param>
/// <param name="Title">The heading, for example <c>NETWORK ID</c>; none: the column is there for <c>--format</c> and <c>--json</c> only.</param>
public sealed record TableColumn(string Key, string? Title = null);

/// <summary>A JSON document.</summary>
/// <param name="Document">Printed with four spaces of indentation.</param>
public sealed record DocumentFrame(JsonElement Document) : Frame;

/// <summary>What follows takes the place of what was shown: on a terminal, of its whole screen; elsewhere an empty line stands between the two.</summary>
public sealed record ClearFrame : Frame;

/// <summary>Something that whoever reads the answer has to know about it; one line for standard error.</summary>
/// <param name="Text">One line for people.</param>
public sealed record NoticeFrame(string Text) : Frame;

/// <summary>Something went wrong; one line for standard error.</summary>
/// <param name="Kind">Which rule refused, for programs: <c>PoolOverlap</c>, <c>Usage</c>, <c>Fault</c>.</param>
/// <param name="Text">One line for people.</param>
public sealed record ErrorFrame(string Kind, string Text) : Frame;

/// <summary>The end of the answer.</summary>
/// <param name="Code">See <see cref="ExitCodes"/>, or the command's own code.</param>
public sealed record ExitFrame(int Code) : Frame;
