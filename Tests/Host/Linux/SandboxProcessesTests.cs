using System.Text;
using NetworkCluster.Linux;
using Xunit;

namespace NetworkCluster.Tests.Host.Linux;

public sealed class SandboxProcessesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-processes").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 42", 42)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -TERM $$", 143)]
    public async Task The_exit_code_is_the_commands_own(string script, int code) => Assert.Equal(code, (await ExecAsync(script)).Code);

    [Fact]
    public async Task Words_pass_unchanged_whatever_is_in_them() =>
        Assert.Equal("[a b][$HOME][';][][*]", (await ExecAsync(["printf", "[%s]", "a b", "$HOME", "';", "", "*"])).Output);

    [Fact]
    public async Task The_hosts_own_environment_stays_outside()
    {
        var outcome = await ExecAsync(["env"], environment: ["COLOUR=blue", "EMPTY="]);
        var names = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=')[0]).Except(["PATH", "HOME", "LANG", "PWD", "OLDPWD", "SHLVL", "_"]);
        Assert.Equal(["COLOUR", "EMPTY", "HOSTNAME"], names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_program_that_cannot_be_run_is_126() => Assert.Equal(126, (await ExecAsync(["/etc/passwd"])).Code);

    [Fact]
    public async Task A_reader_that_fails_ends_the_command()
    {
        var streams = new Streams { Fails = true };
        await Assert.ThrowsAsync<IOException>(() => SandboxProcesses.ExecAsync(null, new() { Command = ["yes"] }, streams, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_main_command_leaves_its_code_and_output()
    {
        var main = new SandboxProcesses(_folder).Main("c1");
        Assert.IsType<MainProcessStatus.None>(main.Status);
        await main.StartAsync(null, new() { Command = ["sh", "-c", "echo out; echo err >&2; exit 9"] }, CancellationToken.None);
        Assert.Equal(new MainProcessStatus.Exited(9), await main.WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal("out\nerr\n", await File.ReadAllTextAsync(main.LogFile));
    }

    [Theory]
    [InlineData("no-such-program", 127)]
    [InlineData("/no/such/program", 127)]
    [InlineData("-x", 127)]
    [InlineData("/etc/passwd", 126)]
    public async Task A_main_command_that_cannot_be_run_is_not_started(string program, int code)
    {
        var main = new SandboxProcesses(_folder).Main("c1");
        Assert.Equal(code, await main.StartAsync(null, new() { Command = [program] }, CancellationToken.None));
        Assert.IsType<MainProcessStatus.None>(main.Status);
        Assert.Null(await main.StartAsync(null, new() { Command = ["true"] }, CancellationToken.None));
        Assert.Equal(new MainProcessStatus.Exited(0), await main.WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_restarted_host_finds_a_running_command_and_then_its_code()
    {
        await StartAsync("c1", "read line <fifo; exit 5");
        var later = new SandboxProcesses(_folder).Main("c1");
        Assert.IsType<MainProcessStatus.Running>(later.Status);
        await File.WriteAllTextAsync(Path.Combine(_folder, "fifo"), "go\n");
        Assert.Equal(new MainProcessStatus.Exited(5), await later.WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Start_twice_is_start_once()
    {
        var main = await StartAsync("c1", "sleep 1000");
        var first = main.Status;
        await main.StartAsync(null, new() { Command = ["false"] }, CancellationToken.None);
        Assert.Equal(first, main.Status);
        await main.StopAsync(TimeSpan.Zero, 15, TimeProvider.System, CancellationToken.None);
    }

    [Fact]
    public async Task Stop_asks_first_and_keeps_the_commands_own_code()
    {
        var main = await StartAsync("c1", "trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done");
        await LoggedAsync(main, "ready");
        Assert.Equal(new MainProcessStatus.Exited(3), await main.StopAsync(TimeSpan.FromSeconds(10), 15, TimeProvider.System, CancellationToken.None));
    }

    [Fact]
    public async Task Stop_kills_what_does_not_listen_with_all_its_children()
    {
        var main = await StartAsync("c1", "trap '' TERM; sleep 1000 & echo $!; wait; wait");
        var child = int.Parse(await LoggedAsync(main, "\n"), System.Globalization.CultureInfo.InvariantCulture);
        using var process = System.Diagnostics.Process.GetProcessById(child);
        var status = await main.StopAsync(TimeSpan.FromMilliseconds(50), 15, TimeProvider.System, CancellationToken.None);
        Assert.Equal(new MainProcessStatus.Exited(137), status);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_process_that_has_the_number_of_a_dead_one_is_not_taken_for_it()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "c1"));
        var boot = (await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id")).Trim();
        await File.WriteAllTextAsync(Path.Combine(_folder, "c1", "pid"), $"{Environment.ProcessId} 1 {boot}\n");
        Assert.IsType<MainProcessStatus.Lost>(new SandboxProcesses(_folder).Main("c1").Status);
    }

    [Fact]
    public async Task A_command_that_is_not_recorded_yet_is_not_taken_for_one_that_has_ended()
    {
        var main = new SandboxProcesses(_folder).Main("c1");
        Directory.CreateDirectory(Path.GetDirectoryName(main.LogFile)!);
        await File.WriteAllTextAsync(main.LogFile, "");
        await Assert.ThrowsAsync<FileNotFoundException>(() => main.FollowAsync(new Streams(), tail: null, past: null, CancellationToken.None));
    }

    [Fact]
    public async Task Who_waits_for_the_next_life_gets_nothing_of_the_last_one()
    {
        var main = await StartAsync("c1", "echo one");
        await main.WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        var past = main.Life;
        await Assert.ThrowsAsync<FileNotFoundException>(() => main.FollowAsync(new Streams(), tail: null, past, CancellationToken.None));
        await Assert.ThrowsAsync<FileNotFoundException>(() => main.WriteInputAsync(new MemoryStream([1]), ends: false, past, CancellationToken.None));
        await main.StartAsync(null, new() { Command = ["sh", "-c", "echo two"] }, CancellationToken.None);
        var streams = new Streams();
        await main.FollowAsync(streams, tail: null, past, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("two\n", streams.Output);
    }

    [Fact]
    public async Task A_follower_gets_everything_from_the_beginning_to_the_end()
    {
        var main = await StartAsync("c1", "seq 1 20000; read line <fifo; seq 20001 40000");
        var streams = new Streams();
        var following = main.FollowAsync(streams, tail: null, past: null, CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(_folder, "fifo"), "go\n");
        Assert.Equal(new MainProcessStatus.Exited(0), await following.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(string.Concat(Enumerable.Range(1, 40000).Select(i => $"{i}\n")), streams.Output);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(50_000, 1)]
    [InlineData(40_000, 1)]
    [InlineData(39_999, 2)]
    [InlineData(10_000, 30_001)]
    [InlineData(1, 40_000)]
    [InlineData(0, 40_001)]
    public async Task The_last_lines_are_found_from_the_end(int? tail, int first)
    {
        var main = await StartAsync("c1", "seq 1 40000");
        await main.WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        var (read, followed) = (new Streams(), new Streams());
        await main.ReadOutputAsync(read, tail, CancellationToken.None);
        await main.FollowAsync(followed, tail, past: null, CancellationToken.None);
        Assert.Equal(string.Concat(Enumerable.Range(first, 40_001 - first).Select(i => $"{i}\n")), read.Output);
        Assert.Equal(read.Output, followed.Output);
    }

    [Theory]
    [InlineData("echo out; echo err >&2; exec sleep 1000", "out\nerr\n")]
    [InlineData("no-such-program; echo $?; exec sleep 1000", "sh: 1: no-such-program: not found\n127\n")]
    public async Task What_it_says_is_kept_and_not_what_its_watcher_says_about_its_end(string script, string said)
    {
        var main = await StartAsync("c1", script);
        await LoggedAsync(main, said.Split('\n')[^2]);
        await main.StopAsync(TimeSpan.FromSeconds(10), 15, TimeProvider.System, CancellationToken.None);
        var read = new Streams();
        await main.ReadOutputAsync(read, null, CancellationToken.None);
        Assert.Equal(said, read.Output);
    }

    [Fact]
    public async Task An_open_input_takes_what_one_after_another_writes_and_ends_when_it_is_told_to()
    {
        var main = new SandboxProcesses(_folder).Main("c1");
        await main.StartAsync(null, new() { Command = ["cat"], Interactive = true }, CancellationToken.None);
        while (!File.Exists(Path.Combine(_folder, "c1", "stdin"))) await Task.Yield();
        foreach (var word in (string[])["first\n", "second\n"])
        {
            await main.WriteInputAsync(new MemoryStream(Encoding.UTF8.GetBytes(word)), ends: false, past: null, CancellationToken.None);
            await LoggedAsync(main, word);
        }

        Assert.IsType<MainProcessStatus.Running>(main.Status);
        await main.WriteInputAsync(new MemoryStream("third\n"u8.ToArray()), ends: true, past: null, CancellationToken.None);
        Assert.Equal(new MainProcessStatus.Exited(0), await main.WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10)));
        var read = new Streams();
        await main.ReadOutputAsync(read, null, CancellationToken.None);
        Assert.Equal("first\nsecond\nthird\n", read.Output);
        await Assert.ThrowsAnyAsync<IOException>(() => main.WriteInputAsync(new MemoryStream([1]), ends: false, past: null, CancellationToken.None));
    }

    [Fact]
    public async Task What_is_written_before_the_command_reads_is_not_lost_and_neither_is_its_end()
    {
        for (var i = 0; i < 20; i++)
        {
            var main = new SandboxProcesses(_folder).Main($"c{i}");
            await main.StartAsync(null, new() { Command = ["cat"], Interactive = true }, CancellationToken.None);
            while (!File.Exists(Path.Combine(_folder, $"c{i}", "stdin"))) await Task.Yield();
            await main.WriteInputAsync(new MemoryStream("early"u8.ToArray()), ends: true, past: null, CancellationToken.None);
            Assert.Equal(new MainProcessStatus.Exited(0), await main.WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10)));
            var read = new Streams();
            await main.ReadOutputAsync(read, null, CancellationToken.None);
            Assert.Equal("early", read.Output);
        }
    }

    [Fact]
    public async Task A_last_line_without_an_end_is_a_line_and_who_never_ran_has_none()
    {
        var main = await StartAsync("c1", "printf 'a\nb'");
        await main.WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        var (last, none) = (new Streams(), new Streams());
        await main.ReadOutputAsync(last, 1, CancellationToken.None);
        await new SandboxProcesses(_folder).Main("c2").ReadOutputAsync(none, null, CancellationToken.None);
        Assert.Equal(("b", ""), (last.Output, none.Output));
    }

    private async Task<MainProcess> StartAsync(string key, string script)
    {
        Assert.Equal(0, (await ExecAsync(["mkfifo", Path.Combine(_folder, "fifo")])).Code);
        var main = new SandboxProcesses(_folder).Main(key);
        await main.StartAsync(null, new() { Command = ["sh", "-c", script.Replace("<fifo", $"<{_folder}/fifo", StringComparison.Ordinal)] }, CancellationToken.None);
        return main;
    }

    private static async Task<string> LoggedAsync(MainProcess main, string text)
    {
        using var changed = new FileSignal(Path.GetDirectoryName(main.LogFile)!);
        string log;
        while (!(log = await File.ReadAllTextAsync(main.LogFile)).Contains(text, StringComparison.Ordinal))
            await changed.NextAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        return log;
    }

    private static Task<(int Code, string Output)> ExecAsync(string script) => ExecAsync(["sh", "-c", script]);

    private static async Task<(int Code, string Output)> ExecAsync(string[] command, string[]? environment = null)
    {
        var streams = new Streams();
        var code = await SandboxProcesses.ExecAsync(null, new() { Command = [.. command], Environment = [.. environment ?? []] }, streams, CancellationToken.None);
        return (code, streams.Output);
    }
}

/// <summary>Keeps what a command writes.</summary>
internal sealed class Streams : IExecStreams
{
    private readonly List<byte> _output = [];

    public bool Fails { get; init; }

    public Stream Input => Stream.Null;

    public string Output => Encoding.UTF8.GetString([.. _output]);

    public ValueTask WriteOutputAsync(ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        if (Fails) throw new IOException("the reader is gone");
        lock (_output) _output.AddRange(data.Span);
        return ValueTask.CompletedTask;
    }

    public ValueTask WriteErrorAsync(ReadOnlyMemory<byte> data, CancellationToken cancel) => WriteOutputAsync(data, cancel);
}
