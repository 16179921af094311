using System.Diagnostics;
using NetworkCluster.Commands;
using NetworkCluster.Containers;
using NetworkCluster.Pbm;
using NetworkCluster.Tests.Cluster;
using Xunit;

namespace NetworkCluster.Tests.Host.Commands;

/// <summary>Streams of a command inside a container, all the way to the client.</summary>
public sealed class ExecTests : IAsyncLifetime
{
    private PbmHost _host = null!;

    public async Task InitializeAsync() => _host = await PbmHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Output_error_and_code_arrive_apart() =>
        Assert.Equal(new(7, "out\n", "err\n"), await _host.RunAsync("container exec container2 sh -c 'echo out; echo err >&2; exit 7'"));

    [Fact]
    public async Task A_big_output_arrives_whole()
    {
        var outcome = await _host.RunAsync("container exec container2 seq 1 1000000");
        Assert.Equal(0, outcome.Code);
        Assert.Equal(string.Concat(Enumerable.Range(1, 1_000_000).Select(i => $"{i}\n")), outcome.Output);
    }

    [Fact]
    public async Task Input_goes_in_and_its_end_too()
    {
        var input = string.Concat(Enumerable.Range(1, 100_000).Select(i => $"line {i}\n"));
        Assert.Equal(new(0, input, ""), await _host.RunAsync("container exec -i container2 cat", input));
    }

    [Fact]
    public async Task A_command_that_does_not_read_its_input_ends_all_the_same() =>
        Assert.Equal(new(3, "", ""), await _host.RunAsync("container exec -i container2 sh -c 'exit 3'", new string('x', 1_000_000)));

    [Fact]
    public async Task Without_i_there_is_no_input() => Assert.Equal(new(0, "", ""), await _host.RunAsync("container exec container2 cat", "not for you"));

    [Fact]
    public async Task An_unknown_program_is_127() => Assert.Equal(127, (await _host.RunAsync("container exec container2 no-such-program")).Code);

    [Theory]
    [InlineData("container exec container2 sh -c 'echo $$; sleep 1000 & wait'")]
    [InlineData("container exec -i container2 sh -c 'echo $$; sleep 1000 & wait'")]
    public async Task When_the_client_goes_away_the_whole_group_dies(string line)
    {
        using var client = new PbmClient(_host.Address);
        using var gone = new CancellationTokenSource();
        await using var frames = await BeginAsync(client, line, gone.Token);
        Assert.True(await frames.MoveNextAsync());
        var leader = int.Parse(System.Text.Encoding.UTF8.GetString(Assert.IsType<BytesFrame>(frames.Current).Data.Span), System.Globalization.CultureInfo.InvariantCulture);
        using var process = Process.GetProcessById(leader);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await frames.MoveNextAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("container run --name once sh -c 'echo begun; sleep 1000'", typeof(StopContainer))]
    [InlineData("container run --rm --name once sh -c 'echo begun; sleep 1000'", typeof(RemoveContainer))]
    public async Task When_the_client_of_a_run_goes_away_its_container_is_stopped_or_removed(string line, Type told)
    {
        using var client = new PbmClient(_host.Address);
        using var gone = new CancellationTokenSource();
        await using var frames = await BeginAsync(client, line, gone.Token);
        Assert.True(await frames.MoveNextAsync());
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await frames.MoveNextAsync());
        await Eventually.IsSoAsync(TimeSpan.FromSeconds(20), () => Task.FromResult(_host.Gateway.Sent.ToArray()[^1].GetType() == told));
    }

    private static async Task<IAsyncEnumerator<Frame>> BeginAsync(PbmClient client, string line, CancellationToken gone)
    {
        var words = ShellWords.Split(line);
        var palette = (await client.PalettesAsync(gone)).Single(p => p.Name == words[0]);
        var call = new CommandLine(palette, palette.Commands.Single(c => c.Name == words[1])).Parse([.. words.Skip(2)], new())!;
        return client.RunAsync(call, call.Input is null ? null : new NeverEndingStream(), gone).GetAsyncEnumerator(gone);
    }

    /// <summary>A terminal at which nobody types.</summary>
    private sealed class NeverEndingStream : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
