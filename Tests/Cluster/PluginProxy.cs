using System.Net.Sockets;
using System.Text;

namespace NetworkCluster.Tests.Cluster;

/// <summary>Stands between an engine and its host's plugin socket, and lets through what is said. A call that it was told of is told on, and then whoever waits for that hears of it at once.</summary>
internal sealed class PluginProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _over = new();
    private readonly string _behind;
    private readonly Task _serving;
    private (string Call, TaskCompletionSource Heard)? _awaited;

    /// <param name="front">Where the engine connects.</param>
    /// <param name="behind">Where the host listens.</param>
    public PluginProxy(string front, string behind)
    {
        _behind = behind;
        _listener.Bind(new UnixDomainSocketEndPoint(front));
        _listener.Listen();
        _serving = ServeAsync();
    }

    /// <summary>Ends when the next call of this name has been told to the host, and before its answer.</summary>
    public Task NextAsync(string call)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited = (call, heard);
        return heard.Task;
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(BetweenAsync(await _listener.AcceptAsync(_over.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task BetweenAsync(Socket engine)
    {
        using var host = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (engine)
        {
            try
            {
                await host.ConnectAsync(new UnixDomainSocketEndPoint(_behind), _over.Token);
                await Task.WhenAny(CopyAsync(engine, host, listens: true), CopyAsync(host, engine, listens: false));
            }
            catch (Exception end) when (end is SocketException or OperationCanceledException)
            {
                // As if the engine had connected to a host that is not there.
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to, bool listens)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _over.Token) is var read and > 0)
            {
                await to.SendAsync(buffer.AsMemory(0, read), _over.Token);
                if (!listens || _awaited is not { } awaited || !Encoding.ASCII.GetString(buffer, 0, Math.Min(read, 100)).Contains($".{awaited.Call} ", StringComparison.Ordinal)) continue;
                _awaited = null;
                awaited.Heard.TrySetResult();
            }
        }
        catch (Exception end) when (end is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side is told by the end of this one.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _serving;
        _listener.Dispose();
        _over.Dispose();
    }
}
