using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace NetworkCluster.Dns;

/// <summary>
/// One thread that serves the UDP queries of all sandboxes: waits for any socket, takes a batch, answers it, sends it, in three system
/// calls. Nothing on it blocks or allocates, except that a query for the servers above is copied and handed to the pool.
/// <para>Its own epoll instead of <c>Socket.ReceiveFromAsync</c>: that is quick only with DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1, which
/// holds for the whole process and would run database and cluster continuations on the socket thread; and it needs a buffer per idle socket.</para>
/// <para>Sockets take turns (level-triggered, at most one batch each), so a flood from one sandbox delays the others by one batch.</para>
/// </summary>
internal sealed unsafe class UdpLoop : IDisposable
{
    private const int MaxEvents = 64;
    private const ulong WakeToken = 0;
    private readonly ConcurrentDictionary<ulong, SandboxServer> _servers = new();
    private readonly DnsResponder _responder;
    private readonly DnsCounters _counters;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly int _poll;
    private readonly int _wake;
    private ulong _lastToken = WakeToken;
    private volatile bool _stopping;

    public UdpLoop(DnsResponder responder, DnsCounters counters, ILogger logger)
    {
        (_responder, _counters, _logger) = (responder, counters, logger);
        _poll = Checked(LinuxSockets.CreatePoll(LinuxSockets.CloseOnExec), "epoll_create1");
        _wake = Checked(LinuxSockets.CreateEvent(0, LinuxSockets.CloseOnExec | LinuxSockets.NonBlocking), "eventfd");
        Control(LinuxSockets.ControlAdd, _wake, WakeToken);
        _thread = new(Run) { IsBackground = true, Name = "embedded DNS" };
        _thread.Start();
    }

    /// <summary>Serves the sandbox from now on.</summary>
    /// <returns>The token to remove it by.</returns>
    public ulong Add(SandboxServer server)
    {
        var token = Interlocked.Increment(ref _lastToken);
        _servers[token] = server;
        Control(LinuxSockets.ControlAdd, (int)server.Udp.SafeHandle.DangerousGetHandle(), token);
        return token;
    }

    /// <summary>Serves the sandbox no more. Call it before its socket is closed.</summary>
    public void Remove(ulong token)
    {
        if (_servers.TryRemove(token, out var server))
            Control(LinuxSockets.ControlDelete, (int)server.Udp.SafeHandle.DangerousGetHandle(), token);
    }

    public void Dispose()
    {
        _stopping = true;
        ulong one = 1;
        _ = LinuxSockets.Write(_wake, &one, sizeof(ulong));
        _thread.Join();
        _ = LinuxSockets.Close(_wake);
        _ = LinuxSockets.Close(_poll);
    }

    private void Run()
    {
        using var batch = new DatagramBatch();
        var size = LinuxSockets.EventSize;
        var events = stackalloc byte[MaxEvents * size];
        while (!_stopping)
        {
            var count = LinuxSockets.WaitPoll(_poll, events, MaxEvents, -1);
            if (count < 0 && Marshal.GetLastPInvokeError() != LinuxSockets.ErrorInterrupted)
                throw new Win32Exception(Marshal.GetLastPInvokeError(), "epoll_wait");
            for (var i = 0; i < count; i++)
            {
                // The token lies in the last 8 bytes in either layout.
                var token = *(ulong*)(events + ((i + 1) * size) - sizeof(ulong));
                if (_servers.TryGetValue(token, out var server)) Serve(server, batch);
            }
        }
    }

    private void Serve(SandboxServer server, DatagramBatch batch)
    {
        var held = false;
        var socket = server.Udp.SafeHandle;
        try
        {
            // Without this, Close on another thread could free the number, and the kernel give it to another socket, in the middle of a batch.
            socket.DangerousAddRef(ref held);
            var count = batch.Receive(socket);
            for (var i = 0; i < count; i++) Answer(server, batch, i);
            batch.Send(socket);
        }
        catch (ObjectDisposedException)
        {
            // Closed between the event and now.
        }
        catch (Exception error)
        {
            // One sandbox's trouble must not end the thread that serves all.
            _logger.LogError(error, "DNS queries of container {Container} were lost", server.Container.Short);
        }
        finally
        {
            if (held) socket.DangerousRelease();
        }
    }

    private void Answer(SandboxServer server, DatagramBatch batch, int index)
    {
        var query = batch.Query(index);
        var result = _responder.Answer(server.Container, query, DnsTransport.Udp, batch.NextReply, server.Above.AreInside);
        _counters.Count(result.Outcome);
        if (result.Length > 0) batch.Reply(index, result.Length);
        if (result.Outcome != DnsOutcome.Forward) return;
        var forwarded = new ForwardedQuery(query, result);
        if (!server.TryForward(forwarded, batch.Sender(index)))
            batch.Reply(index, forwarded.Fail(batch.NextReply));
    }

    private void Control(int operation, int fd, ulong token)
    {
        var change = stackalloc byte[LinuxSockets.EventSize];
        *(uint*)change = LinuxSockets.EventIn;
        *(ulong*)(change + LinuxSockets.EventSize - sizeof(ulong)) = token;
        _ = Checked(LinuxSockets.ControlPoll(_poll, operation, fd, change), "epoll_ctl");
    }

    private static int Checked(int result, string call) =>
        result >= 0 ? result : throw new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
}
