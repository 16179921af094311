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
    private const int PieceBytes = 16 * 1024;
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
            var message = 0L;
            while (true)
            {
                var read = await socket.ReceiveAsync(_input.Writer.GetMemory(PieceBytes), command.Token);
                if (read.MessageType == WebSocketMessageType.Close) break;
                message += read.Count;
                _input.Writer.Advance(read.Count);
                await _input.Writer.FlushAsync(command.Token);
                if (!read.EndOfMessage) continue;
                if (message == 0) break;
                message = 0;
            }

            await _input.Writer.CompleteAsync();
            await WaitForCloseAsync(command.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // The client is gone: the same as closing.
        }

        await command.CancelAsync();
    }

    /// <summary>After the end of input nothing but the close may come: a client that goes on sending is as good as gone.</summary>
    private async Task WaitForCloseAsync(CancellationToken cancel)
    {
        if (socket.State == WebSocketState.Open) await socket.ReceiveAsync(new byte[1].AsMemory(), cancel);
    }

    /// <summary>
    /// Ends the conversation in good form: says so, then lets the client read to the end and close. Cancelling the pump any earlier would reset the
    /// connection and with it what the client has not read yet.
    /// </summary>
    /// <param name="pump">What <see cref="PumpInputAsync"/> returned; input that nobody reads any more is thrown away meanwhile.</param>
    /// <param name="patience">How long the client may take.</param>
    public async Task EndAsync(Task pump, TimeSpan patience)
    {
        await _input.Reader.CompleteAsync();
        await CloseAsync(WebSocketCloseStatus.NormalClosure, CancellationToken.None);
        await Task.WhenAny(pump, Task.Delay(patience));
    }

    /// <summary>Says that nothing more comes, if the client is still there.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, CancellationToken cancel)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(status, null, cancel);
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
