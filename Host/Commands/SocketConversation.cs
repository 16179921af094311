using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text.Json;

namespace NetworkCluster.Commands;

/// <summary>
/// A command with standard input, over one WebSocket. The client's first message (text) is the request; every binary message after it is
/// input, an empty one its end. Our messages (text) are frames, the last one is the exit frame. When the client goes away the command is cancelled.
/// </summary>
internal sealed class SocketConversation(WebSocket socket) : ICommandOutput, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Pipe _input = new();

    /// <summary>Reads the request.</summary>
    /// <returns>None when the client closed, or sent something else.</returns>
    public async Task<CommandRequest?> ReadRequestAsync(int limitBytes, CancellationToken cancel)
    {
        var buffer = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.GetMemory(4096), cancel);
            if (read.MessageType != WebSocketMessageType.Text || buffer.WrittenCount + read.Count > limitBytes) return null;
            buffer.Advance(read.Count);
            if (read.EndOfMessage) return Parse(buffer.WrittenSpan);
        }
    }

    private static CommandRequest? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, PaletteJson.Default.CommandRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The client's standard input; its end is the client's end of input.</summary>
    public Stream Input => _input.Reader.AsStream();

    /// <summary>Pumps input until the client closes or goes away; then cancels the command.</summary>
    public async Task PumpInputAsync(CancellationTokenSource command)
    {
        try
        {
            while (true)
            {
                var read = await socket.ReceiveAsync(_input.Writer.GetMemory(4096), command.Token);
                if (read.MessageType == WebSocketMessageType.Close) break;
                if (read is { Count: 0, EndOfMessage: true }) await _input.Writer.CompleteAsync();
                else await WriteInputAsync(read.Count, command.Token);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
        {
            // The client is gone or broke the rules (input after its end): the same as closing.
        }

        await command.CancelAsync();
    }

    private async Task WriteInputAsync(int count, CancellationToken cancel)
    {
        _input.Writer.Advance(count);
        await _input.Writer.FlushAsync(cancel);
    }

    public async ValueTask WriteAsync(Frame frame, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(frame, PaletteJson.Default.Frame), WebSocketMessageType.Text, endOfMessage: true, cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
