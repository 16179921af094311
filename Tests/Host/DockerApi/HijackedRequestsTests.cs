using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using NetworkCluster.Commands;
using NetworkCluster.DockerApi;
using Xunit;

namespace NetworkCluster.Tests.Host.DockerApi;

public sealed class HijackedRequestsTests
{
    [Theory]
    [InlineData("POST /exec/1/sta")]
    [InlineData("POST /exec/1/start HTTP/1.1\r\nUpgrade: tcp\r\nContent-Length: 10\r\n\r\n{")]
    public async Task Half_a_request_holds_its_connection_until_the_limit_and_no_longer(string half)
    {
        var (time, seen) = (new StoppedTime(), false);
        var (client, serving) = Connected(new HijackedRequests(time) { Serve = _ => Task.CompletedTask }, () => seen = true);
        await client.Output.WriteAsync(Encoding.ASCII.GetBytes(half));
        Assert.Equal(PbmServer.SilenceLimit, time.Due);
        Assert.False(serving.IsCompleted);
        time.Fire();
        await serving;
        Assert.False(seen);
    }

    [Theory]
    [InlineData("\r\n", "\r\n")]
    [InlineData("\r\n", "\n")] // as Docker.DotNet ends its last line
    [InlineData("\n", "\n")]
    public async Task A_whole_one_is_served_here_and_another_by_the_server(string end, string last)
    {
        var (served, seen) = ("", false);
        var hijacked = new HijackedRequests(TimeProvider.System)
        {
            Serve = request =>
            {
                served = $"{request.Path} {Encoding.ASCII.GetString(request.Body)}";
                return Task.CompletedTask;
            },
        };
        var (client, serving) = Connected(hijacked, () => seen = true);
        foreach (var piece in Encoding.ASCII.GetBytes($"POST /exec/1/start?a=b HTTP/1.1{end}Upgrade: tcp{end}Content-Length: 2{last}{end}{{}}")) await client.Output.WriteAsync(new[] { piece });
        await serving;
        Assert.Equal(("/exec/1/start {}", false), (served, seen));

        (client, serving) = Connected(hijacked, () => seen = true);
        foreach (var piece in Encoding.ASCII.GetBytes($"GET /_ping HTTP/1.1{last}{end}")) await client.Output.WriteAsync(new[] { piece });
        await serving;
        Assert.True(seen);
    }

    private static (IDuplexPipe Client, Task Serving) Connected(HijackedRequests hijacked, Action passedOn)
    {
        var (there, back) = (new Pipe(), new Pipe());
        var (server, client) = (new Duplex(there.Reader, back.Writer), new Duplex(back.Reader, there.Writer));
        return (client, hijacked.RunAsync(new DefaultConnectionContext("1", server, client), _ =>
        {
            passedOn();
            return Task.CompletedTask;
        }));
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>A clock whose only timer fires when it is told to.</summary>
    private sealed class StoppedTime : TimeProvider
    {
        private TimerCallback? _callback;
        private object? _state;

        public TimeSpan Due { get; private set; }

        public void Fire() => _callback!(_state);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_callback, _state, Due) = (callback, state, dueTime);
            return new Nothing();
        }

        private sealed class Nothing : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
