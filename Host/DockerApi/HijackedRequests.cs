using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.WebUtilities;
using NetworkCluster.Access;
using NetworkCluster.Commands;

namespace NetworkCluster.DockerApi;

/// <summary>A request that takes its connection over.</summary>
/// <param name="Path">Without query, escaped as it came.</param>
/// <param name="Query">Its query.</param>
/// <param name="Body">What came with it.</param>
/// <param name="Connection">What is left of the connection.</param>
internal sealed record HijackedRequest(string Path, IQueryCollection Query, byte[] Body, IDuplexPipe Connection)
{
    /// <summary>Cancelled when the client has left the connection.</summary>
    public CancellationToken Gone { get; init; }

    /// <summary>The body as JSON.</summary>
    /// <exception cref="DockerRefusedException">It is something else.</exception>
    public T Read<T>(JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new UsageException("invalid JSON: the body is not what is wanted");
        }
    }

    /// <summary>Says that the connection is the command's from now on.</summary>
    public async Task<(Stream Input, Stream Output)> TakeAsync(bool raw)
    {
        await AnswerAsync(Connection.Output, $"HTTP/1.1 101 UPGRADED\r\nContent-Type: {RawStreams.TypeOf(raw)}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
        return (Connection.Input.AsStream(leaveOpen: true), Connection.Output.AsStream(leaveOpen: true));
    }

    /// <summary>Writes what is to be sent as it is.</summary>
    public static async Task AnswerAsync(PipeWriter output, string text) => await output.WriteAsync(Encoding.UTF8.GetBytes(text));
}

/// <summary>
/// Docker's clients take a connection over with a request that has a body and <c>Upgrade: tcp</c>, and close their half of it when they have no more input. HTTP servers can do neither: so
/// such a request, always the first of its connection, is served here, before the server sees the connection.
/// </summary>
internal sealed class HijackedRequests(TimeProvider time)
{
    private const int HeadLimitBytes = 16 * 1024, BodyLimitBytes = 8 * 1024;

    /// <summary>Serves one; whatever it refuses is answered. None: not yet.</summary>
    public Func<HijackedRequest, Task>? Serve { get; set; }

    /// <summary>Serves the connection, here or as before.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        HijackedRequest? request;
        try
        {
            // The server's own limit begins only when it sees the connection.
            using var limit = new CancellationTokenSource(PbmServer.SilenceLimit, time);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionClosed);
            request = await FirstAsync(connection.Transport, over.Token);
        }
        catch (Exception left) when (left is OperationCanceledException or ConnectionResetException)
        {
            return;
        }

        if (Serve is not { } serve || request is null)
        {
            await next(connection);
            return;
        }

        try
        {
            if (connection.Features.Get<Caller>()?.WhyNot($"POST {DockerVersion.Strip(request.Path).Path}", changes: true) is { } why) throw new DockerRefusedException(StatusCodes.Status403Forbidden, why);
            using var watch = new ClientWatch(connection, time);
            await serve(request with { Gone = watch.Gone });
        }
        catch (Exception cause) when (DockerAnswers.StatusOf(cause) is { } status)
        {
            var body = JsonSerializer.Serialize(new MessageDocument(cause.Message), DockerJson.Plain.MessageDocument);
            await HijackedRequest.AnswerAsync(connection.Transport.Output, $"HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");
        }

        await connection.Transport.Output.CompleteAsync();
    }

    private static async Task<HijackedRequest?> FirstAsync(IDuplexPipe connection, CancellationToken cancel)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync(cancel);
            var bytes = read.Buffer.ToArray();
            var from = EndOfHead(bytes);
            var lines = from < 0 ? [] : Encoding.Latin1.GetString(bytes, 0, from).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var size = Size(lines);
            var whole = from >= 0 && (size < 0 || bytes.Length >= from + size);
            if (!whole && !read.IsCompleted && bytes.Length <= HeadLimitBytes + BodyLimitBytes)
            {
                connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            if (!whole || size < 0)
            {
                connection.Input.AdvanceTo(read.Buffer.Start);
                return null;
            }

            connection.Input.AdvanceTo(read.Buffer.GetPosition(from + size));
            var (path, query) = lines[0].Split(' ')[1].Split('?', 2) is [var before, var behind] ? (before, behind) : (lines[0].Split(' ')[1], "");
            return new(path, new QueryCollection(QueryHelpers.ParseQuery(query)), bytes[from..(from + size)], connection);
        }
    }

    // Behind the first empty line; -1: there is none yet. Docker.DotNet ends the last line before it with a line feed alone.
    private static int EndOfHead(ReadOnlySpan<byte> bytes)
    {
        for (var i = bytes.IndexOf((byte)'\n'); i >= 0 && i + 1 < bytes.Length;)
        {
            var next = i + (bytes[i + 1] == '\r' ? 2 : 1);
            if (next >= bytes.Length) return -1;
            if (bytes[next] == '\n') return next + 1;
            var further = bytes[next..].IndexOf((byte)'\n');
            if (further < 0) return -1;
            i = next + further;
        }

        return -1;
    }

    /// <summary>The length of its body; -1: it is not one of these.</summary>
    private static int Size(string[] lines)
    {
        var fields = lines.Skip(1).Select(line => line.Split(':', 2)).Where(field => field.Length == 2).Select(field => (Name: field[0].Trim(), Value: field[1].Trim())).ToList();
        if (lines is not [var first, ..] || !first.StartsWith("POST ", StringComparison.Ordinal) || first.Split(' ').Length != 3) return -1;
        if (!fields.Any(field => field.Name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase) && field.Value.Equals("tcp", StringComparison.OrdinalIgnoreCase))) return -1;
        var length = fields.FirstOrDefault(field => field.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Value;
        return length is null ? 0 : int.TryParse(length, out var size) && size is >= 0 and <= BodyLimitBytes ? size : -1;
    }
}
