using System.IO.Pipelines;
using System.Text;
using NetworkCluster.Linux;
using Xunit;

namespace NetworkCluster.Tests.Host.Linux;

public sealed class CommandTerminalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("terminal").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_command_has_a_terminal_of_the_size_it_was_given_and_of_every_later_one()
    {
        var terminal = new CommandTerminal(new(33, 99));
        Assert.False(terminal.Resize(new(1, 1)));
        var talk = new Talk();
        var exec = ExecAsync(talk, terminal, "sh", "-c", "tty; stty size; echo $TERM; trap 'stty size; exit 7' WINCH; echo ready; while :; do sleep 0.05; done");
        await talk.UntilAsync("ready\r\n");
        Assert.Matches("^/dev/pts/\\d+\r\n33 99\r\nxterm\r\n", talk.Output);
        Assert.True(terminal.Resize(new(40, 120)));
        await talk.UntilAsync("40 120\r\n");
        Assert.Equal(7, await exec);
        Assert.False(terminal.Resize(new(1, 1)));
    }

    [Fact]
    public async Task What_is_typed_is_echoed_a_key_interrupts_and_the_end_of_the_input_ends_it()
    {
        var talk = new Talk();
        var exec = ExecAsync(talk, new(), "sh", "-c", "trap 'echo interrupted' INT; echo ready; cat; echo it\\'s \"$1\"; cat", "sh", "a 'b' $HOME\nc");
        await talk.UntilAsync("ready\r\n");
        await talk.TypeAsync("words\n");
        await talk.UntilAsync("words\r\nwords\r\n");
        await talk.TypeAsync("\x03");
        await talk.UntilAsync("interrupted\r\nit's a 'b' $HOME\r\nc\r\n");
        talk.End();
        Assert.Equal(0, await exec);
    }

    [Theory]
    [InlineData("exit 42", 42)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -TERM $$", 143)]
    public async Task The_exit_code_is_the_commands_own(string script, int code) => Assert.Equal(code, await ExecAsync(new Talk(), new(), "sh", "-c", script));

    [Fact]
    public async Task Nobody_types_where_no_input_was_asked_for_and_cancelled_it_is_dead_even_if_it_does_not_want_to_hang_up()
    {
        using var cancel = new CancellationTokenSource();
        var talk = new Talk();
        var exec = SandboxProcesses.ExecAsync(null, new() { Command = ["sh", "-c", "trap '' HUP TERM; echo $$ ready; cat"], Terminal = new() }, talk, cancel.Token);
        await talk.UntilAsync("ready\r\n");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => exec);
        await Cluster.Eventually.IsSoAsync(TimeSpan.FromSeconds(10), () => Task.FromResult(!Directory.Exists($"/proc/{talk.Output.Split(' ')[0]}")));
    }

    [Fact]
    public async Task A_main_command_keeps_its_terminal_when_its_host_is_another_and_is_asked_to_end_itself()
    {
        var main = new SandboxProcesses(_folder).Main("c1");
        Assert.False(main.Resize(new(1, 1)));
        await main.StartAsync(null, new() { Command = ["sh", "-c", "trap 'echo asked; exit 5' TERM; trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done"], Terminal = new() }, CancellationToken.None);
        await LogAsync(main, "ready\r\n");
        // Nothing of the process that started it is needed.
        var later = new SandboxProcesses(_folder).Main("c1");
        Assert.True(later.Resize(new(50, 60)));
        await LogAsync(later, "50 60\r\n");
        Assert.Equal(new MainProcessStatus.Exited(5), await later.StopAsync(TimeSpan.FromSeconds(20), 15, TimeProvider.System, CancellationToken.None));
        Assert.EndsWith("asked\r\n", await File.ReadAllTextAsync(later.LogFile), StringComparison.Ordinal);
        Assert.False(later.Resize(new(1, 1)));
    }

    [Fact]
    public async Task A_main_command_that_nobody_types_to_waits_and_ends_when_it_is_killed()
    {
        var main = new SandboxProcesses(_folder).Main("c1");
        await main.StartAsync(null, new() { Command = ["sh", "-c", "trap '' HUP TERM; echo $$ ready; cat"], Terminal = new() }, CancellationToken.None);
        await LogAsync(main, "ready\r\n");
        Assert.IsType<MainProcessStatus.Running>(main.Status);
        Assert.Equal(new MainProcessStatus.Exited(137), await main.StopAsync(TimeSpan.Zero, 15, TimeProvider.System, CancellationToken.None));
        Assert.IsNotType<MainProcessStatus.Running>(main.Status);
        var command = (await File.ReadAllTextAsync(main.LogFile)).Split(' ')[0];
        await Cluster.Eventually.IsSoAsync(TimeSpan.FromSeconds(10), () => Task.FromResult(!Directory.Exists($"/proc/{command}")));
    }

    private static Task<int> ExecAsync(Talk talk, CommandTerminal terminal, params string[] command) =>
        SandboxProcesses.ExecAsync(null, new() { Command = [.. command], Terminal = terminal, Interactive = true }, talk, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));

    private static async Task LogAsync(MainProcess main, string text)
    {
        using var changed = new FileSignal(Path.GetDirectoryName(main.LogFile)!);
        while (!(await File.ReadAllTextAsync(main.LogFile)).Contains(text, StringComparison.Ordinal)) await changed.NextAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>Somebody at a terminal.</summary>
    private sealed class Talk : IExecStreams
    {
        private readonly Pipe _typed = new();
        private readonly StringBuilder _shown = new();
        private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Stream Input => _typed.Reader.AsStream();

        public string Output
        {
            get
            {
                lock (_shown) return _shown.ToString();
            }
        }

        public async Task TypeAsync(string text) => await _typed.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

        public void End() => _typed.Writer.Complete();

        public async Task UntilAsync(string text)
        {
            while (true)
            {
                Task more;
                lock (_shown)
                {
                    if (_shown.ToString().Contains(text, StringComparison.Ordinal)) return;
                    more = _more.Task;
                }

                await more.WaitAsync(TimeSpan.FromSeconds(20));
            }
        }

        public ValueTask WriteOutputAsync(ReadOnlyMemory<byte> data, CancellationToken cancel)
        {
            lock (_shown)
            {
                _shown.Append(Encoding.UTF8.GetString(data.Span));
                _more.SetResult();
                _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask WriteErrorAsync(ReadOnlyMemory<byte> data, CancellationToken cancel) => WriteOutputAsync(data, cancel);
    }
}
