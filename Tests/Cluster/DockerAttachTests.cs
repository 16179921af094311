using System.Net.Sockets;
using System.Text;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>Connections to a container's streams as they come over the wire, and clients that leave them.</summary>
[Trait("Category", "Kernel")]
public sealed class DockerAttachTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly HostUnderTest _host = new("dat");

    private DockerCommandLine Client => new(_host.DockerSocket);

    public async Task InitializeAsync()
    {
        await _host.StartAsync();
        Client.Done("run -di --name says busybox sh -c 'echo o; echo e >&2; cat'");
        Client.RunIn("until docker logs says | grep -q e; do :; done");
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [KernelFact]
    public async Task What_is_not_asked_for_does_not_come_and_without_stream_it_ends()
    {
        foreach (var (query, heard) in ((string, string)[])[("logs=1&stdout=1&stderr=1", "o\ne\n"), ("logs=1&stderr=1", ""), ("logs=1", ""), ("stdout=1&stderr=1", ""), ("", "")])
        {
            Assert.Equal(heard, Texts(await AllOfAsync($"POST /v1.44/containers/says/attach?{query} HTTP/1.1\r\nHost: x\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n", "101 UPGRADED")));
            // In an answer of HTTP 1.0 there are no pieces.
            Assert.Equal(heard, Texts(await AllOfAsync($"POST /v1.44/containers/says/attach?{query} HTTP/1.0\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "200 OK")));
        }
    }

    [KernelFact]
    public async Task What_is_typed_may_come_in_the_body_where_the_connection_is_not_taken_over()
    {
        await using var connection = await ConnectAsync();
        await WriteAsync(connection, "POST /containers/says/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ntyped\n\r\n");
        await UntilAsync(connection, "typed\n");
        Client.Done("rm -f says");
    }

    [KernelFact]
    public async Task Whoever_leaves_is_noticed_and_holds_nothing()
    {
        Client.Done("run -d --name mute busybox sleep 1000");
        var before = Open();
        for (var leaver = 0; leaver < 150; leaver++)
        {
            await using var connection = await ConnectAsync();
            await WriteAsync(connection, $"POST /containers/mute/attach?stream=1&{(leaver % 2 == 0 ? "stdin=1&" : "")}stdout=1&stderr=1 HTTP/1.1\r\nHost: x\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n");
            await UntilAsync(connection, "\r\n\r\n");
        }

        // The connection pools of the journal may have grown.
        await Eventually.IsSoAsync(Limit, () => Task.FromResult(Open() < before + 50));
        Assert.Equal("hi", Client.Done("run --rm busybox echo hi"));
        Client.Done("rm -f mute");
    }

    [KernelFact]
    public async Task Whoever_has_no_more_to_say_still_listens()
    {
        await using var connection = await ConnectAsync();
        await WriteAsync(connection, "POST /containers/says/attach?stream=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: x\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n");
        await UntilAsync(connection, "\r\n\r\n");
        connection.Socket.Shutdown(SocketShutdown.Send);
        // Longer than it takes to notice one who has left.
        var (late, began) = ("", TimeProvider.System.GetTimestamp());
        while (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(2.5)) late = Client.Done("ps -q");
        Assert.NotEmpty(late);
        var heard = UntilAsync(connection, "later\n");
        Client.RunIn("echo later | docker attach --sig-proxy=false says & pid=$!; until docker logs says | grep -q later; do :; done; kill -9 $pid");
        await heard;
    }

    [KernelFact]
    public async Task However_many_stay_connected_there_is_room_for_a_question()
    {
        var streams = new List<NetworkStream>();
        try
        {
            while (true)
            {
                streams.Add(await ConnectAsync());
                await WriteAsync(streams[^1], "GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
                var (head, piece) = ("", new byte[4096]);
                while (!head.Contains("\r\n\r\n", StringComparison.Ordinal)) head += Encoding.Latin1.GetString(piece, 0, await streams[^1].ReadAsync(piece));
                if (!head.StartsWith("HTTP/1.1 503", StringComparison.Ordinal)) continue;
                if (!head.Contains("192 streams", StringComparison.Ordinal)) await UntilAsync(streams[^1], "192 streams");
                break;
            }

            Assert.Equal(193, streams.Count);
            Assert.Equal("says", Client.Done("ps --format '{{.Names}}'"));
        }
        finally
        {
            foreach (var stream in streams) await stream.DisposeAsync();
        }

        await Eventually.IsSoAsync(Limit, () => Task.FromResult(Client.Run("exec says echo hi").Output == "hi\n"));
    }

    [KernelFact]
    public void A_stream_of_its_own_for_errors_is_not_there()
    {
        Assert.Equal((0, "", ""), Client.Run("run --rm -a stderr busybox sh -c 'echo o; echo e >&2'"));
        Assert.Equal((0, "o\ne\n", ""), Client.Run("run --rm -a stdout busybox sh -c 'echo o; echo e >&2'"));
    }

    private int Open() => Directory.EnumerateFileSystemEntries($"/proc/{_host.ProcessId}/fd").Count();

    private Task<NetworkStream> ConnectAsync() => UnixSocketClient.ConnectAsync(_host.DockerSocket);

    private static Task WriteAsync(Stream connection, string text) => connection.WriteAsync(Encoding.ASCII.GetBytes(text)).AsTask();

    private static async Task UntilAsync(Stream connection, string text)
    {
        using var limit = new CancellationTokenSource(Limit);
        var (heard, piece) = ("", new byte[4096]);
        while (!heard.Contains(text, StringComparison.Ordinal))
        {
            var read = await connection.ReadAsync(piece, limit.Token);
            Assert.True(read > 0, $"it ended: {heard}");
            heard += Encoding.Latin1.GetString(piece, 0, read);
        }
    }

    // Up to the end of the connection, without the head.
    private async Task<byte[]> AllOfAsync(string request, string status)
    {
        await using var connection = await ConnectAsync();
        await WriteAsync(connection, request);
        using var limit = new CancellationTokenSource(Limit);
        using var all = new MemoryStream();
        await connection.CopyToAsync(all, limit.Token);
        var answer = all.ToArray();
        var head = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.StartsWith($"HTTP/1.1 {status}", Encoding.Latin1.GetString(answer, 0, head), StringComparison.Ordinal);
        return answer[(head + 4)..];
    }

    private static string Texts(ReadOnlySpan<byte> frames)
    {
        var text = new StringBuilder();
        while (!frames.IsEmpty)
        {
            Assert.Equal(1, frames[0]);
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frames[4..]);
            text.Append(Encoding.UTF8.GetString(frames.Slice(8, length)));
            frames = frames[(8 + length)..];
        }

        return text.ToString();
    }
}
